"""How many are in a room now, over all web processes, and the names of who wants to be seen."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from takings.live.models import Presence

FRESH = dt.timedelta(seconds=45)
MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Guests:
    """Browsers of different viewers, and up to twenty names."""

    count: int = 0
    names: tuple[str, ...] = ()


def guests_of(*, topics: Iterable[str], at: dt.datetime) -> dict[str, Guests]:
    """Return who is at each topic; one query."""
    found: dict[str, Guests] = {topic: Guests() for topic in topics}
    fresh = Presence.objects.filter(topic__in=list(found), seen_at__gt=at - FRESH)
    for one in fresh.order_by("process"):
        so_far = found[one.topic]
        names = sorted({*so_far.names, *one.names})[:MOST_NAMES]
        found[one.topic] = Guests(so_far.count + one.guest_count, tuple(names))
    return found
