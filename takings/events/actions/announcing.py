"""Telling the streams above that a segment's events are in the lake."""

import datetime as dt
import logging
from collections.abc import Callable

from django.db import transaction

from takings.events.models import Segment

logger = logging.getLogger(__name__)

after_shipping: list[Callable[[str], None]] = []
"""Called with each shipped segment's name, at least once; streams register in ``apps.ready()``.

A call runs in the transaction that marks the segment as announced: what it writes to the database
and the mark stand or fall together.
"""


def announce_segments(*, at: dt.datetime) -> None:
    """Call every :data:`after_shipping` for every segment not announced yet, oldest first."""
    pending = Segment.objects.filter(announced_at__isnull=True).order_by("shipped_at", "name")
    for name in pending.values_list("name", flat=True):
        try:
            _announce(name, at=at)
        except Exception:  # one listener's fault must not hold back the other segments
            logger.exception("Segment %s could not be announced; it is tried again.", name)


@transaction.atomic
def _announce(name: str, *, at: dt.datetime) -> None:
    waiting = Segment.objects.select_for_update(skip_locked=True)
    if not waiting.filter(name=name, announced_at__isnull=True).exists():
        return  # another worker is telling it right now
    for listener in after_shipping:
        listener(name)
    Segment.objects.filter(name=name).update(announced_at=at)
