"""Reports over a span of days, broken down by one thing: what is counted, and its ratios.

Names of columns are those of the IAB's and MRC's measurement guidelines: an impression is an ad
that began to render, a viewable one had half of its pixels in view for two seconds.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from takings.ads.rules.judging import Reason
from takings.ads.rules.lines import MILLION
from takings.ads.rules.pricing import PER_MILLE
from takings.ads.rules.schedule import DAY, check_day, midnight
from takings.ads.rules.showings import BIT_OF, BITS
from takings.ads.rules.traffic import Flaw
from takings.core.errors import Invalid
from takings.money import Money

LONGEST_SPAN = 366


class By(StrEnum):
    """What a report is broken down by."""

    DAY = "day"
    CAMPAIGN = "campaign"
    LINE_ITEM = "line_item"
    AD = "ad"
    PLACEMENT = "placement"
    COUNTRY = "country"
    REGION = "region"
    CATEGORY = "category"
    CREATOR = "creator"
    VIDEO = "video"

    @property
    def words(self) -> str:
        """The same for people."""
        return self.value.replace("_", " ").capitalize()


class SpanEndsBeforeItStarts(Invalid):
    """The last day lies before the first."""

    code = "span_ends_before_it_starts"
    sentence = "The last day must not be before the first one."


class SpanTooLong(Invalid):
    """Reports are made of rows, not of sums made before: a year of them is enough at once."""

    code = "span_too_long"
    sentence = "A report covers at most {most} days; choose fewer, or ask for one year at a time."


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days from ``first`` to ``last``, both included, by the clock of ``time_zone``."""

    first: dt.date
    last: dt.date
    time_zone: str

    @property
    def starts_at(self) -> dt.datetime:
        """The instant at which it begins."""
        return midnight(self.first, time_zone=self.time_zone)

    @property
    def ends_at(self) -> dt.datetime:
        """The first instant after it."""
        return midnight(self.last + DAY, time_zone=self.time_zone)

    @property
    def days(self) -> list[dt.date]:
        """All its days."""
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]


def check_span(span: Span) -> Span:
    """Return the span, or refuse with SpanEndsBeforeItStarts, SpanTooLong or DayOutOfReach."""
    if span.last < span.first:
        raise SpanEndsBeforeItStarts
    if (span.last - span.first).days >= LONGEST_SPAN:
        raise SpanTooLong(most=LONGEST_SPAN)
    check_day(span.first)
    check_day(span.last)
    return span


SEEN = {
    "impressions": BITS["started"],
    "viewable": BIT_OF["ad_viewable"],
    **{name: BITS[name] for name in ("first_quartile", "midpoint", "third_quartile", "completed")},
}
"""Which bits make a showing one of each count: any of them."""
COUNTS = ("served", *SEEN, "clicks", "conversions", "charged", "rejected", "credited")
REASONS = (*Reason, *Flaw)
"""Why something reported was not charged, or given back later."""


@dataclass(slots=True)
class Row:
    """One line of a report. ``key`` names it for machines, and is empty where it is not known.

    ``served`` is None where it is not counted so finely: next to a video. ``charged`` are the
    events that were paid for and not given back, ``spent_micros`` their cost. ``whys`` counts the
    ``rejected`` reports and the ``credited`` events by their reason.
    """

    key: str
    currency: str
    name: str = ""
    served: int | None = 0
    impressions: int = 0
    viewable: int = 0
    first_quartile: int = 0
    midpoint: int = 0
    third_quartile: int = 0
    completed: int = 0
    clicks: int = 0
    conversions: int = 0
    charged: int = 0
    spent_micros: int = 0
    rejected: int = 0
    credited: int = 0
    credited_micros: int = 0
    whys: Counter[str] = field(default_factory=Counter)

    @property
    def spent(self) -> Money:
        """What was charged and not given back."""
        return Money(self.spent_micros, self.currency)

    @property
    def credited_back(self) -> Money:
        """What was charged, and given back for invalid traffic."""
        return Money(self.credited_micros, self.currency)

    @property
    def average(self) -> Money | None:
        """What one paid event cost on average, rounded down to the micro-unit."""
        if not self.charged:
            return None
        return Money(self.spent_micros // self.charged, self.currency)

    @property
    def ecpm(self) -> Money | None:
        """What a thousand impressions cost, rounded down to the micro-unit."""
        if not self.impressions:
            return None
        return Money(self.spent_micros * PER_MILLE // self.impressions, self.currency)

    @property
    def viewability_ppm(self) -> int | None:
        """Viewable impressions in a million."""
        return _ppm(self.viewable, self.impressions)

    @property
    def vtr_ppm(self) -> int | None:
        """Impressions in a million that were watched to the end (view-through rate)."""
        return _ppm(self.completed, self.impressions)

    @property
    def ctr_ppm(self) -> int | None:
        """Clicks on a million impressions."""
        return _ppm(self.clicks, self.impressions)

    def add(self, other: "Row") -> None:
        """Count what another row counts as well."""
        for name in (*COUNTS, "spent_micros", "credited_micros"):
            mine, more = getattr(self, name), getattr(other, name)
            setattr(self, name, None if mine is None or more is None else mine + more)
        self.whys.update(other.whys)


@dataclass(frozen=True, slots=True)
class Report:
    """The rows of a span, each thing once, and their sums."""

    by: By
    span: Span
    rows: tuple[Row, ...]
    total: Row

    @property
    def reasons(self) -> list[tuple[Reason | Flaw, int]]:
        """Why what was reported was not charged, or given back; the most frequent first."""
        known = {str(one): one for one in REASONS}
        return [(known[why], count) for why, count in self.total.whys.most_common()]


def report_of(rows: Iterable[Row], *, by: By, span: Span, currency: str) -> Report:
    """Return the report that these rows make, in the order of ``key``."""
    ordered = tuple(sorted(rows, key=lambda row: row.key))
    total = Row("", currency, served=0 if counts_served(by) else None)
    for row in ordered:
        total.add(row)
    return Report(by, span, ordered, total)


def counts_served(by: By) -> bool:
    """Tell whether decisions are counted so finely; by region and by video they are not."""
    return by not in {By.REGION, By.CATEGORY, By.CREATOR, By.VIDEO}


def merged(rows: Iterable[Row], *, key_of: Callable[[str], str]) -> list[Row]:
    """Return one row for each key that ``key_of`` makes of the rows' keys."""
    found: dict[str, Row] = {}
    for row in rows:
        key = key_of(row.key)
        empty = Row(key, row.currency, served=None if row.served is None else 0)
        found.setdefault(key, empty).add(row)
    return list(found.values())


SORTABLE = ("name", *COUNTS, "spent", "average", "ecpm", "viewability", "vtr", "ctr")


def sorted_rows(report: Report, *, order: str) -> list[Row]:
    """Return the rows by one of ``SORTABLE``, the largest first with a “-” before it.

    What has no value comes last. Any other order is the usual one: days from the newest on, all
    else by what was spent.
    """
    column, is_falling = order.removeprefix("-"), order.startswith("-")
    if column not in SORTABLE:
        column, is_falling = ("name" if report.by == By.DAY else "spent"), True
    rows = list(report.rows)
    if column == "name":
        named = "key" if report.by == By.DAY else "name"
        return sorted(rows, key=lambda row: getattr(row, named).casefold(), reverse=is_falling)
    sign = -1 if is_falling else 1

    def place(row: Row) -> tuple[bool, int, str]:
        value = _value(row, column)
        return value is None, sign * (value or 0), row.key

    return sorted(rows, key=place)


def _value(row: Row, column: str) -> int | None:
    found = getattr(row, f"{column}_ppm" if column in {"viewability", "vtr", "ctr"} else column)
    return found.micros if isinstance(found, Money) else found


def _ppm(part: int, whole: int) -> int | None:
    return part * MILLION // whole if whole else None
