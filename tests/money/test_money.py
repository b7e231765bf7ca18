"""Money: whole micro-units of one currency, exact or refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.money import (
    CurrencyMismatch,
    InexactMoney,
    Money,
    NotAnAmount,
    Rate,
    UnknownCurrency,
    currency,
)
from takings.money.money import LARGEST

FOUR_QUARTER = Money(4_250_000, "USD")


def test_one_impression_at_a_cpm_of_four_dollars_and_a_quarter_is_4250_micros() -> None:
    assert Money.parse("4.25", "USD") // 1000 == Money(4_250, "USD")


def test_amounts_of_one_currency_add_subtract_and_turn() -> None:
    dollar = Money.parse(1, "USD")
    assert FOUR_QUARTER + dollar == Money.parse("5.25", "USD")
    assert FOUR_QUARTER - dollar == Money.parse("3.25", "USD")
    assert -dollar == Money(-1_000_000, "USD")
    assert dollar * 3 == Money.parse("3", "USD")
    assert bool(dollar)
    assert not Money.zero("USD")


def test_amounts_of_one_currency_compare() -> None:
    amounts = [Money.parse(text, "USD") for text in ("4.25", "1", "-2", "1.00")]
    assert [str(amount.decimal()) for amount in sorted(amounts)] == [
        "-2.000000",
        "1.000000",
        "1.000000",
        "4.250000",
    ]
    assert amounts[1] <= amounts[3]
    assert amounts[0] >= amounts[1]


def test_currencies_never_mix() -> None:
    euro = Money.parse(1, "EUR")
    for mix in (
        lambda: FOUR_QUARTER + euro,
        lambda: FOUR_QUARTER - euro,
        lambda: euro < Money.zero("USD"),
        lambda: euro <= Money.zero("USD"),
    ):
        with pytest.raises(CurrencyMismatch):
            mix()


def test_a_float_a_bool_or_a_rate_is_no_amount() -> None:
    for wrong in (1.5, True):
        with pytest.raises(TypeError):
            Money(wrong, "USD")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        FOUR_QUARTER * 0.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        FOUR_QUARTER * True


def test_an_amount_beyond_bigint_is_an_overflow() -> None:
    assert Money(LARGEST, "USD").micros == LARGEST
    for beyond in (LARGEST + 1, -LARGEST - 1):
        with pytest.raises(OverflowError):
            Money(beyond, "USD")
    with pytest.raises(OverflowError):
        Money(LARGEST, "USD") + Money(1, "USD")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency, match="XXQ"):
        Money(1, "XXQ")


def test_the_smallest_payable_unit_follows_the_currency() -> None:
    assert currency("USD").unit_micros == 10_000
    assert currency("JPY").unit_micros == 1_000_000
    assert currency("KWD").unit_micros == 1_000
    assert currency("COIN").unit_micros == 1_000_000


@pytest.mark.parametrize(
    "text", ["", "four", "NaN", "Infinity", "1e12", "1e999999999", "1_000", "١", "1,000", "1" * 13]
)
def test_what_is_no_amount_is_refused_at_once(text: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(text, "USD")


def test_a_seventh_decimal_is_refused() -> None:
    assert Money.parse("0.000001", "USD") == Money(1, "USD")
    with pytest.raises(InexactMoney):
        Money.parse("0.0000001", "USD")
    with pytest.raises(InexactMoney):
        Money.parse(f"1.{'0' * 40}1", "USD")
    assert Money.parse(f" -1.5{'0' * 40} ", "USD") == Money(-1_500_000, "USD")


def test_division_is_exact_or_refused() -> None:
    with pytest.raises(InexactMoney):
        Money(10, "USD") // 3


def test_a_share_names_its_rounding() -> None:
    share = Rate.of_bp(4_500)
    assert Money(900_000_000, "USD").times(share, rounding="exact") == Money(405_000_000, "USD")
    assert Money(3, "USD").times(share, rounding="down") == Money(1, "USD")
    with pytest.raises(InexactMoney):
        Money(3, "USD").times(share, rounding="exact")


def test_the_rest_of_a_rate_makes_the_whole() -> None:
    assert Rate.of_bp(4_500).rest() == Rate(Fraction(11, 20))
    with pytest.raises(ValueError, match="negative"):
        Rate(Fraction(-1, 2))


def test_only_whole_cents_leave_and_the_rest_stays() -> None:
    whole, rest = Money(1_234_567, "USD").split_payable()
    assert (whole, rest) == (Money(1_230_000, "USD"), Money(4_567, "USD"))


def test_the_decimal_value_is_exact() -> None:
    assert Money(4_250, "USD").decimal() == Decimal("0.00425")
    assert Money(-LARGEST, "USD").decimal() == Decimal(-LARGEST) / 10**6


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15))
def test_adding_and_taking_away_returns_the_amount(one: int, other: int) -> None:
    left, right = Money(one, "EUR"), Money(other, "EUR")
    assert left + right - right == left
    assert sum(part.micros for part in left.split_payable()) == one
