"""Everything that changes events: sealed segments into the lake, exactly once."""

from takings.events.actions.announcing import after_shipping
from takings.events.actions.append import SegmentTaken, append_events

__all__ = ["SegmentTaken", "after_shipping", "append_events"]
