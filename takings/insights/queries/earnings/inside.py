"""Which ads inside a creator's videos paid what, and which of them did not pay and why."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Sum

from takings.ads.models import BilledImpression, Charge, TrafficCredit
from takings.ads.rules.direct import INSIDE, Pooled
from takings.ads.rules.tokens import Placement
from takings.ads.rules.traffic import Flaw
from takings.insights.rules.earnings import PeriodFacts
from takings.money import Money
from takings.people.models import Creator
from takings.videos.models import Video

BATCH = 2_000


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
    """One ad that was seen inside a creator's video, and what became of its price."""

    decision_id: UUID
    seen_at: dt.datetime
    video_id: UUID
    title: str
    country: str
    place: str
    campaign: str
    brand: str
    price: Money
    share: Money
    outcome: str


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
    """Yield every ad that was charged and seen inside a creator's videos in a period, in order."""
    titles = dict(Video.objects.filter(creator=creator).values_list("pk", "title"))
    rows = BilledImpression.objects.filter(
        after_video_id__in=titles,
        placement__in=INSIDE,
        viewed_at__gte=period.starts_at,
        viewed_at__lt=period.ends_at,
    )
    known = rows.select_related("campaign__brand", "invalid").order_by("viewed_at", "pk")
    for row in known.iterator(chunk_size=BATCH):
        code = row.campaign.currency
        gone = getattr(row, "invalid", None)
        yield AdInside(
            decision_id=row.decision_id,
            seen_at=row.viewed_at,
            video_id=row.after_video_id,
            title=titles[row.after_video_id],
            country=row.country,
            place=Placement(row.placement).word,
            campaign=row.campaign.name,
            brand=row.campaign.brand.name,
            price=Money(row.price_micros, code),
            share=Money(0 if gone else row.share_micros or 0, code),
            outcome=_outcome(row, Flaw(gone.reason) if gone else None),
        )


def _outcome(row: BilledImpression, flaw: Flaw | None) -> str:
    if flaw is not None:
        return f"Given back: {flaw.sentence}"
    if row.share_micros is None:
        return f"Paid into the pool: {Pooled(row.pooled_why).sentence}"
    return "Paid"
