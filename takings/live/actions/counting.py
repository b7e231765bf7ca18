"""How many are where, as each web process says it."""

import datetime as dt
import uuid
from collections.abc import Mapping

from takings.live.models import Presence
from takings.live.queries import Guests
from takings.live.queries.presence import FRESH


def say_guests(*, process: uuid.UUID, guests: Mapping[str, Guests], at: dt.datetime) -> None:
    """Write down who is where at one web process; one statement for all topics."""
    rows = [
        Presence(
            process=process,
            topic=topic,
            guest_count=some.count,
            names=list(some.names),
            seen_at=at,
        )
        for topic, some in sorted(guests.items())
    ]
    Presence.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["process", "topic"],
        update_fields=["guest_count", "names", "seen_at"],
    )


def forget_guests(*, at: dt.datetime) -> int:
    """Remove what processes said that are gone, or that topics are empty of; return how much."""
    return Presence.objects.filter(seen_at__lt=at - 2 * FRESH).delete()[0]
