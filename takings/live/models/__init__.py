"""Tables of what is live, one file per concern."""

from takings.live.models.bus import Count, Event
from takings.live.models.chat import (
    BlockedWords,
    Line,
    Report,
    ReportReason,
    Restraint,
    RestraintKind,
)
from takings.live.models.rooms import Presence, Reminder, Room, RoomStep, RoomStepKind, ShownName

__all__ = [
    "BlockedWords",
    "Count",
    "Event",
    "Line",
    "Presence",
    "Reminder",
    "Report",
    "ReportReason",
    "Restraint",
    "RestraintKind",
    "Room",
    "RoomStep",
    "RoomStepKind",
    "ShownName",
]
