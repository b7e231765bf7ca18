"""Everything one may ask about events. Nothing here writes."""

from takings.events.queries.counting import daily_counts
from takings.events.queries.reading import LakeStats, lake_stats, segment_events
from takings.events.queries.snapshots import LakeFileBroken, LakeHasDeletes, NoSuchSnapshot
from takings.events.queries.tracing import Line, NoSuchView, view, views_of
from takings.events.rules.rows import EventRow
from takings.events.rules.views import Counts, DailyCount, Outcome, View

__all__ = [
    "Counts",
    "DailyCount",
    "EventRow",
    "LakeFileBroken",
    "LakeHasDeletes",
    "LakeStats",
    "Line",
    "NoSuchSnapshot",
    "NoSuchView",
    "Outcome",
    "View",
    "daily_counts",
    "lake_stats",
    "segment_events",
    "view",
    "views_of",
]
