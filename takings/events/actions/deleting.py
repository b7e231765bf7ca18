"""Deleting files of the lake that no longer belong to it, and remembering why."""

import datetime as dt
from collections.abc import Iterable

from takings.events.models import Gone, LakeFile, lake


def delete_lake_files(files: Iterable[LakeFile], *, gone: Gone, at: dt.datetime) -> int:
    """Delete files that the newest version does not name; returns how many.

    The row is written after the file is gone: whoever dies in between does it again.
    """
    count = 0
    for file in files:
        lake.delete_file(file.name)
        count += LakeFile.objects.filter(pk=file.pk, deleted_at=None).update(
            deleted_at=at, gone=gone
        )
    return count
