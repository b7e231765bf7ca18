"""What is told live, within the transaction that makes it true; and what is forgotten of it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Max

from takings.live.actions.bus import Bus, PostgresBus
from takings.live.models import Count, Event
from takings.live.rules.bus import Note

KEEP = dt.timedelta(minutes=10)  # for so long may a browser be away and miss nothing
bus: Bus = PostgresBus()


def publish(*, topic: str, kind: str, body: Mapping[str, object], at: dt.datetime) -> None:
    """Tell everybody who listens to a topic, once the caller's transaction commits.

    Refuses: BadNote.
    """
    publish_many(notes=[Note(topic=topic, kind=kind, body=body)], at=at)


def publish_many(*, notes: Sequence[Note], at: dt.datetime) -> None:
    """Tell many notes in one statement, once the caller's transaction commits.

    They are told in this order. Nobody waits for anybody: each note is a row of its own.
    Refuses: BadNote.
    """
    bus.publish_many(notes=notes, at=at)


def last_number() -> int:
    """Return the number of the newest event; asked before a page is read, its stream goes on there.

    What is told between both comes twice: in the page and over the stream, with the same ids.
    """
    return bus.last_number()


def forget_events(*, at: dt.datetime) -> int:
    """Remove what was told more than :data:`KEEP` ago; return how much. Repeating is harmless."""
    with transaction.atomic():
        old = Event.objects.filter(published_at__lt=at - KEEP, number__isnull=False)
        newest = old.aggregate(newest=Max("number"))["newest"]
        if newest is None:
            return 0
        # First said, then done: nobody takes a list with holes for the whole.
        Count.objects.update(forgotten=newest)
    return Event.objects.filter(number__lte=newest).delete()[0]
