"""Counting what viewers did with ads, apart from what is charged."""

from collections.abc import Iterable

from django.db import connection

from takings.ads.actions.counting import line_items_of_leases
from takings.ads.actions.exposures import begin_exposures
from takings.ads.actions.payers import BATCH, own_viewers_of
from takings.ads.queries.keys import key_ring
from takings.ads.rules.judging import Reason
from takings.ads.rules.showings import BITS, AdFact, showings


def count_showings(*, facts: Iterable[AdFact]) -> None:
    """Add to each decision's row what is told of it, and whether it counts in reports.

    Rows are touched in the order of their ids, so that workers never deadlock.
    """
    found = showings(facts, ring=key_ring())
    own_viewers = own_viewers_of([one.decision for one in found])
    item_of = line_items_of_leases(one.decision.lease_id for one in found)
    rows = [
        (
            one.decision.decision_id,
            one.decision.campaign_id,
            item_of.get(one.decision.lease_id),
            one.decision.creative_id,
            one.decision.after_video_id,
            one.decision.issued_at,
            int(one.decision.placement),
            one.decision.country,
            one.day,
            one.kinds,
            Reason.OWN_BRAND if one.decision.viewer_id in own_viewers[campaign_id] else "",
        )
        for one in found
        if (campaign_id := one.decision.campaign_id) in own_viewers
    ]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            cursor.execute(_ADD, [list(column) for column in zip(*part, strict=True)])
    begin_exposures(
        decision_ids=[one.decision.decision_id for one in found if one.kinds & BITS["started"]]
    )


_ADD = """
INSERT INTO ads_showing (
    decision_id, campaign_id, line_item_id, video_id, after_video_id, decided_at, placement,
    country, day, kinds, ignored_why
)
SELECT * FROM unnest(
    %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::timestamptz[],
    %s::smallint[], %s::text[], %s::date[], %s::integer[], %s::text[]
)
ON CONFLICT (decision_id) DO UPDATE SET kinds = ads_showing.kinds | excluded.kinds
WHERE ads_showing.kinds | excluded.kinds <> ads_showing.kinds
"""
