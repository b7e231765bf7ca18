"""What creators earned without a pool: as the lines and totals of a period, and entry by entry."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet, Sum

from takings.money import Money
from takings.settlement.models import DirectEarning, Line, Period, PoolCut, Status
from takings.settlement.rules import CreatorLine, PoolKey

Where = tuple[str, str, UUID, dt.date]
PLACE = ("period", "country", "currency", "product")


def direct_earnings(*, line: Line) -> QuerySet[DirectEarning]:
    """Return what a line of direct money was made of, and what was taken back of it since."""
    return DirectEarning.objects.filter(
        period=line.period.name,
        country=line.country,
        currency=line.currency,
        product=line.product,
        video=line.video_id,
        day=line.day,
    ).order_by("earned_at", "pk")


def direct_totals(*, period: str) -> dict[PoolKey, Money]:
    """Return what ads inside videos and gifts of a period cost, less what was given back."""
    rows = DirectEarning.objects.filter(period=period).values_list(*PLACE)
    sums = rows.annotate(micros=Sum("total_micros")).order_by(*PLACE)
    return {PoolKey(*place): Money(micros, place[2]) for *place, micros in sums if micros}


def direct_lines(*, period: str, with_cuts: bool = True) -> dict[PoolKey, tuple[CreatorLine, ...]]:
    """Return the lines of a period; without its cuts as they were when it was closed."""
    rows = DirectEarning.objects.filter(period=period) if with_cuts else _as_closed(period)
    about: tuple[str, ...] = (*PLACE, "creator_id", "video_id", "day")
    sums = rows.values_list(*about).annotate(micros=Sum("share_micros")).order_by(*about)
    found: dict[PoolKey, list[CreatorLine]] = defaultdict(list)
    for *place, creator_id, video_id, day, micros in sums:
        if micros:
            share = Money(micros, place[2])
            found[PoolKey(*place)].append(CreatorLine(creator_id, video_id, day, 0, share))
    return {key: tuple(lines) for key, lines in found.items()}


def _as_closed(period: str) -> QuerySet[DirectEarning]:
    cuts = PoolCut.objects.filter(period__name=period).values("pk")
    return DirectEarning.objects.filter(period=period).exclude(entry_id__in=cuts)


def periods_with_direct() -> set[str]:
    """Return the names of the periods with direct money that are not closed yet."""
    closed = Period.objects.filter(status=Status.CLOSED).values("name")
    return set(DirectEarning.objects.exclude(period__in=closed).values_list("period", flat=True))


def direct_of_lines(*, period: str, creator_id: int) -> dict[str, dict[Where, tuple[int, Money]]]:
    """Return how many ads, gifts or sales each line of a creator is of, and their cost at a close.

    By product, then by country, currency, video and day.
    """
    rows = _as_closed(period).filter(creator=creator_id)
    places = rows.values_list("product", "country", "currency", "video_id", "day").order_by()
    found: dict[str, dict[Where, tuple[int, Money]]] = defaultdict(dict)
    for product, *where, count, micros in places.annotate(Sum("count"), Sum("total_micros")):
        country, code, video_id, day = where
        found[product][country, code, video_id, day] = count, Money(micros, code)
    return found
