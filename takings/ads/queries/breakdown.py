"""What campaigns got in a span of days, broken down by one thing: read from the facts themselves.

Nothing is summed beforehand, so a report cannot differ from the books: what it says was spent is
the sum of the impressions that were billed and not given back.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncDate

from takings.ads.models import (
    BilledImpression,
    Campaign,
    Click,
    Conversion,
    Creative,
    InvalidImpression,
    LineItem,
    RejectedImpression,
    Served,
    Showing,
    StatedRegion,
)
from takings.ads.queries.traffic import VALID
from takings.ads.rules.breakdown import (
    SEEN,
    By,
    Report,
    Row,
    Span,
    counts_served,
    merged,
    report_of,
)
from takings.ads.rules.schedule import DAY
from takings.ads.rules.tokens import Placement
from takings.people.models import Creator
from takings.people.rules import country_names, region_names
from takings.videos.models import Video, Visibility
from takings.videos.rules.categories import CATEGORIES

NOBODY_KNOWS = "Not known"
NOT_PUBLIC = "A video that is not public"
PLACES = {
    Placement.FEED: "Between videos",
    Placement.PRE: "Before a video",
    Placement.MID: "Within a video",
    Placement.POST: "After a video",
}
_QUARTER = dt.timedelta(minutes=15)
_NOON = dt.timedelta(hours=12)


def breakdown(*, campaigns: Iterable[Campaign], currency: str, by: By, span: Span) -> Report:
    """Return what these campaigns, of one currency, got in a span, by one thing.

    Each fact counts on the day on which it happened, a showing on that of its decision.
    """
    listed = [one.pk for one in campaigns if one.currency == currency]
    rows: dict[str, Row] = {}

    def row(key: object) -> Row:
        code = "" if key is None else str(key)
        return rows.setdefault(code, Row(code, currency, served=0 if counts_served(by) else None))

    zone = ZoneInfo(span.time_zone)
    for source in _sources(by):
        found = source.rows.filter(**{f"{source.campaign}__in": listed}).alias(at=source.at)
        if source.has_day:  # of UTC, one more on either side: it has an index, the instant has none
            found = found.filter(day__range=(span.first - DAY, span.last + DAY))
        found = found.filter(at__gte=span.starts_at, at__lt=span.ends_at)
        groups = (
            found.annotate(key=_key(source, by=by, zone=zone))
            .values("key", *source.split)
            .annotate(**source.counts)
        )
        for group in groups.order_by():
            one = row(group["key"])
            for name in source.counts:
                setattr(one, name, getattr(one, name) + group[name])
            for name in source.split:
                one.whys[group[name]] += group[source.name]
    listed_rows = _folded(list(rows.values()), by=by)
    _name(listed_rows, by=by)
    return report_of(listed_rows, by=by, span=span, currency=currency)


def _key(source: "_Source", *, by: By, zone: ZoneInfo) -> Combinable | Subquery:
    """Return what rows of a table are put together by."""
    if by == By.DAY:
        return TruncDate("at", tzinfo=zone)
    column = source.keys[_STORED.get(by, by)]
    if by != By.REGION:
        return F(column)
    return Subquery(StatedRegion.objects.filter(pk=OuterRef(column)).values("region"))


def last_fact_at(*, campaigns: Iterable[Campaign]) -> dt.datetime | None:
    """Return when the last ad of these campaigns was charged; None: none ever was."""
    rows = BilledImpression.objects.filter(campaign__in=campaigns).order_by("-viewed_at")
    return rows.values_list("viewed_at", flat=True).first()


@dataclass(frozen=True, slots=True)
class _Source:
    """One table: its rows, when each happened, where each thing stands in it, what is counted."""

    name: str
    rows: QuerySet[Model]
    at: Combinable
    keys: Mapping[By, str]
    counts: Mapping[str, Combinable]
    campaign: str = "campaign"
    has_day: bool = False
    split: tuple[str, ...] = ()


_STORED = {By.CATEGORY: By.VIDEO, By.CREATOR: By.VIDEO}
"""What is read by another thing, and put together afterwards."""


def _keys(prefix: str = "", **others: str) -> dict[By, str]:
    usual = {
        By.CAMPAIGN: "campaign_id",
        By.LINE_ITEM: "line_item_id",
        By.AD: "video_id",
        By.PLACEMENT: "placement",
        By.COUNTRY: "country",
        By.REGION: "decision_id",
        By.VIDEO: "after_video_id",
    }
    return {by: prefix + others.get(by.value, name) for by, name in usual.items()}


def _sources(by: By) -> Iterator[_Source]:
    """Yield the tables a report is made of."""
    yield from _money()
    yield from _counts()
    if counts_served(by):
        quarters = ExpressionWrapper(F("quarter") * Value(_QUARTER), output_field=DurationField())
        yield _Source(
            name="served",
            rows=Served.objects.all(),
            at=_utc(F("day") + quarters),
            keys=_keys(campaign="line_item__campaign_id"),
            counts={"served": Sum("decision_count")},
            has_day=True,
            campaign="line_item__campaign",
        )


def _money() -> Iterator[_Source]:
    """Yield what was charged, given back, and not charged."""
    billed = _keys(line_item="lease__line_item_id")
    yield _Source(
        name="charged",
        rows=BilledImpression.objects.filter(VALID),
        at=F("viewed_at"),
        keys=billed,
        counts={"charged": Count("pk"), "spent_micros": Sum("price_micros")},
    )
    yield _Source(
        name="credited",
        rows=InvalidImpression.objects.all(),
        at=F("impression__viewed_at"),
        keys={by: f"impression__{name}" for by, name in billed.items()},
        counts={"credited": Count("pk"), "credited_micros": Sum("impression__price_micros")},
        campaign="impression__campaign",
        split=("reason",),
    )
    yield _Source(
        name="rejected",
        rows=RejectedImpression.objects.all(),
        at=F("viewed_at"),
        keys=_keys(),
        counts={"rejected": Count("pk")},
        split=("reason",),
    )


def _counts() -> Iterator[_Source]:
    """Yield what viewers did."""
    counting = Showing.objects.filter(ignored_why="")
    told = counting.alias(**{f"is_{name}": F("kinds").bitand(b) for name, b in SEEN.items()})
    yield _Source(
        name="impressions",
        rows=told,
        at=Coalesce("decided_at", _utc(F("day") + Value(_NOON))),
        keys=_keys(),
        counts={name: Count("pk", filter=Q(**{f"is_{name}__gt": 0})) for name in SEEN},
        has_day=True,
    )
    yield _Source(
        name="clicks",
        rows=Click.objects.filter(ignored_why=""),
        at=F("clicked_at"),
        keys=_keys(),
        counts={"clicks": Count("pk")},
    )
    clicked = Click.objects.filter(pk=OuterRef("decision_id"))
    columns = {f"clicked_{name}": Subquery(clicked.values(name)[:1]) for name in _keys().values()}
    yield _Source(
        name="conversions",
        rows=Conversion.objects.annotate(**columns),
        at=F("converted_at"),
        keys=_keys("clicked_"),
        counts={"conversions": Count("pk")},
    )


def _utc(moment: Combinable) -> Func:
    """Take a clock's time for one of UTC."""
    return Func(
        moment, template="(%(expressions)s) AT TIME ZONE 'UTC'", output_field=DateTimeField()
    )


def _folded(rows: list[Row], *, by: By) -> list[Row]:
    """Put rows together that are one thing: the videos of a creator, or of a category."""
    column = {By.CATEGORY: "category", By.CREATOR: "creator_id"}.get(by)
    if column:
        videos = Video.objects.filter(pk__in=_known(rows)).values_list("pk", column)
        one_of = {str(video_id): str(one or "") for video_id, one in videos}
        return merged(rows, key_of=lambda key: one_of.get(key, ""))
    if by == By.VIDEO:
        found = Video.objects.filter(pk__in=_known(rows))
        known = {str(video_id) for video_id in found.values_list("pk", flat=True)}
        return merged(rows, key_of=lambda key: key if key in known else "")
    return rows


def _known(rows: Iterable[Row]) -> list[uuid.UUID]:
    return [uuid.UUID(row.key) for row in rows if row.key]


def _name(rows: Iterable[Row], *, by: By) -> None:
    """Give each row the name that people know."""
    listed = list(rows)
    names = _names(listed, by=by)
    for row in listed:
        row.name = names.get(row.key, row.key or NOBODY_KNOWS)


def _names(rows: list[Row], *, by: By) -> Mapping[str, str]:
    if by == By.PLACEMENT:
        return {"0": NOBODY_KNOWS, **{str(int(one)): words for one, words in PLACES.items()}}
    lists = {By.COUNTRY: country_names(), By.REGION: region_names(), By.CATEGORY: CATEGORIES}
    if by in lists:
        return lists[by]
    if by == By.DAY:
        return {row.key: f"{dt.date.fromisoformat(row.key):%-d %b %Y}" for row in rows}
    found = _named(rows, by=by)
    names = {str(key): str(name) for key, name in found}
    if by == By.VIDEO:
        return {row.key: names.get(row.key, NOT_PUBLIC) for row in rows if row.key}
    return {key: f"@{name}" for key, name in names.items()} if by == By.CREATOR else names


def _named(rows: list[Row], *, by: By) -> Iterable[tuple[object, object]]:
    """Return the ids of rows with their names, from the table where they are named."""
    keys = [row.key for row in rows if row.key]
    if by == By.CREATOR:
        return Creator.objects.filter(pk__in=keys).values_list("pk", "handle")
    if by == By.VIDEO:
        public = Video.objects.filter(pk__in=keys, visibility=Visibility.PUBLIC)
        return public.values_list("pk", "title")
    if by == By.AD:
        ads = Creative.objects.filter(video__in=keys).order_by("submitted_at")
        return ads.values_list("video_id", "headline")
    if by == By.LINE_ITEM:
        return LineItem.objects.filter(pk__in=keys).values_list("pk", "name")
    return Campaign.objects.filter(pk__in=keys).values_list("pk", "name")
