"""Exchange rates are written down once per day and never change."""

import csv
import datetime as dt
import io
from decimal import Decimal, InvalidOperation

from django.db import transaction

from takings.core.errors import Conflict, Invalid, Refusal
from takings.ledger.models import ExchangeRate
from takings.money import currency

COLUMNS = ["base", "quote", "valid_on", "rate"]
MOST_FAULTS_TOLD = 20
DIGITS = 12


class BadRates(Invalid):
    """Some lines of the file cannot be imported; ``lines`` says which and why."""

    code = "bad_rates"
    sentence = "Nothing was imported. {lines}"


class NotARate(Invalid):
    """The text is no positive number of at most twelve decimals."""

    code = "not_a_rate"
    sentence = "“{given}” is not a rate; write it like 0.9215."


class OtherRate(Conflict):
    """A rate that was used stays what it was."""

    code = "other_rate"
    sentence = "The rate of {base} in {quote} on {on} is {known} already and cannot become {given}."


def record_rates(*, content: bytes, source: str, at: dt.datetime) -> int:
    """Write down the rates of a CSV file (base,quote,valid_on,rate), all of them or none.

    Returns how many are new; the same file again changes nothing. Refuses: BadRates.
    """
    faults: list[str] = []
    count = 0
    with transaction.atomic():
        for line, cells in enumerate(_rows(content), start=2):
            try:
                count += _record(cells, source=source, at=at)
            except Refusal as refusal:
                faults.append(f"Line {line}: {refusal}")
        if faults:
            more = len(faults) - MOST_FAULTS_TOLD
            told = faults[:MOST_FAULTS_TOLD] + ([f"And {more} more."] if more > 0 else [])
            raise BadRates(lines="\n".join(told))
    return count


def _rows(content: bytes) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadRates(lines=f"The file cannot be read: {error}.") from None
    if not rows or [cell.strip() for cell in rows[0]] != COLUMNS:
        raise BadRates(lines=f"Line 1: the columns are {','.join(COLUMNS)}.")
    return [[cell.strip() for cell in row] for row in rows[1:] if row]


def _record(cells: list[str], *, source: str, at: dt.datetime) -> int:
    if len(cells) != len(COLUMNS):
        raise BadRates(lines=f"it has {len(cells)} columns, {len(COLUMNS)} are needed.")
    base, quote = currency(cells[0]).code, currency(cells[1]).code
    valid_on, rate = _day(cells[2]), _rate(cells[3])
    if base == quote:
        raise NotARate(given=f"{base} to {quote}")
    row, is_new = ExchangeRate.objects.get_or_create(
        base=base,
        quote=quote,
        valid_on=valid_on,
        defaults={"rate": rate, "source": source, "recorded_at": at},
    )
    if row.rate != rate:
        raise OtherRate(base=base, quote=quote, on=valid_on, known=row.rate, given=rate)
    return int(is_new)


def _day(given: str) -> dt.date:
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise BadRates(lines=f"“{given}” is not a day; write it like 2026-11-26.") from None


def _rate(given: str) -> Decimal:
    try:
        rate = Decimal(given)
    except InvalidOperation:
        raise NotARate(given=given) from None
    exponent = rate.as_tuple().exponent
    if not rate.is_finite() or rate <= 0 or not isinstance(exponent, int) or exponent < -DIGITS:
        raise NotARate(given=given)
    if rate >= 10**DIGITS:
        raise NotARate(given=given)
    return rate
