"""Tax that was withheld goes to its authority: with four eyes, once, and never more than is due."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from takings.core import clock
from takings.core.errors import Refusal
from takings.ledger.actions import hold
from takings.ledger.queries import check_books, entry
from takings.ledger.rules.chart import UnknownAccount
from takings.money import Money
from takings.payouts import queries
from takings.payouts.actions import (
    DueChanged,
    ProposedByYou,
    ReferencePaid,
    RemittanceAnswered,
    RemittanceIdTaken,
    RemittanceNeedsReference,
    RemittanceWaits,
    Terms,
    approve_remittance,
    decline_remittance,
    propose_remittance,
    read_bank_answers,
)
from takings.payouts.models import Payout, PayoutState, Purpose, Remittance
from takings.payouts.queries import NoSuchRemittance
from takings.payouts.rules.remitting import MoreThanIsDue, NotPaidInCents, unpaid_months
from takings.people.models import StaffAct, User
from tests.make.ledger import all_balances, dollars, make_entry, make_posted, move, usd
from tests.make.pages import page_text
from tests.make.payouts import PAY_DAY, make_paid, make_payable, make_payee
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = (PAY_DAY + dt.timedelta(days=days) for days in (31, 62))
WITHHELD, RECEIVABLE = "tax:US:withheld", "tax_receivable:US:withheld"


def propose(
    paid: str | Money,
    *,
    reference: str = "1042 2026",
    purpose: Purpose = Purpose.TAX,
    account: str = WITHHELD,
    operator: User | None = None,
) -> Remittance:
    money = usd(paid) if isinstance(paid, str) else paid
    terms = Terms(purpose, account, money, reference)
    maker = operator or make_operator("Max")
    return propose_remittance(operator=maker, terms=terms, id=uuid4(), at=PAY_DAY)


def approve(one: Remittance, *, operator: User | None = None) -> Remittance:
    zoe = operator or make_operator("Zoe")
    return approve_remittance(operator=zoe, remittance_id=one.pk, answer="Looked at.", at=PAY_DAY)


def make_withheld(amount: str = "100", *, name: str = "Ada", at: dt.datetime = PAY_DAY) -> Payout:
    """Pay somebody of whom 30 % is withheld."""
    ada = make_payee(name)
    make_payable(ada.creator, amount, at=at - dt.timedelta(days=20))
    make_paid(at=at)
    return Payout.objects.get(creator=ada.creator)


def give_back(payout: Payout) -> None:
    line = f"end_to_end_id,status,code,reason\n{payout.pk.hex},RJCT,AC04,\n"
    read_bank_answers(
        operator=make_operator(), content=line.encode(), name="x", id=uuid4(), at=PAY_DAY
    )


def test_withheld_tax_goes_to_its_authority_with_two_people() -> None:
    make_withheld()
    make_posted(move("bank", "opening:USD", "50"))
    before = dollars("bank")
    one = propose("30")
    assert (dollars(WITHHELD), str(one)) == (usd("30"), "tax:US:withheld: 30000000 USD")
    approved = approve(one)
    assert (dollars(WITHHELD), dollars("bank")) == (usd("0"), before - usd("30"))
    assert isinstance(approved.entry_id, UUID)
    found = entry(id=approved.entry_id)
    assert (found.kind, found.memo) == ("tax_remitted", "1042 2026")
    acts = StaffAct.objects.filter(target=f"remittance:{one.pk}").order_by("pk")
    assert [act.act for act in acts] == [
        "payouts.remittance_proposed",
        "payouts.remittance_approved",
    ]
    with pytest.raises(RemittanceAnswered):
        approve(one)
    assert dollars(WITHHELD) == usd("0")
    assert queries.taxes_due() == []
    assert check_books() == []


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        (Terms(Purpose.TAX, WITHHELD, Money(30_010_000, "USD"), "A"), MoreThanIsDue),
        (Terms(Purpose.TAX, WITHHELD, Money(5_000, "USD"), "A"), NotPaidInCents),
        (Terms(Purpose.TAX, WITHHELD, Money(0, "USD"), "A"), NotPaidInCents),
        (Terms(Purpose.TAX, WITHHELD, Money(-30_000_000, "USD"), "A"), NotPaidInCents),
        (Terms(Purpose.TAX, WITHHELD, Money(30_000_000, "USD"), " "), RemittanceNeedsReference),
        (Terms(Purpose.REFUND, WITHHELD, Money(10_000, "USD"), "A"), MoreThanIsDue),
        (Terms(Purpose.TAX, "creator:1:payable", Money(10_000, "USD"), "A"), UnknownAccount),
    ],
)
def test_what_is_not_due_is_refused(terms: Terms, refusal: type[Refusal]) -> None:
    make_withheld()
    before = all_balances()
    with pytest.raises(refusal):
        propose_remittance(operator=make_operator(), terms=terms, id=uuid4(), at=PAY_DAY)
    assert not Remittance.objects.exists()
    assert all_balances() == before


def test_one_proposal_waits_at_a_time_and_its_id_is_its_key() -> None:
    make_withheld()
    max_ = make_operator("Max")
    one = propose("20", operator=max_)
    terms = Terms(Purpose.TAX, WITHHELD, usd("20"), "1042 2026")
    again = propose_remittance(operator=max_, terms=terms, id=one.pk, at=PAY_DAY)
    assert again == one
    other = Terms(Purpose.TAX, WITHHELD, usd("21"), "1042 2026")
    with pytest.raises(RemittanceIdTaken):
        propose_remittance(operator=max_, terms=other, id=one.pk, at=PAY_DAY)
    with pytest.raises(RemittanceWaits):
        propose("10", reference="Another")
    assert Remittance.objects.count() == 1


def test_four_eyes_are_kept_by_code_and_by_the_database() -> None:
    make_withheld()
    max_, before = make_operator("Max"), all_balances()
    one = propose("30", operator=max_)
    for answer in (approve_remittance, decline_remittance):
        with pytest.raises(ProposedByYou):
            answer(operator=max_, remittance_id=one.pk, answer="Mine.", at=PAY_DAY)
    own = {"is_approved": False, "answered_by": max_, "answered_at": PAY_DAY}
    for change in (own, {"paid_micros": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Remittance.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Remittance.objects.all().delete()
    with pytest.raises(NoSuchRemittance):
        approve_remittance(operator=max_, remittance_id=uuid4(), answer="?", at=PAY_DAY)
    declined = decline_remittance(
        operator=make_operator("Zoe"), remittance_id=one.pk, answer="Not yet.", at=PAY_DAY
    )
    assert (declined.is_approved, declined.entry_id, all_balances()) == (False, None, before)
    propose("30")  # what was declined may be proposed again, under the same reference


def test_an_assessment_is_paid_once() -> None:
    make_withheld()
    make_posted(move("bank", "opening:USD", "50"))
    approve(propose("10"))
    with pytest.raises(ReferencePaid):
        propose("10")
    approve(propose("20", reference="Another"))
    assert dollars(WITHHELD) == usd("0")


def test_a_return_after_the_tax_was_paid_makes_the_next_payment_smaller() -> None:
    first = make_withheld()
    make_posted(move("bank", "opening:USD", "500"))
    approve(propose("30"))
    before = dollars(f"creator:{first.creator_id}:payable")
    give_back(first)
    first.refresh_from_db()
    assert first.state == PayoutState.RETURNED
    assert dollars(f"creator:{first.creator_id}:payable") == before + usd("100")
    assert (dollars(WITHHELD), dollars(RECEIVABLE)) == (usd("0"), usd("30"))
    [due] = queries.taxes_due()
    assert (due.standing.due, due.standing.refund, due.months) == (usd("0"), usd("30"), [])
    make_withheld("200", name="Ben", at=JANUARY)
    [due] = queries.taxes_due()
    assert (due.jurisdiction, due.tax, due.standing.due) == ("US", "withheld", usd("30"))
    with pytest.raises(MoreThanIsDue, match=r"\$30.00 is due; \$30.01 cannot"):
        propose("30.01", reference="Next")
    bank = dollars("bank")
    approved = approve(propose("30", reference="Next"))
    assert approved.offset == usd("30")
    assert dollars("bank") == bank - usd("30")
    assert (dollars(WITHHELD), dollars(RECEIVABLE)) == (usd("0"), usd("0"))
    assert check_books() == []


def test_a_return_of_tax_that_is_still_here_needs_no_claim() -> None:
    payout = make_withheld()
    give_back(payout)
    assert (dollars(WITHHELD), dollars(RECEIVABLE)) == (usd("0"), usd("0"))


def test_what_changed_meanwhile_is_proposed_again() -> None:
    first = make_withheld()
    second = make_withheld("200", name="Ben", at=JANUARY)
    make_posted(move("bank", "opening:USD", "500"))
    approve(propose("60"))
    waiting = propose("30", reference="Next")
    give_back(second)  # 30 is here, 60 goes back: the authority owes 30
    before = all_balances()
    with pytest.raises(MoreThanIsDue):
        approve(waiting)
    assert all_balances() == before
    make_withheld("300", name="Cy", at=FEBRUARY)  # 90 is here, 30 owed back
    with pytest.raises(DueChanged):
        approve(waiting)
    assert first.state == PayoutState.SENT


def test_what_a_refund_holds_is_not_due() -> None:
    make_withheld()
    kept = make_entry(move(WITHHELD, "platform:loss", "12"))
    hold(drafts=[kept], expires_at=None, at=PAY_DAY)
    with pytest.raises(MoreThanIsDue, match=r"\$18.00 is due"):
        propose("30")
    propose("18")


def test_an_authority_pays_back_what_it_owes() -> None:
    first = make_withheld()
    make_posted(move("bank", "opening:USD", "500"))
    approve(propose("30"))
    give_back(first)
    bank = dollars("bank")
    approve(propose("30", purpose=Purpose.REFUND))
    assert (dollars(RECEIVABLE), dollars("bank")) == (usd("0"), bank + usd("30"))
    assert check_books() == []


def test_the_oldest_month_is_paid_first() -> None:
    months = [(dt.date(2026, month, 1), usd("10")) for month in (10, 11, 12)]
    assert unpaid_months(months, left=usd("14")) == [
        (dt.date(2026, 12, 1), usd("10")),
        (dt.date(2026, 11, 1), usd("4")),
    ]


def test_the_desk_shows_what_is_due_and_two_people_pay_it(
    sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    first, second = sign_in(make_operator("Max")), sign_in(make_operator("Zoe"))
    assert "Nothing is due" in page_text(first.get("/desk/payouts/taxes/"))
    make_withheld()
    make_posted(move("bank", "opening:USD", "50"))
    shown = page_text(first.get("/desk/payouts/taxes/"))
    assert "US withheld: $30.00 is due" in shown
    assert "December 2026" in shown
    data = {
        "id": str(uuid4()),
        "what": "tax tax:US:withheld USD",
        "amount": "31",
        "reference": "1042",
    }
    refused = page_text(first.post("/desk/payouts/taxes/", data))
    assert "$30.00 is due; $31.00 cannot be paid." in refused
    said = page_text(first.post("/desk/payouts/taxes/", data | {"amount": "30"}, follow=True))
    assert "Somebody else has to approve it." in said
    address = f"/desk/payouts/taxes/{Remittance.objects.get().pk}/"
    assert "You proposed this" in page_text(first.get(address))
    assert "Approve and post it" in page_text(second.get(address))
    answer = {"answer": "Paid today.", "verdict": "approve"}
    assert "You proposed this" in page_text(first.post(address, answer))
    assert "Posted." in page_text(second.post(address, answer, follow=True))
    assert "Nothing is due" in page_text(second.get("/desk/payouts/taxes/"))
    assert "It was posted." in page_text(first.get(address))
    second.post(address, answer | {"verdict": "decline"})
    assert Remittance.objects.get().is_approved
    assert second.get(f"/desk/payouts/taxes/{uuid4()}/").status_code == 404
    stranger = sign_in(make_user())
    for page in (address, "/desk/payouts/taxes/"):
        assert stranger.get(page).status_code == 404
        assert stranger.post(page, answer).status_code == 404
