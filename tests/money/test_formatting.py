"""Amounts as people read them."""

import pytest

from takings.money import Money, format_money


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [
        (Money(4_250_000, "USD"), "en", "$4.25"),
        (Money(4_259_999, "USD"), "en", "$4.25"),
        (Money(1_234_567_891_234, "USD"), "en", "$1,234,567.89"),
        (Money(-1_234_560_000, "EUR"), "de", "-1.234,56\xa0€"),
        (Money(5_500_000, "JPY"), "ja", "￥5"),
        (Money(3_500_000, "COIN"), "en", "3 coins"),
        (Money(1_000_000, "COIN"), "en", "1 coin"),
        (Money(4_250_000, "BRL"), "pt-BR", "R$\xa04,25"),
    ],
)
def test_an_amount_is_cut_to_what_can_be_paid(money: Money, locale: str, shown: str) -> None:
    assert format_money(money, locale=locale) == shown


def test_what_is_cut_to_nothing_has_no_sign() -> None:
    assert format_money(Money(-9_999, "USD")) == "$0.00"
    assert format_money(Money(-9_999, "USD"), exact=True) == "-$0.009999"


@pytest.mark.parametrize(
    ("micros", "code", "shown"),
    [
        (4_250, "USD", "$0.00425"),
        (4_250_000, "USD", "$4.25"),
        (100_000_000_000, "USD", "$100,000.00"),
        (5_500_000, "JPY", "¥5.5"),
        (0, "USD", "$0.00"),
        (500_000, "COIN", "0.5 coins"),
    ],
)
def test_the_exact_figure_shows_every_micro_unit(micros: int, code: str, shown: str) -> None:
    assert format_money(Money(micros, code), exact=True) == shown
