"""Texts and amounts that keep to their place on a line."""

import datetime as dt
import re
import unicodedata
from urllib.parse import quote

from takings.money import Money
from takings.money.money import MICROS

_GRAMMAR = frozenset('%;|,"\\[]')
"""What means something to one of the two programs (or to us: the percent sign)."""

_PLAIN = re.compile(r"(?! )[A-Za-z0-9 .:/@_-]*(?<! )")
"""What nearly all texts are, told at once."""

_VISIBLE = frozenset("LMNPS")
"""General categories of Unicode: letters, marks, numbers, punctuation, symbols."""


def one_line(text: str) -> str:
    r"""Return the text with everything percent-encoded that could end a line or begin a posting.

    Letters of all scripts stay as they are. Percent-decoding returns the text (RFC 3986).

    >>> one_line('Paid; "Köln"\n  bank  1 USD')
    'Paid%3B %22Köln%22%0A  bank  1 USD'
    """
    if _PLAIN.fullmatch(text):
        return text
    inner = "".join(char if _is_harmless(char) else quote(char, safe="") for char in text)
    if inner != inner.strip(" "):
        start = len(inner) - len(inner.lstrip(" "))
        end = len(inner.rstrip(" "))
        return "%20" * start + inner[start:end] + "%20" * (len(inner) - max(start, end))
    return inner


def _is_harmless(char: str) -> bool:
    return char == " " or (unicodedata.category(char)[0] in _VISIBLE and char not in _GRAMMAR)


def six_decimals(amount: Money) -> str:
    """Return ``-0.004250 USD``: exact, with all six decimals.

    >>> six_decimals(Money(-4_250, "USD"))
    '-0.004250 USD'
    """
    whole, rest = divmod(abs(amount.micros), MICROS)
    sign = "-" if amount.micros < 0 else ""
    return f"{sign}{whole}.{rest:06d} {amount.currency}"


def stamp(instant: dt.datetime) -> str:
    """Return ``2026-10-05T12:00:00.000000Z``: UTC, to the microsecond."""
    return f"{instant.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
