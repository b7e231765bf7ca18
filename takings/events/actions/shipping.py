"""From the log into the lake: sealed segments, several to a commit, each exactly once."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from takings.events.actions.announcing import announce_segments
from takings.events.actions.append import Part, commit_parts, one_committer
from takings.events.actions.segments import DAMAGED, OPEN, SEALED, UNREADABLE, seal_orphans
from takings.events.models import Segment
from takings.events.queries.segments import (
    NoSegmentFile,
    SegmentFile,
    UnreadableSegment,
    read_segment,
)
from takings.events.rules.frames import State

logger = logging.getLogger(__name__)

COMMIT_BYTES = 32 << 20
"""How much log goes into one commit: about 150 000 events, and few enough to hold in memory."""


@dataclass(frozen=True, slots=True)
class ShippedSegment:
    """A segment that this call brought into the lake."""

    name: str
    row_count: int
    snapshot_id: int


def ship_segments(*, at: dt.datetime) -> list[ShippedSegment]:
    """Bring every sealed segment of this machine into the lake, then announce them.

    Segments of dead collectors are sealed first. Dying anywhere and running again ships each
    exactly once: the name is looked for in the register and in the lake before it is committed,
    and the file is deleted only after both know it.
    """
    folder = Path(settings.EVENTS_HOME)
    seal_orphans(folder)
    shipped: list[ShippedSegment] = []
    for paths in _groups(segment_files(SEALED)):
        shipped += _ship(paths, at=at)
    announce_segments(at=at)
    return shipped


def drop_shipped(*, at: dt.datetime) -> int:
    """Delete the log's files whose events the lake has; returns how many. For after a restore.

    A backup taken while segments were shipped holds some twice: in the lake, and in the log, there
    perhaps not to the end, so that shipping would not know them again.
    """
    paths = [path for end in (OPEN, SEALED) for path in segment_files(end)]
    with one_committer(at=at):  # which first records what the lake got last
        names = Segment.objects.filter(name__in=[path.stem for path in paths])
        known = set(names.values_list("name", flat=True))
    for path in paths:
        if path.stem in known:
            path.unlink()
    return len(known)


def segment_files(end: str) -> list[Path]:
    """Return this machine's segments in this state."""
    return sorted(Path(settings.EVENTS_HOME).glob(f"*{end}"))


def _groups(paths: Sequence[Path]) -> Iterator[list[Path]]:
    group: list[Path] = []
    held = 0
    for path in paths:
        with suppress(FileNotFoundError):  # another process shipped it
            held += path.stat().st_size
            group.append(path)
        if held >= COMMIT_BYTES:
            yield group
            group, held = [], 0
    if group:
        yield group


def _ship(paths: Sequence[Path], *, at: dt.datetime) -> list[ShippedSegment]:
    files = [file for path in paths if (file := _read(path)) is not None]
    parts = [Part(file.name, file.sha256, file.byte_count, file.table) for file in files]
    with one_committer(at=at):
        rows = commit_parts(parts, at=at)
    kept = dict(
        Segment.objects.filter(name__in=[part.name for part in parts]).values_list("name", "sha256")
    )
    for file in files:
        if kept.get(file.name) == file.sha256:
            _let_go(Path(settings.EVENTS_HOME) / f"{file.name}{SEALED}", file.state)
    return [ShippedSegment(row.name, row.row_count, row.snapshot_id) for row in rows]


def _read(path: Path) -> SegmentFile | None:
    """Return the segment's events; a file that makes no sense is put aside, never deleted."""
    try:
        file = read_segment(path)
    except NoSegmentFile:
        return None  # another process shipped it
    except UnreadableSegment:
        logger.exception("%s cannot be read; it is put aside.", path.name)
        path.rename(path.with_suffix(UNREADABLE))
        return None
    if file.state is State.DAMAGED:
        whole = "%s was changed after it was sealed: %d frames are whole, %d bytes are not."
        logger.error(whole, path.name, file.frame_count, file.torn_byte_count)
    elif file.torn_byte_count:
        logger.warning("%s has %d torn bytes.", path.name, file.torn_byte_count)
    return file


def _let_go(path: Path, state: State) -> None:
    """Delete a file whose events the lake has; one that was damaged is put aside instead."""
    if state is State.DAMAGED:
        path.rename(path.with_suffix(DAMAGED))
    else:
        path.unlink(missing_ok=True)
