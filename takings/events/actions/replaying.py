"""Giving a file of the log to the lake again: one that was put aside, copied, or restored."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from takings.events.actions.announcing import announce_segments
from takings.events.actions.append import (
    SEGMENT_NAME,
    BadSegmentName,
    Part,
    SegmentTaken,
    commit_parts,
    one_committer,
)
from takings.events.models import Segment
from takings.events.queries.segments import read_segment


@dataclass(frozen=True, slots=True)
class ReplayedSegment:
    """Where the file's events are; ``is_new`` when this call brought them there."""

    name: str
    row_count: int
    is_new: bool


def replay_segment(*, path: Path, at: dt.datetime) -> ReplayedSegment:
    """Bring the file's events into the lake, unless it has them; the file itself is left alone.

    A file is known by its bytes, whatever it is called now. Refuses: NoSegmentFile,
    UnreadableSegment, BadSegmentName, and SegmentTaken when the lake has other events of its name.
    """
    file = read_segment(path)
    if not SEGMENT_NAME.fullmatch(file.name):
        raise BadSegmentName(given=file.name)
    with one_committer(at=at):
        known = Segment.objects.filter(sha256=file.sha256).first()
        if known is None:
            part = Part(file.name, file.sha256, file.byte_count, file.table)
            if not commit_parts([part], at=at):
                raise SegmentTaken(segment=file.name)
    announce_segments(at=at)
    name = known.name if known else file.name
    return ReplayedSegment(name, len(file.table), is_new=known is None)
