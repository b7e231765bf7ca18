"""Amounts as people write them, in their locale."""

from copy import copy
from decimal import ROUND_DOWN, Decimal

from babel.core import Locale
from babel.numbers import format_decimal

from takings.money.currency import COIN, MICRO_DIGITS, currency
from takings.money.money import Money


def format_money(
    money: Money, *, locale: str = "en", exact: bool = False, aligned: bool = False
) -> str:
    """Return ``$4.25``; with ``exact`` every micro-unit that is there: ``$0.00425``.

    ``aligned`` shows all six decimals, so that a column of amounts lines up. Without either the
    figure is cut to the payable unit (never rounded up: a balance must not show money that is not
    there). ``locale`` is written ``de`` or ``pt_BR``.

    >>> format_money(Money(4_259_999, "USD"))
    '$4.25'
    >>> format_money(Money(4_250, "USD"), exact=True)
    '$0.00425'
    >>> format_money(Money(4_250, "USD"), aligned=True)
    '$0.004250'
    """
    spoken = Locale.parse(locale.replace("-", "_"))
    value, places = (money.decimal(), MICRO_DIGITS) if aligned else _shown(money, exact=exact)
    if money.currency == COIN:
        word = "coin" if value == 1 else "coins"
        return f"{format_decimal(value, locale=spoken, decimal_quantization=False)} {word}"
    pattern = copy(spoken.currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return str(pattern.apply(value, spoken, currency=money.currency, currency_digits=False))


def _shown(money: Money, *, exact: bool) -> tuple[Decimal, int]:
    """Return the value to show and its decimals; what is cut to nothing has no sign."""
    places = currency(money.currency).exponent
    value = money.decimal()
    if exact:
        return value, max(places, -int(value.normalize().as_tuple().exponent))
    cut = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
    return cut or abs(cut), places
