"""Holds: kept back, then posted in whole or part, given back, or expired; once."""

import datetime as dt
from uuid import UUID, uuid4

import pytest

from takings.ledger.actions import (
    HoldExpired,
    HoldIsOneTransfer,
    HoldIsOver,
    InsufficientFunds,
    NotWhatIsHeld,
    SameIdOtherContent,
    UnknownHold,
    expire_holds,
    hold,
    post,
    post_hold,
    post_releasing,
    void_hold,
)
from takings.ledger.models import HoldEnd
from takings.ledger.queries import available, check_books, entry, open_holds
from takings.money import Money
from tests.make.ledger import dollars, make_entry, make_posted, make_prepaid, move, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

PREPAID, RESERVED = "advertiser:7:prepaid", "advertiser:8:prepaid"
LATER = NOON + dt.timedelta(hours=1)


def _hold(amount: str, *, expires_at: dt.datetime | None = LATER) -> UUID:
    draft = make_entry(move(PREPAID, RESERVED, amount), kind="budget_leased")
    [kept] = hold(drafts=[draft], expires_at=expires_at, at=NOON)
    assert kept.outcome == "posted"
    return kept.entry_id


def _free() -> Money:
    return available(name=PREPAID, currency="USD")


@pytest.fixture(autouse=True)
def _funds() -> None:
    make_prepaid("10")


def test_what_is_held_stays_and_cannot_be_spent() -> None:
    _hold("6")
    assert (dollars(PREPAID), _free(), dollars(RESERVED)) == (usd(10), usd(4), usd(0))
    with pytest.raises(InsufficientFunds) as refusal:
        make_posted(move(PREPAID, RESERVED, "5"))
    assert refusal.value.facts["available"] == usd(4)
    with pytest.raises(InsufficientFunds):
        _hold("5")
    make_posted(move(PREPAID, RESERVED, "4"))
    assert check_books() == []


def test_a_hold_is_posted_in_whole() -> None:
    kept, settled = _hold("6"), uuid4()
    assert post_hold(hold_id=kept, id=settled, at=NOON).outcome == "posted"
    assert post_hold(hold_id=kept, id=settled, at=NOON).outcome == "already_posted"
    assert (dollars(PREPAID), _free(), dollars(RESERVED)) == (usd(4), usd(4), usd(6))
    assert entry(id=settled).kind == "budget_leased"
    assert HoldEnd.objects.get().entry_id == settled
    assert check_books() == []


def test_a_part_is_posted_and_the_rest_given_back() -> None:
    kept = _hold("6")
    post_hold(hold_id=kept, id=uuid4(), at=NOON, amount=usd(2))
    assert (dollars(PREPAID), _free(), dollars(RESERVED)) == (usd(8), usd(8), usd(2))
    with pytest.raises(HoldIsOver):
        post_hold(hold_id=kept, id=uuid4(), at=NOON, amount=usd(1))
    with pytest.raises(HoldIsOver):
        void_hold(hold_id=kept, at=NOON)
    assert check_books() == []


def test_more_than_is_held_is_refused() -> None:
    kept = _hold("6")
    with pytest.raises(NotWhatIsHeld):
        post_hold(hold_id=kept, id=uuid4(), at=NOON, amount=usd("6.000001"))
    assert _free() == usd(4)


def test_a_hold_is_voided_once_and_twice_is_once() -> None:
    kept = _hold("6")
    assert void_hold(hold_id=kept, at=NOON).outcome == "posted"
    assert void_hold(hold_id=kept, at=NOON).outcome == "already_posted"
    assert (dollars(PREPAID), _free()) == (usd(10), usd(10))
    with pytest.raises(HoldIsOver):
        post_hold(hold_id=kept, id=uuid4(), at=NOON)
    assert check_books() == []


def test_what_is_not_used_in_time_comes_back_by_itself() -> None:
    kept, _forever = _hold("6"), _hold("1", expires_at=None)
    assert expire_holds(at=NOON) == 0
    with pytest.raises(HoldExpired):
        post_hold(hold_id=kept, id=uuid4(), at=LATER)
    assert expire_holds(at=LATER) == 1
    assert expire_holds(at=LATER) == 0
    assert _free() == usd(9)
    assert HoldEnd.objects.get().outcome == "expired"
    assert check_books() == []


def test_the_same_hold_twice_is_one_and_another_under_its_id_is_refused() -> None:
    draft = make_entry(move(PREPAID, RESERVED, "6"))
    for outcome in ("posted", "already_posted"):
        assert hold(drafts=[draft], expires_at=LATER, at=NOON)[0].outcome == outcome
    with pytest.raises(SameIdOtherContent):
        hold(
            drafts=[make_entry(move(PREPAID, RESERVED, "7"), id=draft.id)],
            expires_at=LATER,
            at=NOON,
        )
    with pytest.raises(SameIdOtherContent):
        make_posted_as(draft.id)
    assert _free() == usd(4)


def make_posted_as(entry_id: UUID) -> None:
    """Post an entry under the id of a hold."""
    post(drafts=[make_entry(move(PREPAID, RESERVED, "6"), id=entry_id)], at=NOON)


def test_a_hold_of_a_busy_account_comes_back_whole() -> None:
    """``coins:liability`` has lanes; a hold in one of them ends over all of them."""
    make_posted(move("provider:x", "coins:liability", "10"))
    draft = make_entry(move("coins:liability", "creator:1:pending", "8"))
    hold(drafts=[draft], expires_at=None, at=NOON)
    assert available(name="coins:liability", currency="USD") == usd(2)
    post_hold(hold_id=draft.id, id=uuid4(), at=NOON, amount=usd(5))
    assert available(name="coins:liability", currency="USD") == usd(5)
    assert check_books() == []


def test_what_is_no_hold_is_refused() -> None:
    with pytest.raises(UnknownHold):
        void_hold(hold_id=uuid4(), at=NOON)
    two = make_entry(move(PREPAID, RESERVED, "1"), move(PREPAID, RESERVED, "1"))
    with pytest.raises(HoldIsOneTransfer):
        hold(drafts=[two], expires_at=None, at=NOON)


def test_what_is_held_goes_where_a_new_entry_says_and_the_rest_is_held_anew() -> None:
    kept = _hold("6")
    moved = make_entry(move(PREPAID, RESERVED, "7"))
    less = make_entry(move(PREPAID, RESERVED, "3"), kind="budget_leased")
    post_releasing(drafts=[moved], released=[kept], held=[less], at=NOON)
    assert (dollars(PREPAID), _free()) == (usd(3), usd(0))
    assert open_holds(kind="budget_leased") == {less.id: usd(3)}
    more = make_entry(move(PREPAID, RESERVED, "4"), kind="budget_leased")
    with pytest.raises(InsufficientFunds):
        post_releasing(drafts=[], released=[less.id], held=[more], at=NOON)
    assert open_holds(kind="budget_leased") == {less.id: usd(3)}
    assert check_books() == []
