"""Limits that people set, bonus coins that end, grants, holds: through the front door."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from takings.coins.actions import (
    CoinHold,
    Grant,
    Most,
    NoReason,
    NotSoLong,
    NotSoMany,
    approve_grant,
    decline_grant,
    end_coins,
    go_on_with_returns,
    hold_coins,
    let_coins_go,
    pause_spending,
    propose_grant,
    set_limit,
    take,
)
from takings.coins.actions.ending import _end
from takings.coins.actions.returning import _Asked, _store
from takings.coins.models import CoinLot, GrantProposal, Limit
from takings.coins.queries import limits_of
from takings.coins.rules import CoinsHeld, LimitKind, LimitReached, Paused, TooYoung, coins
from takings.coins.rules.limits import LongerAlready, NoSuchLimit
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.payments.models import Payment
from takings.people.models import StaffAct, User
from takings.settlement.actions.answering import (
    ProposalAnswered,
    ProposalIdTaken,
    SecondPersonNeeded,
)
from tests.coins.test_spending import has, taken, waits, why
from tests.make.coins import ask, bought, euros, granted, make_fan, spent, unspent
from tests.make.passes import Time
from tests.make.payments import asked
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_a_stricter_limit_holds_at_once_and_a_looser_one_after_a_night(time: Time) -> None:
    vera = make_fan()
    granted(vera, 100)

    def limit(count: int | None, kind: LimitKind = LimitKind.DAY) -> Limit:
        most = Most(kind, coins(count) if count is not None else None)
        return set_limit(user=vera, most=most, at=time.now)

    def spends(count: int) -> bool:
        [one] = spent([ask(vera, count)])
        return not isinstance(getattr(one, "refusal", None), LimitReached)

    assert limit(10).holds_from == time.now
    assert not spends(11)
    assert limit(20).holds_from == time.now + DAY
    assert not spends(11)
    assert limit(5).holds_from == time.now  # what is said later counts, also tomorrow
    assert (spends(5), spends(1)) == (True, False)
    time.now += DAY
    assert (spends(6), spends(5)) == (False, True)
    assert limit(None).holds_from == time.now + DAY
    assert limit(3, LimitKind.MONTH).holds_from == time.now
    time.now += DAY
    assert not spends(1)
    assert limits_of(viewer_ids=[vera.pk], at=time.now)[vera.pk][LimitKind.DAY].coins_micros is None
    for most in (Most(LimitKind.PAUSE, coins(1)), Most(LimitKind.DAY, Money(-1, "COIN"))):
        with pytest.raises(NoSuchLimit):
            set_limit(user=vera, most=most, at=time.now)
    assert check_books() == []


def test_a_pause_is_not_made_shorter_and_an_exclusion_is_long(time: Time) -> None:
    vera = make_fan()

    def pause(days: int, kind: LimitKind = LimitKind.PAUSE) -> dt.datetime | None:
        return pause_spending(user=vera, kind=kind, days=days, at=time.now).until

    assert pause(7) == time.now + 7 * DAY
    with pytest.raises(LongerAlready, match="until 2027-02-01 14:00"):
        pause(1)
    assert pause(30) == time.now + 30 * DAY
    assert pause(180, LimitKind.EXCLUSION) == time.now + 180 * DAY
    for days, kind in ((2, LimitKind.PAUSE), (179, LimitKind.EXCLUSION), (1, LimitKind.DAY)):
        with pytest.raises(NoSuchLimit):
            pause(days, kind)
    [one] = take(asks=[ask(vera, 1)], at=time.now)
    assert isinstance(why(one), Paused)


def test_bonus_coins_end_and_bought_ones_do_not(time: Time) -> None:
    vera = make_fan()
    purchase, lot = bought(vera, "handful"), granted(vera, 10)
    [one] = spent([ask(vera, 4)])
    assert end_coins(at=time.now + 179 * DAY) == 0
    assert not _end(lot.pk, at=time.now)  # it was due, and came back meanwhile
    time.now += 180 * DAY
    assert end_coins(at=time.now) == 1
    assert end_coins(at=time.now) == 0
    assert has(vera) == (coins(100), coins(0))
    unspent(taken(one).spend_id)
    assert has(vera) == (coins(100), coins(0))
    lot.refresh_from_db()
    assert (lot.ended_at, lot.left) == (time.now, coins(0))
    assert waits(purchase.pk) == euros("1")
    assert check_books() == []


def test_where_bought_coins_end_their_money_is_the_platforms(time: Time) -> None:
    vera = make_fan()
    purchase = bought(vera, "handful")
    CoinLot.objects.update(expires_at=time.now + DAY)  # as another policy would say
    assert end_coins(at=time.now + DAY) == 1
    assert (has(vera)[0], waits(purchase.pk)) == (coins(0), euros("0"))
    assert balance(name="platform:revenue:coins", currency="EUR") == euros("1")
    assert check_books() == []


def test_what_rounding_left_of_a_lot_is_kept_once_nothing_goes_back_any_more(time: Time) -> None:
    """129 cents for 100 coins: 47 of them are 60 cents, and 0.63 of one stays."""
    sam = make_fan("Sam", country="US")
    purchase = bought(sam, "handful")
    spent([ask(sam, 53)])
    one = _store(purchase, _Asked(None, "Killed here."), at=time.now)
    assert one.money == Money.parse("0.60", "USD")
    assert end_coins(at=time.now) == 0
    go_on_with_returns(at=time.now)
    asked(Payment.objects.get())
    assert (end_coins(at=time.now), end_coins(at=time.now)) == (1, 0)
    assert balance(name=f"coins:liability:{purchase.pk}", currency="USD") == Money(0, "USD")
    assert balance(name="platform:revenue:coins", currency="USD") == Money(6_300, "USD")
    assert check_books() == []


def test_bonus_coins_are_given_once_with_a_reason_under_a_name(time: Time) -> None:
    vera, olga, key = make_fan(), make_operator(), uuid4()

    def propose(amount: Money, reason: str = " A fault found. ") -> GrantProposal:
        return propose_grant(operator=olga, grant=Grant(key, vera, amount, reason), at=time.now)

    for amount in (coins(0), coins(10_001), Money(1_500_000, "COIN")):
        with pytest.raises(NotSoMany):
            propose(amount)
    with pytest.raises(NoReason):
        propose(coins(5), " ")
    proposal = propose(coins(5))
    assert proposal == propose(coins(5))
    with pytest.raises(ProposalIdTaken):
        propose(coins(6))

    def approve(who: User) -> CoinLot:
        return approve_grant(proposal=proposal, operator=who, answer="Seen.", at=time.now)

    with pytest.raises(SecondPersonNeeded):
        approve(olga)
    assert has(vera) == (coins(0), coins(0))
    pavel = make_operator("Pavel")
    assert approve(pavel).why == "A fault found."
    with pytest.raises(ProposalAnswered):
        approve(pavel)
    assert has(vera) == (coins(0), coins(5))
    acts = StaffAct.objects.order_by("pk").values_list("operator", "act", "reason")
    assert list(acts) == [
        (olga.pk, "coins.grant_proposed", "5 coins: A fault found."),
        (pavel.pk, "coins.grant", "5 coins: Seen."),
    ]
    young = make_fan("Yuki", born_on=dt.date(2012, 12, 31))
    with pytest.raises(TooYoung):
        granted(young, 5)
    assert check_books() == []


def test_bonus_coins_that_are_declined_never_come(time: Time) -> None:
    vera, olga, pavel = make_fan(), make_operator(), make_operator("Pavel")
    grant = Grant(uuid4(), vera, coins(5), "A fault found.")
    proposal = propose_grant(operator=olga, grant=grant, at=time.now)
    with pytest.raises(NoReason):
        decline_grant(proposal=proposal, operator=pavel, answer=" ", at=time.now)
    decline_grant(proposal=proposal, operator=pavel, answer="None was found.", at=time.now)
    with pytest.raises(ProposalAnswered):
        approve_grant(proposal=proposal, operator=pavel, answer="Yes.", at=time.now)
    assert has(vera) == (coins(0), coins(0))
    with pytest.raises(DatabaseError, match="answered once"), transaction.atomic():
        GrantProposal.objects.update(is_approved=None, answered_by=None, answered_at=None)


def test_the_desk_holds_coins_with_a_reason_until_a_day_and_lets_them_go(time: Time) -> None:
    vera, olga = make_fan(), make_operator()
    lot = granted(vera, 5)

    def hold(days: int, reason: str = "A card was reported.") -> CoinLot:
        held = CoinHold(lot, time.now + days * DAY, reason)
        return hold_coins(operator=olga, hold=held, at=time.now)

    for days in (0, 61):
        with pytest.raises(NotSoLong):
            hold(days)
    with pytest.raises(NoReason):
        hold(3, "")
    assert hold(3).is_held(at=time.now)
    [one] = take(asks=[ask(vera, 1)], at=time.now)
    assert isinstance(why(one), CoinsHeld)
    assert "A card was reported." in str(why(one))
    let_coins_go(operator=olga, lot=lot, reason="It was a mistake.", at=time.now)
    assert taken(spent([ask(vera, 1)])[0]).coins == coins(1)
    acts = list(StaffAct.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-2:] == ["coins.hold", "coins.let_go"]
