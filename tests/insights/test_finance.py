"""The finance desk: where money stands, four eyes on corrections, the lock, files to take."""

import csv
import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from typing import cast
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from takings.core import clock
from takings.insights.actions import run_books_check
from takings.insights.actions.adjusting import (
    AdjustmentIdTaken,
    AdjustmentNeedsReason,
    AlreadyAnswered,
    Correction,
    NeedsAnotherPerson,
    approve_adjustment,
    decline_adjustment,
    lock_books,
    propose_adjustment,
)
from takings.insights.models import Adjustment
from takings.insights.queries import finance as ask
from takings.insights.rules.aging import Became, aged
from takings.ledger.actions import InsufficientFunds
from takings.ledger.actions.terms import LockGoesBack
from takings.ledger.queries import check_books, entry
from takings.ledger.queries.terms import locked_before
from takings.ledger.rules.chart import UnknownAccount
from takings.ledger.rules.drafts import AmountNotPositive
from takings.money import Money
from takings.people.models import StaffAct, User
from takings.people.queries import OperatorsOnly
from takings.settlement.actions import close_period, release_earnings
from tests.make.ledger import all_balances, dollars, make_posted, make_prepaid, move, usd
from tests.make.pages import page_text
from tests.make.payouts import make_batch, make_payable, make_payee, make_profile
from tests.make.people import NOON, make_creator, make_operator, make_user
from tests.make.settlement import DECEMBER, WINDOW, counted, counting, make_act, make_pool

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOME = "/desk/finance/"
ONE = f"adjustments/{UUID(int=1)}/"
LOSS = Correction("platform:loss", "bank", usd("5"), "The bank lost a cheque.")


@pytest.fixture
def olga() -> User:
    return make_operator("Olga")


@pytest.fixture
def pavel() -> User:
    return make_operator("Pavel")


def proposed(olga: User, correction: Correction = LOSS, *, id: UUID | None = None) -> Adjustment:  # noqa: A002 - its own
    return propose_adjustment(operator=olga, correction=correction, id=id or uuid4(), at=NOON)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def file(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(cast("list[bytes]", answer)).decode()


@pytest.mark.parametrize(
    ("balance", "days", "buckets"),
    [
        (100, [(10, 60), (40, 100)], [60, 40, 0, 0]),
        (30, [(10, 60), (40, 100)], [30, 0, 0, 0]),
        (200, [(10, 60), (40, 100)], [60, 100, 0, 40]),
        (100, [(30, 25), (31, 25), (61, 25), (91, 25)], [25, 25, 25, 25]),
        (0, [(10, 60)], [0, 0, 0, 0]),
        (-5, [(10, 60)], [0, 0, 0, 0]),
        (7, [], [0, 0, 0, 7]),
    ],
)
def test_what_is_left_is_what_became_payable_last(
    balance: int, days: list[tuple[int, int]], buckets: list[int]
) -> None:
    became = [Became(NOON - age * DAY, micros) for age, micros in days]
    assert aged(balance=balance, became=became, at=NOON) == buckets


def test_one_proposes_another_posts_and_both_acts_are_kept(olga: User, pavel: User) -> None:
    make_prepaid("100")
    found = proposed(olga)
    assert dollars("bank") == usd("100")
    done = approve_adjustment(adjustment=found, operator=pavel, answer="I saw it.", at=NOON)
    assert (dollars("bank"), dollars("platform:loss")) == (usd("95"), usd("5"))
    assert done.entry_id is not None
    assert entry(id=done.entry_id).kind == "adjusted"
    acts = StaffAct.objects.filter(target=f"adjustment:{found.pk}").order_by("pk")
    assert [(act.operator, act.act) for act in acts] == [
        (olga, "adjustment_proposed"),
        (pavel, "adjustment_approved"),
    ]
    assert str(found) == "platform:loss → bank: 5000000 USD"
    assert check_books() == []


def test_who_proposes_does_not_answer(olga: User) -> None:
    make_prepaid("100")
    found = proposed(olga)
    before = all_balances()
    for answer in (approve_adjustment, decline_adjustment):
        with pytest.raises(NeedsAnotherPerson):
            answer(adjustment=found, operator=olga, answer="Me again.", at=NOON)
    assert all_balances() == before
    assert Adjustment.objects.get().is_approved is None
    found.answered_by, found.answered_at, found.is_approved = olga, NOON, False
    with pytest.raises(DatabaseError, match="another_person_answers"), transaction.atomic():
        found.save()


def test_an_answer_is_given_once_and_nothing_else_changes(olga: User, pavel: User) -> None:
    make_prepaid("100")
    found = proposed(olga)
    decline_adjustment(adjustment=found, operator=pavel, answer="No cheque.", at=NOON)
    before = all_balances()
    for answer in (approve_adjustment, decline_adjustment):
        with pytest.raises(AlreadyAnswered):
            answer(adjustment=found, operator=pavel, answer="", at=NOON)
    assert all_balances() == before
    other = proposed(olga)
    for change in ("amount_micros = 1", "is_approved = NULL", "proposed_by_id = answered_by_id"):
        with (
            pytest.raises(DatabaseError, match="answered once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE insights_adjustment SET {change}")  # noqa: S608 - our words
    with pytest.raises(DatabaseError, match="answered once"), transaction.atomic():
        other.delete()
    other.is_approved, other.answered_by, other.answered_at = True, pavel, NOON
    with pytest.raises(DatabaseError, match="only_what_is_approved"), transaction.atomic():
        other.save()


def test_what_cannot_be_booked_is_refused_and_stays_unanswered(olga: User, pavel: User) -> None:
    for wrong, refusal in (
        (Correction("platform:luck", "bank", usd("5"), "x"), UnknownAccount),
        (Correction("platform:loss", "bank", usd("0"), "x"), AmountNotPositive),
        (Correction("platform:loss", "bank", usd("5"), " "), AdjustmentNeedsReason),
    ):
        with pytest.raises(refusal):
            proposed(olga, wrong)
    assert not Adjustment.objects.exists()
    found = proposed(olga)  # the bank is empty
    with pytest.raises(InsufficientFunds):
        approve_adjustment(adjustment=found, operator=pavel, answer="Yes", at=NOON)
    assert Adjustment.objects.get().is_approved is None
    assert not StaffAct.objects.filter(act="adjustment_approved").exists()


def test_the_same_proposal_again_is_the_same(olga: User) -> None:
    found = proposed(olga)
    assert proposed(olga, id=found.pk) == found
    with pytest.raises(AdjustmentIdTaken):
        proposed(olga, Correction("platform:loss", "bank", usd("6"), LOSS.reason), id=found.pk)
    assert Adjustment.objects.count() == StaffAct.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_post_once() -> None:
    olga, others = make_operator("Olga"), [make_operator("Pavel"), make_operator("Rosa")]
    make_prepaid("100")
    found = proposed(olga)

    def work(operator: User) -> bool:
        try:
            approve_adjustment(adjustment=found, operator=operator, answer="Yes", at=NOON)
        except AlreadyAnswered:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, others)) == [False, True]
    assert dollars("bank") == usd("95")


def test_the_books_are_locked_with_a_reason_and_only_move_on(olga: User) -> None:
    before = NOON - DAY
    with pytest.raises(AdjustmentNeedsReason):
        lock_books(operator=olga, before=before, reason="", at=NOON)
    assert locked_before() is None
    lock_books(operator=olga, before=before, reason="October is filed.", at=NOON)
    assert locked_before() == before
    with pytest.raises(LockGoesBack):
        lock_books(operator=olga, before=before - DAY, reason="Oops.", at=NOON)
    assert StaffAct.objects.filter(act="books_locked").count() == 1


def test_payables_are_aged_and_what_is_owed_to_us_stands_apart() -> None:
    act = make_act("Ada")
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(act, 5)))
    release_earnings(at=DECEMBER + WINDOW)
    debtor = make_creator("Dora")
    make_posted(move(f"creator:{debtor.pk}:payable", "platform:revenue:ads", "3"))
    (found,) = ask.agings(at=DECEMBER + WINDOW + 45 * DAY)
    assert [money for _, money in found.buckets] == [usd("0"), usd("45"), usd("0"), usd("0")]
    assert (found.total, found.owed_to_us) == (usd("45"), usd("3"))


def test_what_waits_in_escrow_is_told_by_age(olga: User) -> None:
    account, deal, order = "escrow:request:1", "escrow:deal:2", "escrow:order:3"
    make_posted(move("bank", account, "10"), move("bank", deal, "7"), move("bank", order, "3"))
    make_posted(move(account, "bank", "4"), move(order, "bank", "3"))
    make_posted(move("bank", account, "2"), move("bank", deal, Money(5_000_000, "EUR")))
    [posted] = [row for row in ask.escrow_agings(at=NOON) if row.currency == "USD"]
    assert [money for _, money in posted.buckets] == [usd("15"), usd("0"), usd("0"), usd("0")]
    later = NOON + 45 * DAY
    make_posted(move("bank", deal, "1"))
    euro, dollar = ask.escrow_agings(at=later)
    assert (euro.total, dollar.total) == (Money(5_000_000, "EUR"), usd("16"))
    assert [money for _, money in dollar.buckets] == [usd("0"), usd("16"), usd("0"), usd("0")]
    assert "In escrow, EUR" in page_text(signed_in(olga).get(HOME))


def test_the_desk_says_what_is_not_ours_and_what_waits_for_somebody(olga: User) -> None:
    make_posted(
        move("bank", "coins:liability", "4"),
        move("coins:issued", "viewer:1:coins", Money(5_000_000, "COIN")),
        move("bank", "escrow:deal:1", "70"),
        move("bank", "escrow:request:2", "0.50"),
        move("platform:loss", "escrow:deal:3", Money(2_000_000, "EUR")),
    )
    found = {one.title: one.amounts for one in ask.finance(at=NOON).entrusted}
    assert found["Coins in wallets"] == (Money(5_000_000, "COIN"),)
    assert found["Received for coins not given yet"] == (usd("4"),)
    assert found["In escrow"] == (Money(2_000_000, "EUR"), usd("70.50"))
    assert found["Unclaimed"] == ()
    assert ask.finance(at=NOON).open == []
    for name in ("Ada", "Ben"):
        make_profile(make_creator(name))
    make_payable(make_payee("Cleo").creator, "200")
    make_batch()
    home = page_text(signed_in(olga).get(HOME))
    assert "2 creators wait for a verdict." in home
    assert "1 batch waits for a second person." in home
    assert "disagree" not in home


def test_only_operators_reach_an_adjustment(olga: User) -> None:
    found = proposed(olga)
    with pytest.raises(OperatorsOnly):
        ask.access_adjustment(user=make_user(), adjustment_id=found.pk)
    with pytest.raises(ask.UnknownAdjustment):
        ask.access_adjustment(user=olga, adjustment_id=uuid4())


def test_the_pages_from_proposal_to_posting(
    olga: User, pavel: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    first, second = signed_in(olga), signed_in(pavel)
    assert "Nothing is booked yet" in page_text(first.get(HOME))
    assert "were not proved yet" in page_text(first.get(HOME))
    make_prepaid("100")
    run_books_check(at=NOON)
    asked = {
        "id": str(uuid4()),
        "debit": "platform:loss",
        "credit": "bank",
        "amount": "5",
        "currency": "usd",
        "reason": "The bank lost a cheque.",
    }
    place = f"{HOME}adjustments/"
    for _ in range(2):  # a click too many
        assert "Proposed. Another operator" in page_text(first.post(place, asked, follow=True))
    wrong = asked | {"id": str(uuid4()), "debit": "platform:luck"}
    assert "is not an account of the chart" in page_text(first.post(place, wrong))
    assert "is not an amount" in page_text(first.post(place, wrong | {"amount": "five"}))
    home = page_text(second.get(HOME))
    assert "1 adjustment waits for a second person" in home
    assert "Every invariant held" in home
    assert "$100.00" in home
    one = f"{place}{Adjustment.objects.get().pk}/"
    assert "another operator has to answer it" in page_text(first.get(one))
    refused = first.post(one, {"answer": "Me", "verdict": "approve"})
    assert refused.status_code == 200
    assert dollars("bank") == usd("100")
    assert "This field is required" in page_text(
        second.post(one, {"answer": "", "verdict": "approve"})
    )
    page = second.post(one, {"answer": "I saw it.", "verdict": "approve"}, follow=True)
    assert "Posted." in page_text(page)
    assert "I saw it." in page_text(page)
    assert dollars("bank") == usd("95")
    assert "It was posted already" in page_text(second.get(one))
    first.post(place, asked | {"id": str(uuid4())})
    two = f"{place}{Adjustment.objects.get(is_approved=None).pk}/"
    declined = second.post(two, {"answer": "No.", "verdict": "decline"}, follow=True)
    assert "Declined; nothing moved." in page_text(declined)
    assert dollars("bank") == usd("95")


def test_the_lock_page_asks_and_locks(olga: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    desk = signed_in(olga)
    place = f"{HOME}lock/"
    assert "They are not locked now" in page_text(desk.get(place))
    future = {"before": "2026-12-01", "reason": "x"}
    assert "still to come" in page_text(desk.post(place, future))
    asked = {"before": "2026-11-01", "reason": "October is filed."}
    page = page_text(desk.post(place, asked, follow=True))
    assert "The books are locked before 2026-11-01." in page
    assert "They are locked before" in page_text(desk.get(place))


@pytest.mark.django_db(transaction=True)
def test_files_for_accountants_are_exact_and_complete() -> None:
    make_prepaid("100")
    make_posted(move("platform:loss", "bank", "0.000001"), at=NOON + DAY)
    desk = signed_in(make_operator())
    now = list(csv.DictReader(io.StringIO(file(desk, f"{HOME}standings.csv"))))
    assert {(row["account"], row["debit"], row["credit"]) for row in now} == {
        ("advertiser:7:prepaid", "0.000000", "100.000000"),
        ("bank", "99.999999", "0.000000"),
        ("platform:loss", "0.000001", "0.000000"),
    }
    then = file(desk, f"{HOME}standings.csv?before=2026-11-02")
    assert then == "account,currency,debit,credit\r\n"
    after = file(desk, f"{HOME}standings.csv?before=2026-11-03")
    assert after == file(desk, f"{HOME}standings.csv")
    assert file(desk, f"{HOME}standings.csv?before=soon") == file(desk, f"{HOME}standings.csv")
    assert "liabilities:advertiser:7:prepaid" in file(desk, f"{HOME}journal.hledger")
    assert "Liabilities:Advertiser" in file(desk, f"{HOME}journal.beancount")
    assert desk.get(f"{HOME}journal.excel").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "",
        "adjustments/",
        "lock/",
        "standings.csv",
        "journal.hledger",
        ONE,
    ],
)
def test_nobody_else_sees_the_finance_desk(address: str) -> None:
    assert signed_in(make_creator().user).get(f"{HOME}{address}").status_code == 404
