"""Balances that nobody comes for: told, proposed, handed over by two people, or given back."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from takings.core import clock
from takings.ledger.queries import check_books, entry
from takings.money import Money
from takings.payouts import jobs, queries
from takings.payouts.actions import (
    DueChanged,
    HandedOver,
    NothingFalls,
    ProposedByYou,
    RemittanceAnswered,
    Terms,
    UnclaimedIsWhole,
    answer_notice,
    approve_escheat,
    approve_remittance,
    claim_unclaimed,
    decline_escheat,
    decline_remittance,
    give_notices,
    propose_escheat,
    propose_remittance,
)
from takings.payouts.actions import escheat as acting
from takings.payouts.models import (
    Escheat,
    EscheatLine,
    EscheatNotice,
    LineState,
    Purpose,
    Remittance,
)
from takings.payouts.queries import NoSuchBalance, NoSuchEscheat
from takings.payouts.rules.deciding import Gate, ProfileState
from takings.payouts.rules.escheat import Rest, Stage, is_unreached, stage_of
from takings.payouts.rules.remitting import MoreThanIsDue
from takings.people.models import Creator, User
from takings.policies.rules import EscheatRule
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.pages import page_text
from tests.make.payouts import (
    american,
    make_method,
    make_payable,
    make_profile,
    make_verified,
    us_account,
)
from tests.make.people import make_creator, make_operator, make_user
from tests.make.settlement import DECEMBER

RULE = EscheatRule("US", rest_days=730, notice_days=90)
TOLD = DECEMBER + dt.timedelta(days=640)
DUE = DECEMBER + dt.timedelta(days=730)
UNCLAIMED = "unclaimed:US"


def make_resting(name: str = "Ada", amount: str = "40.007") -> Creator:
    """Let an American who told no account have a balance since December."""
    creator = make_creator(name, country="US")
    make_payable(creator, amount)
    return creator


def payable(creator: Creator) -> Money:
    return dollars(queries.account_of(creator.pk))


def propose(*, operator: User | None = None, at: dt.datetime = DUE) -> Escheat:
    return propose_escheat(operator=operator or make_operator("Max"), id=uuid4(), at=at)


def approve(found: Escheat, *, at: dt.datetime = DUE) -> Escheat:
    zoe = make_operator("Zoe")
    return approve_escheat(operator=zoe, escheat_id=found.pk, answer="Looked at.", at=at)


def make_unclaimed(name: str = "Ada") -> EscheatLine:
    """Let a balance rest, its owner be told, and two people agree that nobody comes."""
    creator = make_resting(name)
    give_notices(at=TOLD)
    approve(propose())
    return EscheatLine.objects.get(creator=creator)


def hand_over(paid: str, *, reference: str = "Delaware 7") -> Remittance:
    terms = Terms(Purpose.UNCLAIMED, UNCLAIMED, usd(paid), reference)
    one = propose_remittance(operator=make_operator("Max"), terms=terms, id=uuid4(), at=DUE)
    zoe = make_operator("Zoe")
    return approve_remittance(operator=zoe, remittance_id=one.pk, answer="Sent.", at=DUE)


@pytest.mark.parametrize(
    ("day", "told", "stage"),
    [
        (639, None, Stage.AWAKE),
        (640, None, Stage.NOTICE),
        (900, None, Stage.NOTICE),  # without a notice it never falls
        (729, 640, Stage.NOTICED),
        (730, 640, Stage.DUE),
        (730, 700, Stage.NOTICED),  # told late: it still has its ninety days
        (790, 700, Stage.DUE),
    ],
)
def test_a_balance_falls_after_its_rest_and_after_its_notice(
    day: int, told: int | None, stage: Stage
) -> None:
    since = DECEMBER.date()
    noticed = None if told is None else since + dt.timedelta(days=told)
    assert stage_of(Rest(since, noticed), rule=RULE, on=since + dt.timedelta(days=day)) is stage


def test_what_waits_for_us_or_for_a_court_never_falls() -> None:
    verified = Gate(ProfileState.VERIFIED)
    waiting = (
        verified,
        Gate(ProfileState.SUBMITTED),
        replace(verified, is_listed=True),
        replace(verified, is_in_a_batch=True),
    )
    assert [is_unreached(gate=gate, at=DUE) for gate in waiting] == [False] * 4
    gone = (
        Gate(ProfileState.MISSING),
        Gate(ProfileState.REJECTED),
        Gate(ProfileState.EXPIRED),
        replace(verified, has_method=False),
        replace(verified, came_back="closed"),
    )
    assert [is_unreached(gate=gate, at=DUE) for gate in gone] == [True] * 5


@pytest.mark.django_db
def test_a_resting_balance_is_told_proposed_and_unclaimed_with_two_people() -> None:
    ada = make_resting()
    german = make_creator("Ben")
    make_payable(german, "500")  # no rule of Germany: it stays owed
    owing = make_creator("Cy", country="US")
    make_posted(move(queries.account_of(owing.pk), "platform:loss", "4"), at=DECEMBER)
    assert give_notices(at=TOLD - dt.timedelta(days=1)) == 0
    assert (give_notices(at=TOLD), give_notices(at=TOLD)) == (1, 0)
    notice = EscheatNotice.objects.get()
    assert (notice.creator, notice.falls_on) == (ada, DUE.date())
    with pytest.raises(NothingFalls):
        propose(at=DUE - dt.timedelta(days=1))
    max_, before = make_operator("Max"), all_balances()
    found = propose(operator=max_)
    assert propose_escheat(operator=max_, id=found.pk, at=DUE) == found
    with pytest.raises(NothingFalls):
        propose()  # it is in a proposal already
    assert all_balances() == before
    for answer in (approve_escheat, decline_escheat):
        with pytest.raises(ProposedByYou):
            answer(operator=max_, escheat_id=found.pk, answer="Mine.", at=DUE)
    approve(found)
    with pytest.raises(RemittanceAnswered):
        approve(found)
    assert (payable(ada), dollars(UNCLAIMED)) == (Money(7_000, "USD"), usd("40"))
    line = EscheatLine.objects.get()
    assert (line.state, str(line)) == (LineState.UNCLAIMED, f"{ada.pk}: 40000000 USD")
    assert str(found) == "unclaimed balances of 2028-11-30"
    assert str(notice) == f"{ada.pk} until 2028-11-30"
    assert check_books() == []


@pytest.mark.django_db
def test_whoever_comes_meanwhile_keeps_theirs() -> None:
    answers, sends, chooses, stays = (make_resting(name) for name in ("A", "B", "C", "D"))
    make_verified(chooses, papers=american(), at=DECEMBER)
    give_notices(at=TOLD)
    found = propose()
    later = DUE + dt.timedelta(days=1)
    answer_notice(creator=answers, at=later)
    make_profile(sends, papers=american(), at=later)
    make_method(chooses, details=us_account(), at=later)
    approve(found, at=later)
    states = {one.creator: one.state for one in EscheatLine.objects.select_related("creator")}
    assert [states[one] for one in (answers, sends, chooses, stays)] == [
        *(LineState.DROPPED, LineState.DROPPED, LineState.DROPPED, LineState.UNCLAIMED)
    ]
    assert [payable(one).micros for one in (answers, sends, chooses)] == [40_007_000] * 3
    assert queries.open_notice(creator=answers, at=later) is None
    with pytest.raises(NoSuchBalance):
        claim_unclaimed(creator=answers, line_id=_line(answers).pk, at=later)
    assert check_books() == []


def _line(creator: Creator) -> EscheatLine:
    return EscheatLine.objects.get(creator=creator)


@pytest.mark.django_db
def test_what_was_declined_stays_and_may_be_proposed_again() -> None:
    ada = make_resting()
    give_notices(at=TOLD)
    found = propose()
    zoe = make_operator("Zoe")
    decline_escheat(operator=zoe, escheat_id=found.pk, answer="She wrote.", at=DUE)
    assert (_line(ada).state, payable(ada)) == (LineState.DROPPED, Money(40_007_000, "USD"))
    assert propose().lines.count() == 1
    with pytest.raises(NoSuchEscheat):
        approve_escheat(operator=zoe, escheat_id=uuid4(), answer="?", at=DUE)


@pytest.mark.django_db
def test_its_owner_gets_it_back_before_it_is_handed_over_and_once() -> None:
    line = make_unclaimed()
    before = payable(line.creator)
    with pytest.raises(NoSuchBalance):
        claim_unclaimed(creator=make_creator("Eve"), line_id=line.pk, at=DUE)
    for _ in range(2):
        claimed = claim_unclaimed(creator=line.creator, line_id=line.pk, at=DUE)
        assert claimed.state == LineState.CLAIMED
    assert (payable(line.creator), dollars(UNCLAIMED)) == (before + usd("40"), usd("0"))
    assert queries.resting(at=DUE) == []
    assert check_books() == []


@pytest.mark.django_db
def test_the_state_takes_all_that_is_unclaimed_and_its_report_says_whose() -> None:
    ada, ben = make_resting(), make_resting("Ben", "9")
    make_verified(ben, papers=american("Ben Franklin"), at=DECEMBER)
    give_notices(at=TOLD)
    approve(propose())
    with pytest.raises(UnclaimedIsWhole, match=r"\$49.00 is unclaimed there now"):
        hand_over("40")
    terms = Terms(Purpose.UNCLAIMED, UNCLAIMED, usd("49"), "Delaware 7")
    waiting = propose_remittance(operator=make_operator(), terms=terms, id=uuid4(), at=DUE)
    claim_unclaimed(creator=ada, line_id=_line(ada).pk, at=DUE)
    before = all_balances()
    with pytest.raises(MoreThanIsDue, match=r"\$9.00 is due"):
        approve_remittance(
            operator=make_operator("Zoe"), remittance_id=waiting.pk, answer="Now.", at=DUE
        )
    assert all_balances() == before
    decline_remittance(
        operator=make_operator("Zoe"), remittance_id=waiting.pk, answer="Changed.", at=DUE
    )
    bank = dollars("bank")
    sent = hand_over("9")
    assert (dollars(UNCLAIMED), dollars("bank")) == (usd("0"), bank - usd("9"))
    assert sent.entry_id is not None
    assert entry(id=sent.entry_id).kind == "unclaimed_remitted"
    [row] = csv.DictReader(io.StringIO(queries.unclaimed_csv(sent).decode()))
    assert (row["reference"], row["legal_name"], row["amount"], row["rests_since"]) == (
        *("Delaware 7", "Ben Franklin"),
        *("9.000000", "2026-12-01"),
    )
    with pytest.raises(HandedOver, match="Delaware 7"):
        claim_unclaimed(creator=ben, line_id=_line(ben).pk, at=DUE)
    assert check_books() == []


@pytest.mark.django_db
def test_what_goes_forward_never_goes_back() -> None:
    line = make_unclaimed()
    for table, change in (
        (EscheatLine, {"state": LineState.PROPOSED}),
        (EscheatLine, {"amount_micros": 1}),
        (EscheatNotice, {"falls_on": DECEMBER.date()}),
        (Escheat, {"answered_by": make_operator()}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.update(**change)
    found = Escheat.objects.create(id=uuid4(), proposed_by=make_operator(), proposed_at=DUE)
    own = {"is_approved": False, "answered_by": found.proposed_by, "answered_at": DUE}
    with pytest.raises(IntegrityError), transaction.atomic():
        Escheat.objects.filter(pk=found.pk).update(**own)
    assert _line(line.creator).state == LineState.UNCLAIMED


@pytest.mark.django_db
def test_a_balance_that_falls_while_it_is_posted_moves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_resting()
    give_notices(at=TOLD)
    found, before = propose(), all_balances()
    monkeypatch.setattr(acting, "overdrawn", lambda *, names: set(names))
    with pytest.raises(DueChanged):
        approve(found)
    assert all_balances() == before


@pytest.mark.django_db
def test_the_books_are_compared_with_whose_it_is() -> None:
    make_unclaimed()
    make_posted(move("bank", UNCLAIMED, "3"))
    [finding] = check_books()
    assert finding.sentence == "balances say 40000000, the books 43000000"


@pytest.mark.django_db
def test_the_desk_and_the_studio_show_it_all(
    sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: TOLD)
    first, second = sign_in(make_operator("Max")), sign_in(make_operator("Zoe"))
    desk, studio = "/desk/payouts/unclaimed/", "/studio/payouts/"
    assert "Nothing rests" in page_text(first.get(desk))
    ada, ben = make_resting(), make_resting("Ben", "9")
    jobs.give_notices()
    client = sign_in(ada.user)
    assert "On 30 November 2028 the law hands it to the state" in page_text(client.get(studio))
    other = sign_in(ben.user)
    assert "Your balance stays yours." in page_text(other.post(f"{studio}keep/", follow=True))
    assert "It is mine" not in page_text(other.get(studio))
    assert "No balance has rested" in page_text(first.post(desk, {"id": uuid4()}))
    monkeypatch.setattr(clock, "now", lambda: DUE)
    assert "Due" in page_text(first.get(desk))
    address = first.post(desk, {"id": uuid4()}).headers["location"]
    assert "You proposed this" in page_text(first.get(address))
    answer = {"answer": "Nobody wrote.", "verdict": "approve"}
    assert "somebody else has to answer" in page_text(first.post(address, answer))
    assert "Posted." in page_text(second.post(address, answer, follow=True))
    line = EscheatLine.objects.get()
    shown = page_text(client.get(studio))
    assert "Waits for its owner or the state (US)" in shown
    taxes = "/desk/payouts/taxes/"
    data = {"id": uuid4(), "what": "unclaimed unclaimed:US USD", "amount": "40"}
    first.post(taxes, data | {"reference": "Delaware 7"})
    payment = Remittance.objects.get()
    second.post(f"{taxes}{payment.pk}/", answer)
    assert "Report for the state" in page_text(first.get(f"{taxes}{payment.pk}/"))
    report = first.post(f"{taxes}{payment.pk}/balances.csv")
    assert b"Delaware 7" in report.content
    told = page_text(client.post(f"{studio}unclaimed/{line.pk}/", follow=True))
    assert "It was handed to the state under “Delaware 7”; claim it there." in told
    for page in (desk, address, f"{taxes}{payment.pk}/balances.csv"):
        assert sign_in(make_user()).post(page, answer).status_code == 404
    assert other.post(f"{studio}unclaimed/{line.pk}/").status_code == 404


@pytest.mark.django_db
def test_a_creator_takes_it_back_in_the_studio(
    sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: DUE)
    line = make_unclaimed()
    client = sign_in(line.creator.user)
    page = client.post(f"/studio/payouts/unclaimed/{line.pk}/", follow=True)
    assert "40.00 USD is yours again." in page_text(page)
