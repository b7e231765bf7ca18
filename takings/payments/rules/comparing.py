"""Reconciliation: a provider's report against what we booked, line by line."""

from collections.abc import Iterable
from dataclasses import dataclass

from takings.money import Money, format_money
from takings.payments.rules.port import ReportLine

PAYOUT = "payout:"


@dataclass(frozen=True, slots=True)
class Booked:
    """What we booked for one fact: its effect on the provider's account, before its fee."""

    key: str
    gross: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class Difference:
    """One line on which the report and the books do not agree, and why, in words."""

    kind: str
    key: str
    sentence: str


def compare(*, booked: Iterable[Booked], reported: Iterable[ReportLine]) -> list[Difference]:
    """Return every difference, by key; payouts to our bank are not compared but booked."""
    ours = {line.key: line for line in booked}
    theirs = {line.key: line for line in reported if not line.key.startswith(PAYOUT)}
    found = []
    for key in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(key), theirs.get(key)
        if mine is None and other is not None:
            told = f"The report has {_told(other.gross, other.fee)}; the books have nothing."
            found.append(Difference("not_in_books", key, told))
        elif other is None and mine is not None:
            told = f"The books have {_told(mine.gross, mine.fee)}; the report has nothing."
            found.append(Difference("not_in_report", key, told))
        elif mine and other and (mine.gross, mine.fee) != (other.gross, other.fee):
            told = (
                f"The report says {_told(other.gross, other.fee)}, "
                f"the books say {_told(mine.gross, mine.fee)}."
            )
            found.append(Difference("amounts_differ", key, told))
    return found


def _told(gross: Money, fee: Money) -> str:
    return f"{format_money(gross, exact=True)} with a fee of {format_money(fee, exact=True)}"
