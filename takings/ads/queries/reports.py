"""What a campaign got for its money: by day and country, and every reason for not charging."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.db.models.functions import TruncDate

from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    Click,
    Conversion,
    Creative,
    InvalidImpression,
    LineItem,
    RejectedImpression,
    Served,
)
from takings.ads.queries.campaigns import line_items_of
from takings.ads.queries.creatives import creatives_of
from takings.ads.queries.delivery import obstacles
from takings.ads.queries.traffic import VALID, refunded_by_campaign, refunded_by_line_item
from takings.ads.rules.judging import Reason
from takings.ads.rules.traffic import Flaw
from takings.money import Money
from takings.people.models import Brand
from takings.people.rules import country_names

UTC = dt.UTC


@dataclass(slots=True)
class ReportRow:
    """One UTC day in one country. ``viewable`` reports are either charged or rejected.

    What was charged and given back later is among the rejected.
    """

    day: dt.date
    country: str
    currency: str
    served: int = 0
    charged: int = 0
    spent_micros: int = 0
    rejected: int = 0
    clicks: int = 0
    conversions: int = 0

    @property
    def country_name(self) -> str:
        """The country in English; its code when CLDR does not know it."""
        return country_names().get(self.country, self.country)

    @property
    def viewable(self) -> int:
        """Reports of a viewable view, whatever became of them."""
        return self.charged + self.rejected

    @property
    def spent(self) -> Money:
        """What the charged views cost."""
        return Money(self.spent_micros, self.currency)


@dataclass(frozen=True, slots=True)
class Rejection:
    """How many viewable reports were not charged, or given back later, for one reason."""

    reason: Reason | Flaw
    count: int

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return self.reason.sentence


@dataclass(frozen=True, slots=True)
class Report:
    """A campaign's rows, oldest first, their sums, and the reasons for not charging."""

    rows: tuple[ReportRow, ...]
    total: ReportRow
    rejections: tuple[Rejection, ...]

    @property
    def days(self) -> list[ReportRow]:
        """The rows summed over countries, one for every day from the first to the last."""
        if not self.rows:
            return []
        first, last = self.rows[0].day, self.rows[-1].day
        span = range((last - first).days + 1)
        days = {first + dt.timedelta(days=n): list[ReportRow]() for n in span}
        for row in self.rows:
            days[row.day].append(row)
        return [_sum(rows, like=self.total, day=day) for day, rows in days.items()]


def campaign_report(*, campaign: Campaign) -> Report:
    """Return what a campaign got, by UTC day and country."""
    rows: dict[tuple[dt.date, str], ReportRow] = {}

    def row(day: dt.date, country: str) -> ReportRow:
        return rows.setdefault((day, country), ReportRow(day, country, campaign.currency))

    decided = Served.objects.filter(line_item__campaign=campaign).values_list("day", "country")
    for day, country, count in decided.annotate(count=Sum("decision_count")):
        row(day, country).served = count
    seen_on, clicked_on = (TruncDate(moment, tzinfo=UTC) for moment in ("viewed_at", "clicked_at"))
    billed = BilledImpression.objects.filter(VALID, campaign=campaign).annotate(day=seen_on)
    for day, country, count, micros in billed.values_list("day", "country").annotate(
        count=Count("pk"), micros=Sum("price_micros")
    ):
        found = row(day, country)
        found.charged, found.spent_micros = count, micros
    rejected = RejectedImpression.objects.filter(campaign=campaign)
    dated = rejected.annotate(day=seen_on).values_list("day", "country")
    for day, country, count in dated.annotate(count=Count("pk")):
        row(day, country).rejected = count
    invalid = InvalidImpression.objects.filter(impression__campaign=campaign)
    seen = invalid.annotate(day=TruncDate("impression__viewed_at", tzinfo=UTC))
    for day, country, count in seen.values_list("day", "impression__country").annotate(
        count=Count("pk")
    ):
        row(day, country).rejected += count
    clicks = Click.objects.filter(campaign=campaign, ignored_why="").annotate(day=clicked_on)
    for day, country, count in clicks.values_list("day", "country").annotate(count=Count("pk")):
        row(day, country).clicks = count
    reached = Conversion.objects.filter(campaign=campaign)
    converted = reached.annotate(day=TruncDate("converted_at", tzinfo=UTC))
    for day, country, count in converted.values_list("day", "country").annotate(count=Count("pk")):
        row(day, country).conversions = count
    ordered = tuple(rows[key] for key in sorted(rows))
    start = ReportRow(campaign.drafted_at.date(), "", campaign.currency)
    total = _sum(ordered, like=start, day=start.day)
    return Report(ordered, total, _rejections(rejected, invalid))


@dataclass(frozen=True, slots=True)
class Share:
    """What one line item of a campaign got; ``obstacles`` keep it from being served now."""

    item: LineItem
    served: int
    charged: int
    spent: Money
    obstacles: list[str]


def shares_by_line_item(*, campaign: Campaign, at: dt.datetime) -> list[Share]:
    """Return the line items of a campaign, the first one first, and what each was charged for."""
    decided = Served.objects.filter(line_item__campaign=campaign).values_list("line_item_id")
    served = dict(decided.annotate(count=Sum("decision_count")))
    charges = Charge.objects.filter(campaign=campaign).values_list("line_item_id")
    charged = {
        item_id: (count, micros)
        for item_id, count, micros in charges.annotate(
            Sum("impression_count"), Sum("amount_micros")
        )
    }
    back = refunded_by_line_item(campaign=campaign)
    shares = []
    for item in line_items_of(campaign=campaign):
        count, micros = charged.get(item.pk, (0, 0))
        fewer, less = back.get(item.pk, (0, 0))
        spent = Money(micros - less, campaign.currency)
        why_not = obstacles(item=item, at=at)
        shares.append(Share(item, served.get(item.pk, 0), count - fewer, spent, why_not))
    return shares


@dataclass(frozen=True, slots=True)
class Part:
    """What one ad of a campaign got of its money."""

    creative: Creative
    charged: int
    spent: Money


def parts_by_creative(*, campaign: Campaign) -> list[Part]:
    """Return the ads of a campaign, the first one first, and what each of them was charged for."""
    billed = BilledImpression.objects.filter(VALID, campaign=campaign).values_list("video_id")
    found = {
        video_id: (count, micros)
        for video_id, count, micros in billed.annotate(Count("pk"), Sum("price_micros"))
    }
    parts = []
    for creative in creatives_of(campaign=campaign):
        count, micros = found.get(creative.video_id, (0, 0))
        parts.append(Part(creative, count, Money(micros, campaign.currency)))
    return parts


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown of one campaign on one UTC day, and paid for."""

    day: dt.date
    name: str
    views: int
    amount: Money
    first_at: dt.datetime
    last_at: dt.datetime
    clicks: int


def shown_by_day(
    *, brand: Brand, currency: str, since: dt.datetime, limit: int = 400
) -> list[Shown]:
    """Return what of a brand's ads was shown since an instant, day by day, the newest first."""
    day = TruncDate("viewed_at", tzinfo=UTC)
    billed = BilledImpression.objects.filter(
        VALID, campaign__brand=brand, campaign__currency=currency, viewed_at__gte=since
    ).annotate(day=day)
    rows = billed.values("day", "campaign_id", "campaign__name").annotate(
        views=Count("pk"), micros=Sum("price_micros"), first=Min("viewed_at"), last=Max("viewed_at")
    )
    clicked = Click.objects.filter(campaign__brand=brand, clicked_at__gte=since, ignored_why="")
    per_day = clicked.annotate(day=TruncDate("clicked_at", tzinfo=UTC))
    counts = per_day.values_list("day", "campaign_id").annotate(count=Count("pk"))
    clicks = {(on, campaign_id): count for on, campaign_id, count in counts}
    return [
        Shown(
            day=row["day"],
            name=row["campaign__name"],
            views=row["views"],
            amount=Money(row["micros"], currency),
            first_at=row["first"],
            last_at=row["last"],
            clicks=clicks.get((row["day"], row["campaign_id"]), 0),
        )
        for row in rows.order_by("-day", "campaign__name", "campaign_id")[:limit]
    ]


def spent_by_campaign(*, campaigns: Iterable[Campaign]) -> dict[uuid.UUID, tuple[int, Money]]:
    """Return how many views of each campaign were charged and not given back, and their cost."""
    currency_of = {campaign.pk: campaign.currency for campaign in campaigns}
    charges = Charge.objects.filter(campaign__in=currency_of).values_list("campaign_id")
    rows = charges.annotate(views=Sum("impression_count"), micros=Sum("amount_micros"))
    back = refunded_by_campaign(list(currency_of))
    found = {}
    for campaign_id, views, micros in rows:
        fewer, less = back.get(campaign_id, (0, 0))
        found[campaign_id] = (views - fewer, Money(micros - less, currency_of[campaign_id]))
    return found


def _rejections(
    rows: "QuerySet[RejectedImpression]", invalid: "QuerySet[InvalidImpression]"
) -> tuple[Rejection, ...]:
    counted = rows.values_list("reason").annotate(count=Count("pk"))
    found = [Rejection(Reason(reason), count) for reason, count in counted]
    later = invalid.values_list("reason").annotate(count=Count("pk"))
    found += [Rejection(Flaw(reason), count) for reason, count in later]
    return tuple(sorted(found, key=lambda one: (-one.count, one.reason)))


def _sum(rows: Iterable[ReportRow], *, like: ReportRow, day: dt.date) -> ReportRow:
    total = ReportRow(day, "", like.currency)
    for row in rows:
        total.served += row.served
        total.charged += row.charged
        total.spent_micros += row.spent_micros
        total.rejected += row.rejected
        total.clicks += row.clicks
        total.conversions += row.conversions
    return total
