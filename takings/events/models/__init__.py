"""Tables of events: segments and files of the lake in PostgreSQL, the events in the lake."""

from takings.events.models.erasure import Erasure
from takings.events.models.partial import Partial
from takings.events.models.register import Gone, LakeFile, Operation, Snapshot
from takings.events.models.retention import Retention
from takings.events.models.segment import Segment

__all__ = ["Erasure", "Gone", "LakeFile", "Operation", "Retention", "Segment", "Snapshot"]
__all__ = ["Erasure", "Gone", "LakeFile", "Operation", "Partial", "Segment", "Snapshot"]
