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
    """What a run read, what of it is not as it was written, and how much it left out as fresh."""

    file_count: int
    byte_count: int
    fresh_count: int
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
        all_files = _files(day)
    files = [file for file in all_files if again or not _is_fresh(file, at=at)]
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
    return Verified(len(files), total, len(all_files) - len(files), tuple(broken))


def _files(day: dt.date | None) -> list[LakeFile]:
    """Return the files, those not read for longest first."""
    wanted = Q(deleted_at=None) & (Q(day=day) if day else Q())
    by_age = F("verified_at").asc(nulls_first=True)
    return list(LakeFile.objects.filter(wanted).order_by(by_age, "name"))


def _is_fresh(file: LakeFile, *, at: dt.datetime) -> bool:
    return file.verified_at is not None and file.verified_at >= at - FRESH
