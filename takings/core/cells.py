"""What stands in a cell of a CSV file: exact, and never run by the program that opens it."""

import datetime as dt
from decimal import Decimal

_FORMULA = frozenset("=+-@\t\r\n")


def text_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (OWASP: CSV injection).

    >>> text_cell("=1+1"), text_cell("Dunes")
    ("'=1+1", 'Dunes')
    """
    return f"'{text}" if text[:1] in _FORMULA else text


def cell(value: object) -> object:
    """Return a value as a CSV file holds it: plain decimals, ISO 8601 instants, harmless texts.

    >>> cell(Decimal("-0.000001")), cell(None)
    ('-0.000001', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value
