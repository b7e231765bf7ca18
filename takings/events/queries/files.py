"""The register of the lake's files, and what names exactly what was read."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from takings.events.models import LakeFile, Snapshot, lake
from takings.events.queries.checking import PlannedFile, hashes_of, read_file
from takings.events.queries.snapshots import NoSuchSnapshot, plan_files


@dataclass(frozen=True, slots=True)
class Manifest:
    """Exactly what a count reads: the files of one snapshot, by what is in them.

    ``files`` pairs each file's name with the SHA-256 of its bytes. ``digest`` is the SHA-256 over
    the sorted hashes, a line each, so it does not depend on where the files lie or are called.
    """

    snapshot_id: int
    files: tuple[tuple[str, str], ...]
    row_count: int
    byte_count: int
    digest: str


def manifest(*, where: str, snapshot_id: int | None = None) -> Manifest:
    """Return what is read of this snapshot (the newest by default) for such rows.

    A file that was never hashed is read now. Refuses ``NoSuchSnapshot``, ``LakeFileBroken``.
    """
    files = plan_files(where=where, snapshot_id=snapshot_id)
    known = hashes_of(file.name for file in files.planned)
    hashes = [known.get(file.name) or read_file(file, sha256="") for file in files.planned]
    names = (file.name for file in files.planned)
    return Manifest(
        files.snapshot_id,
        tuple(zip(names, hashes, strict=True)),
        files.row_count,
        files.byte_count,
        digest_hashes(hashes),
    )


def digest_hashes(hashes: Iterable[str]) -> str:
    """Return the SHA-256 over these hashes, sorted, a line each."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(hashes)).encode()).hexdigest()


def lake_files(*, first: dt.date, last: dt.date, snapshot_id: int | None = None) -> list[LakeFile]:
    """Return the files of these days, both included, by day and name.

    With ``snapshot_id`` as that version had them, even one that was expired long ago; refuses
    ``NoSuchSnapshot``.
    """
    belongs = Q(removed=None)
    if snapshot_id is not None:
        number = _number(snapshot_id)
        later = Q(removed=None) | Q(removed__number__gt=number)
        belongs = Q(added__number__lte=number) & later
    files = LakeFile.objects.filter(belongs, day__range=(first, last))
    return list(files.order_by("day", "name"))


def as_planned(file: LakeFile) -> PlannedFile:
    """Return what must be read of a file that the register lists."""
    path = lake.engine_path_of(file.name)
    return PlannedFile(file.name, path, file.day, file.row_count, file.byte_count)


def _number(snapshot_id: int) -> int:
    row = Snapshot.objects.filter(pk=snapshot_id).first()
    if row is None:
        raise NoSuchSnapshot(snapshot_id=snapshot_id)
    return row.number
