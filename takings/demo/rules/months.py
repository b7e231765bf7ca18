"""The stretch of time the demo world tells of: last calendar month, and this one until now."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

CHAPTER = dt.timedelta(days=10)
CHAPTERS_A_MONTH = 3
CLOSING = dt.timedelta(hours=6)  # last month is closed at six in the morning of the first


@dataclass(frozen=True, slots=True)
class Chapter:
    """Ten days of events that arrived in [``starts_at``, ``ends_at``): one segment of them."""

    name: str
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Months:
    """Last month [``first``, ``second``), this month [``second``, ``now``)."""

    first: dt.datetime
    second: dt.datetime
    now: dt.datetime

    @property
    def closed_at(self) -> dt.datetime:
        """When last month was closed."""
        return min(self.second + CLOSING, self.now)

    @property
    def last_name(self) -> str:
        """The name of last month's period."""
        return f"{self.first:%Y-%m}"

    def day(self, number: int) -> dt.datetime:
        """Return nine in the morning, ``number`` days into last month (UTC)."""
        return self.first + dt.timedelta(days=number, hours=9)

    def chapters(self) -> Iterator[Chapter]:
        """Yield both months in thirds; no chapter crosses the end of a month."""
        for month, starts_at, ends_at in (
            (f"{self.first:%Y-%m}", self.first, self.second),
            (f"{self.second:%Y-%m}", self.second, self.now),
        ):
            number, start = 1, starts_at
            while start < ends_at:
                is_last = number == CHAPTERS_A_MONTH or start + CHAPTER >= ends_at
                end = ends_at if is_last else start + CHAPTER
                yield Chapter(f"demo-{month}-{number}", start, end)
                number, start = number + 1, end


def months(now: dt.datetime) -> Months:
    """Return the two months as seen from ``now``."""
    second = now.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    first = (second - dt.timedelta(days=1)).replace(day=1)
    return Months(first, second, now)
