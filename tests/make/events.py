"""Watching, made as it happens: events of showings, written to a lake of this test's own."""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypedDict

from django.db.models import Q
from django.test import override_settings
from pyiceberg.exceptions import NoSuchTableError
from typing_extensions import Unpack

from takings.core import ids
from takings.events import actions
from takings.events.models import LakeFile, Segment, Snapshot, lake
from takings.events.rules.rows import EventRow, to_table
from tests.make.people import NOON

SECOND = dt.timedelta(seconds=1)


class Details(TypedDict, total=False):
    """Fields of ``EventRow`` that a story may choose."""

    received_at: dt.datetime
    position_ms: int
    country: str
    surface: str
    ua_class: str
    network: int
    net_class: str
    ad: str | None


@contextmanager
def own_lake(folder: Path) -> Iterator[Path]:
    """Give the test an empty lake and an empty segment log under this folder.

    The catalog is no part of a test's transaction: what is in it is forgotten before and after.
    """
    with override_settings(LAKE_HOME=folder / "lake", EVENTS_HOME=folder / "events"):
        _forget_table()
        try:
            yield folder
        finally:
            _forget_table()


def _forget_table() -> None:
    with suppress(NoSuchTableError):
        lake.catalog().drop_table(lake.TABLE)


def forget_newest() -> None:
    """Forget the newest version of the lake, as if its transaction had never been committed."""
    newest = Snapshot.objects.latest("number")
    LakeFile.objects.filter(removed=newest).update(removed=None)
    LakeFile.objects.filter(added=newest).delete()
    Segment.objects.filter(Q(snapshot_id=newest.pk) | Q(snapshot_id=0)).delete()
    newest.delete()


def make_view(
    video_id: uuid.UUID,
    viewer_id: uuid.UUID,
    watched_ms: int,
    *,
    at: dt.datetime = NOON,
    seed: int | None = None,
    **other: Unpack[Details],
) -> list[EventRow]:
    """Return the events of one showing: a start, and a heartbeat when it was watched at all.

    ``seed`` makes the ids the same each time.
    """
    dice = random.Random(seed)  # noqa: S311 - ids of a test
    view_id = ids.uuid7(at=at, entropy=dice.getrandbits(74))

    def event(kind: str, ms: int) -> EventRow:
        moment = at + dt.timedelta(milliseconds=ms)
        fields: Details = {"country": "DE", "received_at": moment + SECOND, **other}
        return EventRow(
            id=ids.uuid7(at=moment, entropy=dice.getrandbits(74)),
            type=kind,
            view_id=view_id,
            video_id=video_id,
            viewer_id=viewer_id,
            watched_ms=ms,
            **fields,
        )

    return [event("start", 0), *([event("heartbeat", watched_ms)] if watched_ms else [])]


def make_segment(*views: list[EventRow], name: str = "", at: dt.datetime = NOON) -> Segment:
    """Write the events of these showings to the lake as one segment."""
    rows = [row for view in views for row in view]
    name = name or f"test-{ids.derived(*(row.id for row in rows))}"
    return actions.append_events(table=to_table(rows), segment=name, at=at)
