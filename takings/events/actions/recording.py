"""Writing down what each version of the lake added and removed: segments and files.

Iceberg commits in a transaction of its own. What a process that died in between left unrecorded is
in the version's summary and manifests, and the next committer records it from there.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from pyiceberg.manifest import ManifestEntry, ManifestEntryStatus
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot as IcebergSnapshot

from takings.core import clock
from takings.events.models import LakeFile, Operation, Segment, Snapshot, lake
from takings.events.models.files import SyncedFiles, name_of
from takings.events.rules.pairs import ENTROPY_BITS


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """What a version's summary tells about one segment: enough to rebuild its row."""

    name: str
    sha256: str
    row_count: int
    byte_count: int
    first_day: str | None
    last_day: str | None


def record_snapshots(table: Table, *, at: dt.datetime) -> list[Segment]:
    """Record every version that is not recorded yet, oldest first; returns the segments of them.

    The caller holds the lake.
    """
    recorded: list[Segment] = []
    for snapshot in reversed(list(_unrecorded(table))):
        summary = snapshot.summary.additional_properties if snapshot.summary else {}
        facts = [
            SegmentFacts(**one) for one in json.loads(summary.get(lake.SEGMENTS_PROPERTY, "[]"))
        ]
        row = Snapshot.objects.create(
            id=snapshot.snapshot_id,
            number=snapshot.sequence_number or 0,
            operation=summary.get(lake.OPERATION_PROPERTY, Operation.APPENDED),
            committed_at=clock.from_ms(snapshot.timestamp_ms),
        )
        _record_files(table, row, _changes(table, snapshot))
        recorded += record_segments(facts, snapshot_id=row.pk, at=at)
    return recorded


def record_segments(
    facts: Sequence[SegmentFacts], *, snapshot_id: int, at: dt.datetime
) -> list[Segment]:
    """Record segments that the lake got with this version; 0 where they hold no event."""
    return Segment.objects.bulk_create(
        Segment(**asdict(fact), snapshot_id=snapshot_id, shipped_at=at) for fact in facts
    )


def _unrecorded(table: Table) -> Iterator[IcebergSnapshot]:
    """Yield the versions since the last recorded one, newest first."""
    snapshot = table.current_snapshot()
    while snapshot and not Snapshot.objects.filter(pk=snapshot.snapshot_id).exists():
        yield snapshot
        parent = snapshot.parent_snapshot_id
        snapshot = table.snapshot_by_id(parent) if parent else None


def _changes(table: Table, snapshot: IcebergSnapshot) -> Iterator[ManifestEntry]:
    """Yield the entries of files that this version added or removed."""
    for manifest in snapshot.manifests(table.io):
        if manifest.added_snapshot_id == snapshot.snapshot_id:
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False):
                if entry.snapshot_id == snapshot.snapshot_id:
                    yield entry


def _record_files(table: Table, snapshot: Snapshot, entries: Iterator[ManifestEntry]) -> None:
    added, removed = [], []
    for entry in entries:
        if entry.status == ManifestEntryStatus.ADDED:
            added.append(_file(table, snapshot, entry))
        else:
            removed.append(name_of(entry.data_file.file_path))
    LakeFile.objects.bulk_create(added)
    LakeFile.objects.filter(name__in=removed).update(removed=snapshot)


def _file(table: Table, snapshot: Snapshot, entry: ManifestEntry) -> LakeFile:
    file = entry.data_file
    name = name_of(file.file_path)
    received = lake.bounds_of(file, "received_ms", table=table)
    begun = lake.bounds_of(file, "view_hi", table=table)
    return LakeFile(
        name=name,
        day=lake.day_of(file),
        row_count=file.record_count,
        byte_count=file.file_size_in_bytes,
        sha256=SyncedFiles.digests.pop(name, ""),
        first_received_at=clock.from_ms(received[0]),
        last_received_at=clock.from_ms(received[1]),
        first_view_at=clock.from_ms(begun[0] >> ENTROPY_BITS),
        last_view_at=clock.from_ms(begun[1] >> ENTROPY_BITS),
        added=snapshot,
    )
