"""Which lot is spent, what a coin is worth, who may have some: values only."""

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.coins.rules import (
    AgeUnknown,
    CoinsHeld,
    LimitKind,
    LimitReached,
    NotEnoughCoins,
    NotInThisCountry,
    OpenLot,
    TooYoung,
    check_person,
    coins,
    spend_lots,
)
from takings.coins.rules.limits import check_sum
from takings.coins.rules.lots import after
from takings.coins.rules.purchases import (
    Gone,
    NotAtThisHour,
    OverTheCap,
    check_minor,
    is_looked_at,
    money_for,
    restored,
    returnable,
    settle,
)
from takings.money import Money
from takings.money.currency import COIN
from takings.policies.queries import coin_rule_at
from takings.policies.rules import MinorCap

NOW = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RULE = coin_rule_at(at=NOW)


def lot(
    number: int,
    count: int,
    cents: int | None = None,
    *,
    day: int = 0,
    ends: int | None = None,
    held: int = 0,
) -> OpenLot:
    """Return a lot: opened on a day, ending on one; bought for cents, or given."""
    return OpenLot(
        id=UUID(int=number),
        is_bonus=cents is None,
        left=coins(count),
        value=None if cents is None else Money(cents * 10_000, "EUR"),
        opened_at=NOW + day * DAY,
        expires_at=None if ends is None else NOW + ends * DAY,
        held_until=NOW + held * DAY if held else None,
        held_why="looked at",
    )


def spend(*lots: OpenLot, count: int, bonus_first: bool = True) -> list[tuple[int, int]]:
    parts = spend_lots(lots=lots, asked=coins(count), at=NOW, bonus_first=bonus_first)
    return [(part.lot_id.int, part.coins.micros // 10**6) for part in parts]


def test_bonus_coins_are_spent_first_those_that_end_first_before_others_then_the_oldest() -> None:
    lots = (
        lot(1, 5, 5, day=-3),
        lot(2, 5, 5, day=-9),
        lot(3, 5, ends=90),
        lot(4, 5, ends=30),
        lot(5, 5),
        lot(6, 5, ends=-1),
    )
    order = [(4, 5), (3, 5), (5, 5), (2, 5), (1, 5)]
    assert spend(*lots, count=25) == order
    assert spend(*lots, count=12) == [(4, 5), (3, 5), (5, 2)]
    assert spend(*lots, count=12, bonus_first=False) == [(2, 5), (1, 5), (4, 2)]


def test_what_ended_or_is_held_is_not_spent_and_the_refusal_says_which() -> None:
    with pytest.raises(NotEnoughCoins, match="You have 5 coins; this costs 6 coins"):
        spend(lot(1, 5), lot(2, 5, ends=0), count=6)
    with pytest.raises(CoinsHeld, match="3 coins of your coins are held until 2027-01-27") as held:
        spend(lot(1, 5), lot(2, 3, 3, held=2), count=6)
    assert "looked at" in str(held.value)
    with pytest.raises(NotEnoughCoins, match="You have 8 coins"):
        spend(lot(1, 5), lot(2, 3, 3, held=2), count=9)


@given(st.integers(1, 10**12), st.lists(st.integers(1, 400), min_size=1, max_size=12))
def test_a_used_up_lot_gave_exactly_what_was_received_for_it(value: int, gifts: list[int]) -> None:
    """Peers' bug 14: parts rounded twice were a cent off, and a total below zero."""
    whole = Money(value, "EUR")
    lots = [OpenLot(UUID(int=1), False, coins(sum(gifts)), whole, NOW)]  # noqa: FBT003 - is_bonus
    given_ = Money.zero("EUR")
    for count in gifts:
        [part] = spend_lots(lots=lots, asked=coins(count), at=NOW, bonus_first=True)
        assert part.value is not None
        assert part.value >= Money.zero("EUR")
        given_ += part.value
        lots = after(lots, [part])
        assert lots[0].value == whole - given_
    assert (lots[0].left, lots[0].value) == (Money.zero(COIN), Money.zero("EUR"))


def test_coins_are_for_adults_of_countries_that_have_them() -> None:
    day = dt.date(2027, 1, 25)

    def age(born_on: dt.date | None, country: str = "DE", *, adult: bool = True) -> int:
        return check_person(rule=RULE, country=country, born_on=born_on, day=day, adult=adult)

    assert age(dt.date(2009, 1, 25)) == 18
    for country, born_on in (("DE", dt.date(2009, 1, 26)), ("KR", dt.date(2009, 1, 25))):
        with pytest.raises(TooYoung, match=r"You must be (18|19) to have coins"):
            age(born_on, country)
        with pytest.raises(TooYoung):
            age(born_on, country, adult=False)
    with pytest.raises(AgeUnknown, match="in which year you were born"):
        age(None)
    closed = RULE.__class__(
        **{name: getattr(RULE, name) for name in RULE.__slots__}
        | {"closed_countries": frozenset({"DE"})}
    )
    with pytest.raises(NotInThisCountry):
        check_person(rule=closed, country="DE", born_on=dt.date(1990, 1, 1), day=day)


def yuan(amount: int) -> Money:
    return Money.parse(amount, "CNY")


SHANGHAI = (
    MinorCap("CN", 8, 16, yuan(50), yuan(200)),
    MinorCap("CN", 16, 18, yuan(100), yuan(400)),
)


def test_caps_for_minors_are_those_of_the_shanghai_standard() -> None:
    """WE-20: a seven-year-old buys nothing; ¥51 at 15, a fifth ¥50 in a month, 22:30: refused."""
    rule = RULE.__class__(
        **{name: getattr(RULE, name) for name in RULE.__slots__} | {"minors": SHANGHAI}
    )
    noon = dt.datetime(2027, 1, 25, 12)  # noqa: DTZ001 - on somebody's wall
    assert rule.cap_of(country="CN", age=7) is None
    assert rule.cap_of(country="DE", age=15) is None
    at_15, at_17 = (rule.cap_of(country="CN", age=age) for age in (15, 17))
    assert at_15 is not None
    assert at_17 is not None
    born_on = dt.date(2012, 1, 1)
    day = noon.date()
    assert check_person(rule=rule, country="CN", born_on=born_on, day=day, adult=False) == 15

    def buy(cap: MinorCap, amount: int, month: int = 0, *, now: dt.datetime = noon) -> None:
        check_minor(cap=cap, rule=rule, price=yuan(amount), month=yuan(month), now=now)

    buy(at_15, 50)
    buy(at_15, 50, 150)
    buy(at_17, 100, 300)
    with pytest.raises(OverTheCap, match=r"at a time"):
        buy(at_15, 51)
    with pytest.raises(OverTheCap, match=r"a month; CN¥0.00 are left"):
        buy(at_15, 50, 200)
    for hour, minute in ((22, 0), (22, 30), (7, 59)):
        with pytest.raises(NotAtThisHour, match=r"between 22:00 and 08:00"):
            buy(at_17, 1, now=noon.replace(hour=hour, minute=minute))
    buy(at_17, 1, now=noon.replace(hour=8))


def test_a_limit_is_reached_to_the_coin_and_says_what_is_left_until_when() -> None:
    limit, day = coins(100), dt.date(2027, 2, 25)
    check_sum(LimitKind.DAY, limit=limit, spent=coins(60), asked=coins(40), day=day)
    with pytest.raises(LimitReached, match=r"100 coins a day; 40 coins are left .* 2027-02-25"):
        check_sum(LimitKind.DAY, limit=limit, spent=coins(60), asked=coins(41), day=day)
    with pytest.raises(LimitReached, match=r"a month; 0 coins are left .* 2027-02-28"):
        check_sum(LimitKind.MONTH, limit=limit, spent=coins(101), asked=coins(1), day=day)


def test_a_new_account_that_buys_for_much_is_looked_at() -> None:
    def held(days: int, amount: str, code: str = "EUR") -> bool:
        bought = Money.parse(amount, code)
        return is_looked_at(rule=RULE, age=days * DAY, bought=bought)

    assert held(6, "50")
    assert not held(6, "49.99")
    assert not held(7, "500")
    assert held(1, "1", "PLN")


def test_what_goes_back_is_paid_in_whole_cents_and_spent_bonus_coins_count() -> None:
    price = Money(11_900_000, "EUR")
    assert money_for(coins=1000, of=1000, price=price) == price
    assert money_for(coins=999, of=1000, price=price).micros == 11_880_000
    assert money_for(coins=1, of=3, price=Money(1_000_000_000, "JPY")).micros == 333_000_000
    assert (returnable(left=1000, bonus_spent=80), returnable(left=50, bonus_spent=80)) == (920, 0)


ONE = 10**6


def test_coins_go_with_the_money_and_come_again_with_it() -> None:
    def gone(taken: int, *returns: Gone) -> tuple[int, int]:
        found = settle(coins=100 * ONE, bonus=10 * ONE, price=50_000, taken=taken, returns=returns)
        return found.gone // ONE, found.bonus_gone // ONE

    assert gone(0) == (0, 0)
    assert gone(50_000) == (100, 10)
    assert gone(25_000) == (50, 5)
    assert gone(25_001)[0] == 50
    asked, paid = Gone(40 * ONE, 20_000, False), Gone(40 * ONE, 20_000, True)  # noqa: FBT003
    assert gone(0, asked) == gone(20_000, asked) == gone(20_000, paid) == (40, 4)
    assert gone(0, paid) == (0, 0)
    assert gone(50_000, asked) == (100, 10)
    found = settle(coins=100, bonus=0, price=50, taken=20, returns=[Gone(40, 20, False)])  # noqa: FBT003
    assert (found.paid, found.failed) == ((True,), (False,))
    lost = settle(coins=100, bonus=0, price=50, taken=19, returns=[Gone(40, 20, True)])  # noqa: FBT003
    assert (lost.gone, lost.paid, lost.failed) == (38, (False,), (True,))


def test_coins_kept_from_gifts_come_again_last_with_their_value() -> None:
    assert restored(back=50, gone=100, kept=30, kept_value=9) == (0, 0)
    assert restored(back=80, gone=100, kept=30, kept_value=9) == (10, 3)
    assert restored(back=100, gone=100, kept=30, kept_value=9) == (30, 9)
    assert restored(back=5, gone=5, kept=0, kept_value=0) == (0, 0)
