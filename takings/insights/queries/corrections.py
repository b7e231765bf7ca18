"""What is known for corrections of a closed period: how its showings came out before."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from takings.insights.models import Showings
from takings.settlement.models import Period


def known_outcomes(*, period: Period) -> dict[tuple[str, UUID, dt.date], dict[str, int]]:
    """Return the showings by outcome, of each video, day and country, as they were counted last."""
    found: dict[tuple[str, UUID, dt.date], dict[str, int]] = defaultdict(dict)
    rows = Showings.objects.filter(tally__period=period.pk)
    for row in rows.iterator(chunk_size=5_000):
        found[row.country, row.video_id, row.day][row.outcome] = row.showing_count
    return dict(found)
