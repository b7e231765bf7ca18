"""Amounts as Stripe writes them: whole numbers of a unit that is its own.

https://docs.stripe.com/currencies: most currencies in hundredths; some in whole units; five in
thousandths. ISK and UGX have no decimals and are written in hundredths all the same.
"""

from takings.money import InexactMoney, Money

WHOLE = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def unit_micros(code: str) -> int:
    """Return the micro-units of the unit in which Stripe counts a currency."""
    if code in WHOLE:
        return 1_000_000
    return 1_000 if code in THOUSANDTHS else 10_000


def units_of(amount: Money) -> int:
    """Return the amount in Stripe's units. Refuses: InexactMoney."""
    units, rest = divmod(amount.micros, unit_micros(amount.currency))
    if rest:
        raise InexactMoney(amount=amount.decimal())
    return units


def money_of(units: int, code: str) -> Money:
    """Return what Stripe's units of a currency (``usd``) are."""
    return Money(units * unit_micros(code.upper()), code.upper())
