"""Following the log of this machine: the events that its collectors accept, as they are written."""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from takings.core import clock
from takings.events.rules.frames import scan_frames
from takings.events.rules.records import StoredRecord, decode_record
from takings.events.rules.rows import EventRow

SUFFIXES = frozenset({".open", ".sealed"})


@dataclass(slots=True)
class _Followed:
    """A segment that is being read, and how far."""

    file: BinaryIO
    place: int


class LogTail:
    """Reads what is added to a folder's segments, through their sealing, until they are deleted."""

    def __init__(self, folder: Path, *, from_start: bool) -> None:
        """Begin with the next event, or with the first that still waits in the log."""
        self._folder = folder
        self._followed: dict[str, _Followed] = {}
        self._find()
        if not from_start:
            for one in self._followed.values():
                one.place = one.file.seek(0, 2)

    def poll(self) -> Iterator[EventRow]:
        """Yield the events that were added since the last call."""
        present = self._find()
        for name in sorted(self._followed):
            one = self._followed[name]
            one.file.seek(one.place)
            start = one.place
            for payload, end in scan_frames(one.file.read()):
                one.place = start + end
                with suppress(msgspec.DecodeError):  # the shipper puts it aside, and says so
                    yield from _rows(decode_record(payload), name)
            if name not in present:
                self._followed.pop(name).file.close()

    def close(self) -> None:
        """Close the files."""
        for one in self._followed.values():
            one.file.close()

    def _find(self) -> set[str]:
        """Open the segments that are new, and return which are there."""
        found = self._folder.iterdir() if self._folder.is_dir() else ()
        present = {path.stem: path for path in found if path.suffix in SUFFIXES}
        for name in present.keys() - self._followed.keys():
            with suppress(FileNotFoundError):  # sealed this moment; the next call finds it so
                self._followed[name] = _Followed(present[name].open("rb"), 0)
        return set(present)


def _rows(record: StoredRecord, segment: str) -> Iterator[EventRow]:
    for event in record.events:
        yield EventRow(
            id=uuid.UUID(bytes=event.id),
            type=event.type,
            view_id=uuid.UUID(bytes=event.view),
            video_id=uuid.UUID(bytes=event.video),
            viewer_id=uuid.UUID(bytes=record.viewer),
            received_at=clock.from_ms(record.received_ms),
            watched_ms=event.watched_ms,
            position_ms=event.position_ms,
            country=record.country,
            surface=event.surface,
            ua_class=record.ua_class,
            network=record.network,
            net_class=record.net_class,
            ad=event.ad,
            segment=segment,
        )
