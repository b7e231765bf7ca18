"""What creators are shown of their gifts: since when, and where in a video they came."""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from takings.money import Money

BINS = 60  # as many bars as fit on a phone
SECOND_MS = 1_000


class Span(StrEnum):
    """How far one looks back."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"

    @property
    def words(self) -> str:
        """How people say it."""
        return {
            Span.TODAY: "Today",
            Span.WEEK: "Last 7 days",
            Span.MONTH: "This month",
            Span.ALL: "All time",
        }[self]

    @classmethod
    def read(cls, text: str) -> "Span":
        """Return the span of this name; all time for what is none."""
        return cls(text) if text in set(cls) else cls.ALL


def since(span: Span, *, at: dt.datetime, time_zone: str) -> dt.datetime | None:
    """Return when a span began by the clock of a time zone; nothing when it is all time.

    >>> since(Span.MONTH, at=dt.datetime(2027, 1, 1, 2, tzinfo=dt.UTC), time_zone="America/Lima")
    datetime.datetime(2026, 12, 1, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='America/Lima'))
    """
    day = at.astimezone(ZoneInfo(time_zone)).date()
    first = {
        Span.TODAY: day,
        Span.WEEK: day - dt.timedelta(days=6),
        Span.MONTH: day.replace(day=1),
    }.get(span)
    zone = ZoneInfo(time_zone)
    return None if first is None else dt.datetime.combine(first, dt.time.min, tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Sums:
    """What some gifts come to: how many, their coins, and the creator's share by currency."""

    gifts: int
    coins: Money
    shares: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """The gifts of one video, of one kind or of one fan. Without a ``name`` it is somebody's."""

    key: str
    name: str
    sums: Sums


def bin_ms(*, duration_ms: int) -> int:
    """Return how long a bar of the timeline is: whole seconds, of a long video more of them.

    >>> bin_ms(duration_ms=15_000), bin_ms(duration_ms=180_000)
    (1000, 3000)
    """
    return max(1, -(-duration_ms // (BINS * SECOND_MS))) * SECOND_MS


def timeline(bins: Mapping[int, int], *, duration_ms: int) -> list[tuple[int, int]]:
    """Return the coins of every bar, also of those without any: where it begins (ms), micros.

    What came after the end (a player that ran on) counts to the last bar.
    """
    width = bin_ms(duration_ms=duration_ms)
    count = max(1, -(-duration_ms // width))
    sums = [0] * count
    for number, micros in bins.items():
        sums[min(number, count - 1)] += micros
    return [(number * width, micros) for number, micros in enumerate(sums)]


def timeline_chart(bars: Sequence[tuple[int, int]]) -> dict[str, object]:
    """Return the props of the chart island for a timeline, in whole coins."""
    return {
        "kind": "bar",
        "title": "Coins by moment in the video",
        "unit": "coins",
        "x": [clock_words(start) for start, _ in bars],
        "series": [
            {"name": "Coins", "look": "plain", "values": [micros // 10**6 for _, micros in bars]}
        ],
        "height": 200,
    }


def clock_words(ms: int) -> str:
    """Return a place in a video as players write it.

    >>> clock_words(65_000)
    '1:05'
    """
    minutes, seconds = divmod(ms // SECOND_MS, 60)
    return f"{minutes}:{seconds:02}"


def month_words(period: str) -> str:
    """Return a period as people say it; of one that was closed in parts, the whole month.

    >>> month_words("2027-01.2")
    'January 2027'
    """
    year, month = period.partition(".")[0].split("-")
    return f"{calendar.month_name[int(month)]} {year}"


def moneys(rows: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    """Return sums by currency that are not zero, in the order of their codes."""
    return tuple(Money(micros, code) for code, micros in sorted(rows) if micros)
