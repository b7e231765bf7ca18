"""Everything one may ask about events. Nothing here writes."""

from takings.events.queries.checking import LakeFileBroken
from takings.events.queries.counting import daily_counts, watching
from takings.events.queries.erasures import viewers_being_erased
from takings.events.queries.files import Manifest, lake_files, manifest
from takings.events.queries.keeping import expendable_days
from takings.events.queries.reading import LakeStats, events_of_days, lake_stats, segment_events
from takings.events.queries.snapshots import (
    EventsGone,
    LakeHasDeletes,
    NoSuchSnapshot,
    SnapshotExpired,
)
from takings.events.queries.suspects import no_people_of
from takings.events.queries.tracing import Line, NoSuchView, view, views_of
from takings.events.rules.rows import EventRow
from takings.events.rules.views import Counts, DailyCount, Outcome, View, ViewerWatched

__all__ = [
    "Counts",
    "DailyCount",
    "EventRow",
    "EventsGone",
    "LakeFileBroken",
    "LakeHasDeletes",
    "LakeStats",
    "Line",
    "Manifest",
    "NoSuchSnapshot",
    "NoSuchView",
    "Outcome",
    "SnapshotExpired",
    "View",
    "ViewerWatched",
    "daily_counts",
    "events_of_days",
    "expendable_days",
    "lake_files",
    "lake_stats",
    "manifest",
    "no_people_of",
    "segment_events",
    "view",
    "viewers_being_erased",
    "views_of",
    "watching",
]
