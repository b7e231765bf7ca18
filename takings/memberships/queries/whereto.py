"""Where somebody's fees went: to whom they watched, as the close paid; and where the next goes."""

import calendar
from collections import defaultdict
from dataclasses import dataclass

from takings.memberships.models import FeeShare, Pass
from takings.money import Money
from takings.people.models import Creator


@dataclass(frozen=True, slots=True)
class ToCreator:
    """What one creator got of a fee, and how much of what all creators got that is."""

    creator: Creator
    amount: Money
    percent: int


@dataclass(frozen=True, slots=True)
class WentTo:
    """What a period's fee gave to whom, without its tax; ``rest`` is not the creators'.

    Of a period that is not closed it is an estimate (``is_final`` False). Without creators nobody
    who shares was watched.
    """

    period: str
    shared: Money
    creators: list[ToCreator]
    rest: Money
    is_final: bool

    @property
    def title(self) -> str:
        """The month as people say it; of one that was closed in parts, the whole."""
        year, month = self.period.partition(".")[0].split("-")
        return f"{calendar.month_name[int(month)]} {year}"


def went_to(*, one: Pass, limit: int = 12) -> list[WentTo]:
    """Return where the fees of a pass went, the newest first: estimates, then closed periods."""
    found: dict[tuple[bool, str, str], list[FeeShare]] = defaultdict(list)
    for row in one.fee_shares.select_related("creator").order_by("is_final", "-period", "currency"):
        found[row.is_final, row.period, row.currency].append(row)
    return [_went(rows) for rows in list(found.values())[:limit]]


def _went(rows: list[FeeShare]) -> WentTo:
    first, nothing = rows[0], Money.zero(rows[0].currency)
    rest = sum((row.amount for row in rows if row.creator is None), nothing)
    given = sum((row.amount for row in rows if row.creator is not None), nothing)
    listed = sorted(rows, key=lambda row: -row.amount_micros)
    return WentTo(
        period=first.period,
        shared=given + rest,
        creators=[
            ToCreator(row.creator, row.amount, row.amount_micros * 100 // max(given.micros, 1))
            for row in listed
            if row.creator is not None
        ],
        rest=rest,
        is_final=first.is_final,
    )
