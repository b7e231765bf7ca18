"""Amounts as people write them, in their locale."""

from decimal import ROUND_DOWN, Decimal

from babel.numbers import format_currency, format_decimal

from takings.money.currency import COIN, currency
from takings.money.money import Money


def format_money(money: Money, *, locale: str = "en", exact: bool = False) -> str:
    """Return ``$4.25``; with ``exact`` every micro-unit that is there: ``$0.00425``.

    Without ``exact`` the figure is cut to the payable unit (never rounded up: a balance must not
    show money that is not there).
    """
    places = currency(money.currency).exponent
    value = money.decimal()
    if not exact:
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
    else:
        places = max(places, -int(value.normalize().as_tuple().exponent))
    pattern_places = "0" * places
    point = f".{pattern_places}" if places else ""
    if money.currency == COIN:
        return f"{format_decimal(value, locale=locale)} coins"
    return format_currency(
        value,
        money.currency,
        format=f"¤#,##0{point};-¤#,##0{point}" if locale == "en" else None,
        locale=locale,
        currency_digits=places == currency(money.currency).exponent,
        decimal_quantization=not exact,
    )
