"""Everything that changes events: sealed segments into the lake, exactly once."""

from takings.events.actions.announcing import after_shipping
from takings.events.actions.append import BadSegmentName, SegmentTaken, append_events
from takings.events.actions.compacting import CompactedDay, compact_lake
from takings.events.actions.counting import count_days
from takings.events.actions.erasing import ErasureTaken, continue_erasures, request_erasure
from takings.events.actions.replaying import ReplayedSegment, replay_segment
from takings.events.actions.retaining import retain_lake
from takings.events.actions.rewriting import RowsChanged
from takings.events.actions.shipping import ShippedSegment, drop_shipped, ship_segments
from takings.events.actions.verifying import Verified, verify_files

__all__ = [
    "BadSegmentName",
    "CompactedDay",
    "ErasureTaken",
    "ReplayedSegment",
    "RowsChanged",
    "SegmentTaken",
    "ShippedSegment",
    "Verified",
    "after_shipping",
    "append_events",
    "compact_lake",
    "continue_erasures",
    "count_days",
    "drop_shipped",
    "replay_segment",
    "request_erasure",
    "retain_lake",
    "ship_segments",
    "verify_files",
]
