"""Tables of what is live, one file per concern."""

from takings.live.models.bus import Count, Event

__all__ = ["Count", "Event"]
