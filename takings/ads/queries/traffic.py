"""What the second look needs and what it found: the ads of a day, and what was given back."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import BigIntegerField, Count, Func, Max, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, TruncDate

from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    Click,
    CreditedCampaign,
    InvalidImpression,
    InvoicedCampaign,
    TrafficCredit,
    TrafficPass,
)
from takings.ads.queries.keys import key_ring
from takings.ads.rules.lines import Pricing
from takings.ads.rules.pricing import EVENTS
from takings.ads.rules.tokens import ForgedToken, KeyRing
from takings.ads.rules.traffic import Flaw, Sighting
from takings.core import ids
from takings.events.queries import events_of_days
from takings.money import Money
from takings.people.models import Brand
from takings.policies.queries import traffic_rules
from takings.policies.rules import TrafficRules, rules_of

DAY = dt.timedelta(days=1)
UTC = dt.UTC


def days_to_judge(*, at: dt.datetime) -> list[dt.date]:
    """Return the UTC days that are over and have impressions that no pass saw, the oldest first."""
    today = at.astimezone(UTC).date()
    oldest = today - max(one.window_days for one in traffic_rules()) * DAY
    billed = BilledImpression.objects.filter(
        viewed_at__gte=_midnight(oldest), viewed_at__lt=_midnight(today)
    )
    days = billed.annotate(day=TruncDate("viewed_at", tzinfo=UTC)).values_list("day")
    counted = dict(days.annotate(Count("pk")).order_by("day"))
    passes = TrafficPass.objects.filter(day__gte=oldest).values_list("day", "rules")
    judged = {(day, rules): seen for day, rules, seen in passes.annotate(Max("judged_count"))}
    return [
        day
        for day, count in counted.items()
        if today - day <= rules_on(day).window_days * DAY
        and judged.get((day, rules_on(day).version), 0) < count
    ]


def rules_on(day: dt.date) -> TrafficRules:
    """Return the numbers by which a UTC day is judged, whenever that is done."""
    return rules_of(day, among=traffic_rules())


def billed_on(*, day: dt.date) -> QuerySet[BilledImpression]:
    """Return the impressions that were seen on a UTC day."""
    return BilledImpression.objects.filter(
        viewed_at__gte=_midnight(day), viewed_at__lt=_midnight(day + DAY)
    )


def sum_of(rows: QuerySet[BilledImpression]) -> str:
    """Return a sum by which the same impressions are known again, in whatever order they are."""
    ids_as_text = Cast("decision_id", TextField())
    one = Func(ids_as_text, Value(0), function="hashtextextended", output_field=BigIntegerField())
    return str(rows.aggregate(sum=Sum(one))["sum"] or 0)


def sightings(*, day: dt.date) -> Iterator[Sighting]:
    """Yield the billed impressions of a UTC day with what the event log knows of each.

    A showing may begin a day before its report arrives. Whose events were erased is not judged.
    What a conversion was paid for is its click, as the player told it.
    """
    billed = {row.event_id: row for row in billed_on(day=day)}
    converted = billed_on(day=day).filter(lease__line_item__pricing=Pricing.CPA)
    by_decision = {row.pk: row for row in converted}
    ring = key_ring()
    decided = billed_on(day=day).values("decision_id")
    clicks = Click.objects.filter(decision_id__in=decided, ignored_why="")
    clicked = dict(clicks.values_list("decision_id", "clicked_at"))
    for event in events_of_days(first=day - DAY, last=day, types=EVENTS):
        row = billed.pop(event.id, None)
        if row is None and by_decision and event.type == "ad_click":
            clicked_on = _decision_id(event.ad or "", ring)
            row = by_decision.pop(clicked_on, None) if clicked_on else None
        if row is not None:
            yield Sighting(
                decision_id=row.decision_id,
                campaign_id=row.campaign_id,
                viewer_id=event.viewer_id,
                network=event.network,
                decided_at=ids.time_of(row.decision_id),
                seen_at=ids.time_of(event.id),
                clicked_at=clicked.get(row.decision_id),
                paid_by_click=event.type == "ad_click",
            )


def _decision_id(token: str, ring: KeyRing) -> uuid.UUID | None:
    try:
        return ring.read(token).decision_id
    except ForgedToken:
        return None


def given_back(*, brand: Brand, currency: str) -> Money:
    """Return what of a brand's charges was given back for invalid traffic."""
    rows = TrafficCredit.objects.filter(campaign__brand=brand, currency=currency)
    sums = rows.aggregate(amount=Sum("amount_micros"), kept=Sum("kept_micros"))
    return Money(int(sums["amount"] or 0) - int(sums["kept"] or 0), currency)


def refunded_by_campaign(campaign_ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """Return how many views of each campaign were given back, and their cost in micro-units."""
    rows = TrafficCredit.objects.filter(campaign__in=campaign_ids).values_list("campaign_id")
    sums = rows.annotate(views=Sum("impression_count"), micros=Sum("amount_micros"))
    return {campaign_id: (views, micros) for campaign_id, views, micros in sums}


def refunded_by_line_item(*, campaign: Campaign) -> dict[uuid.UUID, tuple[int, int]]:
    """Return how many views of each line item were given back, and their cost in micro-units."""
    rows = TrafficCredit.objects.filter(campaign=campaign).values_list("line_item_id")
    sums = rows.annotate(views=Sum("impression_count"), micros=Sum("amount_micros"))
    return {item_id: (views, micros) for item_id, views, micros in sums}


def refunds_of(*, campaign: Campaign) -> list[TrafficCredit]:
    """Return what was given back of a campaign, the newest first."""
    rows = TrafficCredit.objects.filter(campaign=campaign).select_related("made_by")
    return list(rows.order_by("-credited_at", "country", "period", "pk"))


def flaws_in_pools(*, period: str, currency: str) -> dict[str, list[tuple[str, int]]]:
    """Return how many views of each country's pool were given back for which reason, in words."""
    rows = InvalidImpression.objects.filter(
        credit__period=period, credit__currency=currency, credit__creator=None
    )
    counted = rows.values_list("credit__country", "reason").annotate(Count("pk"))
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for country, reason, count in counted.order_by("credit__country", "reason"):
        found[country].append((Flaw(reason).sentence, count))
    return found


def over_invoiced(*, campaign_id: uuid.UUID) -> int:
    """Return by how many micro-units invoices bill more than what was seen by people.

    Counted are the charges of the months that were invoiced, less what was given back of them;
    on the other side the invoices, less their credit notes and what an operator had credited.
    Below zero while less than a cent waits for the next invoice.
    """
    invoiced = InvoicedCampaign.objects.filter(campaign=campaign_id)
    last = invoiced.aggregate(last=Max("month"))["last"]
    if last is None:
        return 0
    end = _midnight((last + 31 * DAY).replace(day=1))
    charges = Charge.objects.filter(campaign=campaign_id, charged_at__lt=end)
    gone = InvalidImpression.objects.filter(
        impression__campaign=campaign_id, charged_at__lt=end
    ).aggregate(sum=Sum("impression__price_micros"))["sum"]
    noted = CreditedCampaign.objects.filter(campaign=campaign_id)
    kept = TrafficCredit.objects.filter(campaign=campaign_id)
    return (
        _sum(invoiced, "amount_micros")
        - _sum(noted, "amount_micros")
        - _sum(kept, "kept_micros")
        - _sum(charges, "amount_micros")
        + int(gone or 0)
    )


def gone_before(*, brand: Brand, end: dt.datetime) -> dict[uuid.UUID, tuple[int, int]]:
    """Return what was given back of each campaign's charges before an instant: views, micros."""
    rows = InvalidImpression.objects.filter(
        impression__campaign__brand=brand, charged_at__lt=end
    ).values_list("impression__campaign_id")
    sums = rows.annotate(views=Count("pk"), micros=Sum("impression__price_micros"))
    return {campaign_id: (views, micros) for campaign_id, views, micros in sums}


def noted_by_campaign(*, brand: Brand) -> Counter[uuid.UUID]:
    """Return the micro-units that credit notes took back of each campaign, or found taken."""
    notes = CreditedCampaign.objects.filter(campaign__brand=brand).values_list("campaign_id")
    kept = TrafficCredit.objects.filter(campaign__brand=brand).values_list("campaign_id")
    found = Counter(dict(notes.annotate(Sum("amount_micros"))))
    return found + Counter(dict(kept.annotate(Sum("kept_micros"))))


VALID = Q(invalid__isnull=True)
"""What a billed impression is that was not given back."""


def _sum(rows: QuerySet, name: str) -> int:  # type: ignore[type-arg]  # of any table
    return int(rows.aggregate(sum=Sum(name))["sum"] or 0)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=UTC)
