"""Sums of a creator's lines: one total, and the same total by day and by video."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from takings.insights.rules.earnings import (
    DayEarnings,
    LineFilter,
    PeriodFacts,
    VideoEarnings,
)
from takings.insights.rules.trace import Ref
from takings.money import Money
from takings.people.models import Creator
from takings.policies.queries import policy_at
from takings.policies.rules import DIRECT
from takings.settlement.models import EstimateLine, Line, ShareLine
from takings.settlement.queries import direct_of_lines, fullest
from takings.settlement.rules import PRODUCT


@dataclass(frozen=True, slots=True)
class Earnings:
    """A creator's period in one currency; days and videos each sum to ``total``.

    ``currencies`` are all that the creator earned in; pages show one at a time.
    """

    period: PeriodFacts
    currency: str
    currencies: tuple[str, ...]
    views: int
    total: Money
    days: tuple[DayEarnings, ...]
    videos: tuple[VideoEarnings, ...]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as a list shows it; ``ref`` opens its trace, ``product`` is what its pool is for.

    ``ads`` is how many ads inside the video paid it, where they did.
    """

    ref: Ref
    video_id: UUID
    title: str
    day: dt.date
    country: str
    views: int
    amount: Money
    product: str
    ads: int = 0


def earnings(*, creator: Creator, period: PeriodFacts, currency: str = "") -> Earnings:
    """Return what the creator earned in the period, in ``currency`` (by default the policy's)."""
    lines = own_lines(creator=creator, period=period)
    currencies = tuple(lines.order_by("currency").values_list("currency", flat=True).distinct())
    house = policy_at(at=period.starts_at).currency
    chosen = currency or (house if house in currencies or not currencies else currencies[0])
    in_currency = lines.filter(currency=chosen)
    days = _days(in_currency, chosen)
    return Earnings(
        period=period,
        currency=chosen,
        currencies=currencies,
        views=sum(day.views for day in days),
        total=Money(sum(day.amount.micros for day in days), chosen),
        days=days,
        videos=_videos(in_currency, chosen),
    )


def lines_of(
    *, creator: Creator, period: PeriodFacts, only: LineFilter, currency: str
) -> list[LineRow]:
    """Return the lines behind a sum, the largest first."""
    lines = own_lines(creator=creator, period=period).filter(currency=currency)
    rows = (
        lines.filter(**only.as_lookup())
        .select_related("video")
        .order_by("-amount_micros", "-day", "video_id", "country", "product")
    )
    direct = direct_of_lines(period=period.name, creator_id=creator.pk)
    return [
        LineRow(
            ref=line_ref(row, period=period.name),
            video_id=row.video_id,
            title=row.video.title,
            day=row.day,
            country=row.country,
            views=row.views,
            amount=Money(row.amount_micros, row.currency),
            product=row.product,
            ads=direct[row.product][row.country, row.currency, row.video_id, row.day][0]
            if row.product in DIRECT
            else 0,
        )
        for row in rows
    ]


def own_lines(
    *, creator: Creator, period: PeriodFacts
) -> QuerySet[ShareLine] | QuerySet[EstimateLine]:
    """Return the creator's lines from the one table that holds them: final or estimated."""
    if period.is_final:
        return ShareLine.objects.filter(creator=creator, period__name=period.name)
    return EstimateLine.objects.filter(creator=creator, period__name=period.name)


def line_ref(line: Line, *, period: str) -> Ref:
    """Return what opens a line: a final one by its id, an estimate by what it is about.

    Estimates are replaced at each refresh, so their rows have no lasting id.
    """
    if isinstance(line, ShareLine):
        return Ref("line", str(line.pk))
    of = "" if line.product == PRODUCT else f"/{line.product}"
    return Ref("estimate", f"{period}/{line.country}/{line.video_id}/{line.day}{of}")


def _days(
    lines: QuerySet[ShareLine] | QuerySet[EstimateLine], currency: str
) -> tuple[DayEarnings, ...]:
    rows = lines.values("day").annotate(
        seen=Sum("views", filter=fullest(lines)), micros=Sum("amount_micros")
    )
    return tuple(
        DayEarnings(row["day"], int(row["seen"]), Money(int(row["micros"]), currency))
        for row in rows.order_by("day")
    )


def _videos(
    lines: QuerySet[ShareLine] | QuerySet[EstimateLine], currency: str
) -> tuple[VideoEarnings, ...]:
    rows = lines.values("video_id", title=F("video__title")).annotate(
        seen=Sum("views", filter=fullest(lines)), micros=Sum("amount_micros")
    )
    return tuple(
        VideoEarnings(
            row["video_id"],
            row["title"],
            int(row["seen"]),
            Money(int(row["micros"]), currency),
        )
        for row in rows.order_by("-micros", "video_id")
    )
