"""Statistics from the ad servers, written in batches: decisions won, and clicks."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from takings.ads.models import Click

ServedKey = tuple[uuid.UUID, dt.date, str]
"""Campaign, UTC day, country."""


@dataclass(frozen=True, slots=True)
class ClickDraft:
    """One click through the signed redirect; ``ignored_why`` is empty when it counts."""

    decision_id: uuid.UUID
    campaign_id: uuid.UUID
    country: str
    clicked_at: dt.datetime
    ignored_why: str = ""


def count_served(*, counts: Mapping[ServedKey, int]) -> None:
    """Add decisions to their rows. Rows are touched in key order, so servers never deadlock.

    A statistic: a server that is killed loses the counts of its last two seconds, never money.
    """
    rows = sorted((*key, count) for key, count in counts.items())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ads_served (line_item_id, day, country, decision_count)
            SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::bigint[])
            ON CONFLICT (line_item_id, day, country)
            DO UPDATE SET decision_count = ads_served.decision_count + excluded.decision_count
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


def record_clicks(*, clicks: Iterable[ClickDraft]) -> None:
    """Keep the first click on each decision; later ones change nothing."""
    rows = [
        Click(
            decision_id=click.decision_id,
            campaign_id=click.campaign_id,
            country=click.country,
            clicked_at=click.clicked_at,
            ignored_why=click.ignored_why,
        )
        for click in clicks
    ]
    Click.objects.bulk_create(rows, ignore_conflicts=True)
