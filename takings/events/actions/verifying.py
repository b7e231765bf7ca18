"""Reading the lake's files byte by byte, against the hash each was written with."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q

from takings.core.progress import Progress, silent
from takings.events.actions.append import one_committer
from takings.events.models import LakeFile
from takings.events.queries.checking import LakeFileBroken, read_file
from takings.events.queries.files import as_planned

FRESH = dt.timedelta(days=1)
"""A file that was read so recently is not read again, so a stopped run goes on where it was."""
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What a run read, and what of it is not as it was written."""

    file_count: int
    byte_count: int
    broken: tuple[LakeFileBroken, ...]


def verify_files(
    *,
    at: dt.datetime,
    day: dt.date | None = None,
    again: bool = False,
    progress: Progress = silent,
) -> Verified:
    """Read every file of the lake (of one day), those not read for longest first.

    Files read within :data:`FRESH` are left out, unless ``again``. A file whose hash nobody knows
    yet is given the one it has. Nothing is raised for a broken file: all of them are named.
    """
    with one_committer(at=at):
        files = _files(day, None if again else at - FRESH)
    total, done = sum(file.byte_count for file in files), 0
    broken = []
    for file in files:
        progress("verify", done // MB, total // MB)
        try:
            sha256 = read_file(as_planned(file), sha256=file.sha256)
        except LakeFileBroken as refusal:
            broken.append(refusal)
        else:
            LakeFile.objects.filter(pk=file.pk).update(sha256=sha256, verified_at=at)
        done += file.byte_count
    progress("verify", total // MB, total // MB)
    return Verified(len(files), total, tuple(broken))


def _files(day: dt.date | None, before: dt.datetime | None) -> list[LakeFile]:
    wanted = Q(deleted_at=None)
    if day:
        wanted &= Q(day=day)
    if before:
        wanted &= Q(verified_at=None) | Q(verified_at__lt=before)
    by_age = F("verified_at").asc(nulls_first=True)
    return list(LakeFile.objects.filter(wanted).order_by(by_age, "name"))
