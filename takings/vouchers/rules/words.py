"""What a voucher is called."""

import datetime as dt

from takings.money import Money, format_money


def voucher_words(*, shop: str, value: Money, until: dt.date) -> str:
    """Return what a creator gets.

    >>> voucher_words(
    ...     shop="Threadhouse", value=Money.parse("20", "EUR"), until=dt.date(2027, 12, 31)
    ... )
    '€20.00 at Threadhouse, until 31 December 2027'
    """
    return f"{format_money(value)} at {shop}, until {until.day} {until:%B %Y}"
