"""Which ads inside a creator's videos paid what, and which of them did not pay and why."""

import datetime as dt
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    RejectedImpression,
    Showing,
    TrafficCredit,
)
from takings.ads.rules.breakdown import SEEN
from takings.ads.rules.direct import INSIDE, Pooled
from takings.ads.rules.judging import Reason
from takings.ads.rules.lines import Pricing
from takings.ads.rules.pricing import KINDS
from takings.ads.rules.tokens import Placement
from takings.ads.rules.traffic import Flaw
from takings.insights.rules.earnings import PeriodFacts
from takings.money import Money
from takings.people.models import Creator
from takings.videos.models import Video

BATCH = 2_000
_BILLED = BilledImpression.objects.filter(decision_id=OuterRef("decision_id"))
_Told = TypeVar("_Told", BilledImpression, RejectedImpression, Showing)


@dataclass(frozen=True, slots=True)
class CampaignInside:
    """What one campaign paid for ads inside a creator's videos in a period, and what went back."""

    campaign: str
    brand: str
    ads: int
    paid: Money
    share: Money
    ads_back: int
    share_back: Money


@dataclass(frozen=True, slots=True)
class AdInside:
    """One ad that was seen inside a creator's video, and what became of its price.

    What nobody paid for has none. ``decision_id`` leads to its trace, where it has one.
    """

    seen_at: dt.datetime
    video_id: UUID
    title: str
    country: str
    place: str
    campaign: str
    brand: str
    outcome: str
    decision_id: UUID | None = None
    price: Money | None = None
    share: Money | None = None


@dataclass(frozen=True, slots=True)
class Unpaid:
    """So many ads inside a creator's videos paid nothing, for one reason."""

    why: str
    count: int


def campaigns_inside(
    *, creator: Creator, period: PeriodFacts, currency: str
) -> tuple[CampaignInside, ...]:
    """Return the campaigns whose ads paid this creator directly, the dearest first."""
    mine = {"creator": creator, "period": period.name, "currency": currency}
    zero = Money.zero(currency)
    rows = Charge.objects.filter(**mine).values(
        "campaign_id", "campaign__name", "campaign__brand__name"
    )
    found = {
        row["campaign_id"]: CampaignInside(
            campaign=row["campaign__name"],
            brand=row["campaign__brand__name"],
            ads=row["ads"],
            paid=Money(row["paid"], currency),
            share=Money(row["share"], currency),
            ads_back=0,
            share_back=zero,
        )
        for row in rows.annotate(
            ads=Sum("impression_count"), paid=Sum("amount_micros"), share=Sum("share_micros")
        )
    }
    back = TrafficCredit.objects.filter(**mine).values_list("campaign_id")
    for campaign_id, ads, micros in back.annotate(Sum("impression_count"), Sum("share_micros")):
        gone = Money(micros, currency)
        found[campaign_id] = replace(found[campaign_id], ads_back=ads, share_back=gone)
    return tuple(sorted(found.values(), key=lambda one: (-one.paid.micros, one.campaign)))


def ads_inside(*, creator: Creator, period: PeriodFacts) -> Iterator[AdInside]:
    """Yield every ad that was seen inside a creator's videos in a period, in order.

    Also those that nobody paid for, each with its reason.
    """
    titles = dict(Video.objects.filter(creator=creator).values_list("pk", "title"))
    billed = _inside(BilledImpression.objects.all(), titles, period=period, at="viewed_at")
    seen = (
        _paid(billed, titles),
        _rejected(_not_charged(titles, period=period), titles),
        _shown(_not_paid_for(titles, period=period), titles),
    )
    return heapq.merge(*seen, key=lambda ad: (ad.seen_at, str(ad.decision_id)))


def unpaid_inside(*, creator: Creator, period: PeriodFacts) -> tuple[Unpaid, ...]:
    """Return how many ads inside a creator's videos paid nothing, by their reasons."""
    titles = dict(Video.objects.filter(creator=creator).values_list("pk", "title"))
    rejected = _not_charged(titles, period=period).values_list("reason")
    shown = _not_paid_for(titles, period=period).values_list("line_item__pricing")
    found = [
        *(Unpaid(_why_rejected(one), count) for one, count in rejected.annotate(Count("pk"))),
        *(Unpaid(_why_unpaid(one), count) for one, count in shown.annotate(Count("pk"))),
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, one.why)))


def _inside(
    rows: "QuerySet[_Told]", titles: Mapping[UUID, str], *, period: PeriodFacts, at: str
) -> "QuerySet[_Told]":
    when = {f"{at}__gte": period.starts_at, f"{at}__lt": period.ends_at}
    return rows.filter(after_video_id__in=titles, placement__in=INSIDE, **when)


def _not_charged(
    titles: Mapping[UUID, str], *, period: PeriodFacts
) -> "QuerySet[RejectedImpression]":
    """Return the first report of each ad that was not charged, also later."""
    same = RejectedImpression.objects.filter(decision_id=OuterRef("decision_id"))
    earlier = Q(viewed_at__lt=OuterRef("viewed_at"))
    earlier |= Q(viewed_at=OuterRef("viewed_at"), pk__lt=OuterRef("pk"))
    rows = _inside(RejectedImpression.objects.all(), titles, period=period, at="viewed_at")
    return rows.exclude(Exists(_BILLED)).exclude(Exists(same.filter(earlier)))


def _not_paid_for(titles: Mapping[UUID, str], *, period: PeriodFacts) -> "QuerySet[Showing]":
    """Return the ads that began in view, and of which nothing was told that is paid for."""
    rows = _inside(Showing.objects.all(), titles, period=period, at="decided_at")
    began = rows.alias(began=F("kinds").bitand(SEEN["impressions"])).filter(began__gt=0)
    rejected = RejectedImpression.objects.filter(decision_id=OuterRef("decision_id"))
    return began.exclude(Exists(_BILLED)).exclude(Exists(rejected))


def _paid(rows: "QuerySet[BilledImpression]", titles: Mapping[UUID, str]) -> Iterator[AdInside]:
    known = rows.select_related("campaign__brand", "invalid").order_by("viewed_at", "pk")
    for row in known.iterator(chunk_size=BATCH):
        code = row.campaign.currency
        gone = getattr(row, "invalid", None)
        yield AdInside(
            **_told(row, titles, campaign=row.campaign),
            seen_at=row.viewed_at,
            decision_id=row.decision_id,
            price=Money(row.price_micros, code),
            share=Money(0 if gone else row.share_micros or 0, code),
            outcome=_outcome(row, Flaw(gone.reason) if gone else None),
        )


def _rejected(
    rows: "QuerySet[RejectedImpression]", titles: Mapping[UUID, str]
) -> Iterator[AdInside]:
    known = rows.select_related("campaign__brand").order_by("viewed_at", "decision_id")
    for row in known.iterator(chunk_size=BATCH):
        yield AdInside(
            **_told(row, titles, campaign=row.campaign),
            seen_at=row.viewed_at,
            decision_id=row.decision_id,
            outcome=_why_rejected(row.reason),
        )


def _shown(rows: "QuerySet[Showing]", titles: Mapping[UUID, str]) -> Iterator[AdInside]:
    known = rows.select_related("campaign__brand", "line_item").order_by("decided_at", "pk")
    for row in known.iterator(chunk_size=BATCH):
        assert row.decided_at is not None  # noqa: S101 - those without it are in no period
        yield AdInside(
            **_told(row, titles, campaign=row.campaign),
            seen_at=row.decided_at,
            outcome=_why_unpaid(row.line_item.pricing if row.line_item else None),
        )


class _What(TypedDict):
    """What is told of every ad."""

    video_id: UUID
    title: str
    country: str
    place: str
    campaign: str
    brand: str


def _told(
    row: BilledImpression | RejectedImpression | Showing,
    titles: Mapping[UUID, str],
    *,
    campaign: Campaign | None,
) -> _What:
    assert row.after_video_id is not None  # noqa: S101 - asked for by it
    return {
        "video_id": row.after_video_id,
        "title": titles[row.after_video_id],
        "country": row.country,
        "place": Placement(row.placement).word,
        "campaign": campaign.name if campaign else "",
        "brand": campaign.brand.name if campaign else "",
    }


def _outcome(row: BilledImpression, flaw: Flaw | None) -> str:
    if flaw is not None:
        return f"Given back: {flaw.sentence}"
    if row.share_micros is None:
        return f"Paid into the pool: {Pooled(row.pooled_why).sentence}"
    return "Paid"


def _why_rejected(reason: str) -> str:
    return f"Not charged: {Reason(reason).sentence}"


def _why_unpaid(pricing: str | None) -> str:
    if pricing == Pricing.FREE:
        return "Free: the platform’s own, shown because no ad that is paid for could run there."
    if not pricing:
        return "Nobody paid for it."
    word = KINDS[Pricing(pricing)].word
    return f"Paid nothing so far: its advertiser pays for {word}, and it brought none."
