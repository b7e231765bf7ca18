"""Statistics from the ad servers, written in batches: decisions won, and clicks."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db import connection, transaction

from takings.ads.actions.payers import own_viewers_of
from takings.ads.models import Click, Lease, PricedClick, StatedRegion
from takings.ads.rules.judging import Reason
from takings.ads.rules.lines import Pricing
from takings.ads.rules.targeting import quarter_of
from takings.ads.rules.tokens import Decision


class ServedKey(NamedTuple):
    """What is counted in one row: see :class:`~models.Served`."""

    line_item_id: uuid.UUID
    day: dt.date
    quarter: int
    country: str
    placement: int
    video_id: uuid.UUID


def served_key(decision: Decision, *, line_item_id: uuid.UUID) -> ServedKey:
    """Return the row in which a decision that a line item won is counted."""
    at = decision.issued_at
    return ServedKey(
        line_item_id=line_item_id,
        day=at.date(),
        quarter=quarter_of(at),
        country=decision.country,
        placement=int(decision.placement),
        video_id=decision.creative_id,
    )


@dataclass(frozen=True, slots=True)
class ClickDraft:
    """One click through the signed redirect; ``ignored_why`` is empty when it counts."""

    decision: Decision
    clicked_at: dt.datetime
    ignored_why: str = ""


def count_served(*, counts: Mapping[ServedKey, int]) -> None:
    """Add decisions to their rows. Rows are touched in key order, so servers never deadlock.

    A statistic: a server that is killed loses the counts of its last two seconds, never money.
    """
    rows = sorted((*key, count) for key, count in counts.items())
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ads_served
                (line_item_id, day, quarter, country, placement, video_id, decision_count)
            SELECT * FROM unnest(
                %s::uuid[], %s::date[], %s::smallint[], %s::text[], %s::smallint[], %s::uuid[],
                %s::bigint[]
            )
            ON CONFLICT (line_item_id, day, quarter, country, placement, video_id)
            DO UPDATE SET decision_count = ads_served.decision_count + excluded.decision_count
            """,
            columns,
        )


ChargedKey = tuple[uuid.UUID, dt.date, uuid.UUID]
"""Line item, UTC day, the ad's video: see :class:`~models.ChargedAd`."""


def count_charged(*, counts: Mapping[ChargedKey, int]) -> None:
    """Add charges to the rows of their ads; inside the transaction that writes the charges.

    Who charges a line item holds its lock, so nobody else touches its rows meanwhile.
    """
    rows = sorted((*key, count) for key, count in counts.items())
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ads_chargedad (line_item_id, day, video_id, charge_count)
            SELECT * FROM unnest(%s::uuid[], %s::date[], %s::uuid[], %s::bigint[])
            ON CONFLICT (line_item_id, day, video_id)
            DO UPDATE SET charge_count = ads_chargedad.charge_count + excluded.charge_count
            """,
            columns,
        )


@transaction.atomic
def record_clicks(*, clicks: Sequence[ClickDraft]) -> None:
    """Keep the first click on each decision; later ones change nothing.

    Of one that was sold for its conversions, its lease and price are kept too. Clicks of the
    brand's own people do not count.
    """
    own_viewers = own_viewers_of([click.decision for click in clicks])
    clicks = [
        replace(click, ignored_why=click.ignored_why or Reason.OWN_BRAND)
        if click.decision.viewer_id in own_viewers.get(click.decision.campaign_id, ())
        else click
        for click in clicks
    ]
    item_of = line_items_of_leases(click.decision.lease_id for click in clicks)
    rows = [
        Click(
            decision_id=click.decision.decision_id,
            campaign_id=click.decision.campaign_id,
            line_item_id=item_of.get(click.decision.lease_id),
            video_id=click.decision.creative_id,
            after_video_id=click.decision.after_video_id,
            placement=click.decision.placement,
            country=click.decision.country,
            clicked_at=click.clicked_at,
            ignored_why=click.ignored_why,
        )
        for click in clicks
    ]
    Click.objects.bulk_create(rows, ignore_conflicts=True)
    decided = [click.decision for click in clicks if not click.ignored_why]
    leases = Lease.objects.filter(
        pk__in={one.lease_id for one in decided}, line_item__pricing=Pricing.CPA
    )
    priced = set(leases.values_list("pk", flat=True))
    PricedClick.objects.bulk_create(
        (
            PricedClick(
                decision_id=one.decision_id,
                lease_id=one.lease_id,
                price_micros=one.price.micros,
            )
            for one in decided
            if one.lease_id in priced
        ),
        ignore_conflicts=True,
    )


def record_regions(*, regions: Mapping[uuid.UUID, str]) -> None:
    """Write down where they live for whom decisions were made, as they say; again changes nothing.

    A statistic: a server that is killed loses those of its last two seconds.
    """
    rows = [StatedRegion(decision_id=one, region=region) for one, region in regions.items()]
    StatedRegion.objects.bulk_create(rows, ignore_conflicts=True)


def line_items_of_leases(lease_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return for which line item each of these leases is; unknown ones are left out."""
    found = Lease.objects.filter(pk__in=set(lease_ids))
    return dict(found.values_list("pk", "line_item_id"))
