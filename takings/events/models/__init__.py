"""Tables of events: shipped segments in PostgreSQL, the events themselves in the lake."""

from takings.events.models.segment import Segment

__all__ = ["Segment"]
