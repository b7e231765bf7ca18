"""Money is a whole number of micro-units (10⁻⁶) with a currency. No Django, no floats.

One impression at a CPM of $4.25 costs exactly 4 250 micro-dollars:

>>> from takings.money import Money
>>> Money(4_250_000, "USD") // 1000
Money(micros=4250, currency='USD')
"""

from takings.money.allocation import allocate
from takings.money.currency import Currency, CurrencyMismatch, UnknownCurrency, currency
from takings.money.formatting import format_money
from takings.money.money import InexactMoney, Money, NotAnAmount
from takings.money.rate import Rate

__all__ = [
    "Currency",
    "CurrencyMismatch",
    "InexactMoney",
    "Money",
    "NotAnAmount",
    "Rate",
    "UnknownCurrency",
    "allocate",
    "currency",
    "format_money",
]
