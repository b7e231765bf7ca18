"""One file of the log, read: its events, and whether its bytes are as they were written."""

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from takings.core import clock
from takings.core.errors import Invalid, NotFound
from takings.events.rules.frames import State, read_frames
from takings.events.rules.records import decode_record, records_table
from takings.events.rules.rows import NotTimeOrdered, complete_table


class NoSegmentFile(NotFound):
    """It was shipped and deleted, or never was."""

    code = "no_segment_file"
    sentence = "There is no file {path}. What is shipped is deleted from the log."


class UnreadableSegment(Invalid):
    """Its frames are whole, but what is in them is nothing that this version writes."""

    code = "unreadable_segment"
    sentence = "{path} holds no events that can be read: {why}"


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """What a file of the log holds; ``table`` has the lake's columns."""

    name: str
    sha256: str
    byte_count: int
    frame_count: int
    torn_byte_count: int
    state: State
    table: pa.Table

    @property
    def types(self) -> dict[str, int]:
        """Return how many events of each type it holds."""
        return dict(sorted(Counter(self.table["type"].to_pylist()).items()))

    @property
    def received(self) -> tuple[dt.datetime, dt.datetime] | None:
        """Return when its first and last events arrived."""
        if not len(self.table):
            return None
        found = pc.min_max(self.table["received_ms"]).as_py()
        return clock.from_ms(found["min"]), clock.from_ms(found["max"])


def read_segment(path: Path) -> SegmentFile:
    """Read a file of the log. Refuses :class:`NoSegmentFile` and :class:`UnreadableSegment`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NoSegmentFile(path=path) from error
    frames = read_frames(data)
    try:
        records = [decode_record(payload) for payload in frames.payloads]
        table = complete_table(records_table(records), segment=path.stem)
    except (msgspec.DecodeError, NotTimeOrdered) as error:
        raise UnreadableSegment(path=path, why=error) from error
    return SegmentFile(
        name=path.stem,
        sha256=hashlib.sha256(data).hexdigest(),
        byte_count=len(data),
        frame_count=len(frames.payloads),
        torn_byte_count=frames.torn_byte_count,
        state=frames.state,
        table=table,
    )
