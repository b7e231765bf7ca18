"""The commands that set terms: limits, closed accounts, locked periods, exchange rates."""

import datetime as dt
from pathlib import Path

from config.show import out
from takings.core import clock
from takings.ledger.actions import rates, terms
from takings.ledger.rules import AccountName
from takings.money import Money

NO_LIMIT = "none"


def import_rates(path: Path, *, source: str) -> None:
    """Write down the rates of a CSV file."""
    count = rates.record_rates(content=path.read_bytes(), source=source, at=clock.now())
    out.print(f"{count} new rates from {source}." if count else "All of them were known.")


def lock_books(*, before: dt.datetime, reason: str) -> None:
    """Lock the books for everything that occurred before a day (UTC)."""
    midnight = before.replace(tzinfo=dt.UTC)
    terms.lock_period(before=midnight, reason=reason, at=clock.now())
    out.print(f"Nothing is posted any more that occurred before {midnight.date()}.")


def limit(name: AccountName, currency: str, amount: str, *, reason: str) -> None:
    """Set or lift the limit of an account."""
    most = None if amount == NO_LIMIT else Money.parse(amount, currency)
    terms.set_limit(name=name, currency=currency, limit=most, reason=reason, at=clock.now())
    said = "has no limit" if most is None else f"holds at most {amount} {currency}"
    out.print(f"{name} {said}.", soft_wrap=True)


def close(name: AccountName, currency: str, *, reason: str) -> None:
    """Close an empty account."""
    terms.close_account(name=name, currency=currency, reason=reason, at=clock.now())
    out.print(f"{name} in {currency} is closed.", soft_wrap=True)


def reopen(name: AccountName, currency: str, *, reason: str) -> None:
    """Open a closed account again."""
    terms.reopen_account(name=name, currency=currency, reason=reason, at=clock.now())
    out.print(f"{name} in {currency} is open.", soft_wrap=True)
