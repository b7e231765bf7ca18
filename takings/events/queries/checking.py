"""Whether a file of the lake is what the lake's own list says: cheaply, or byte by byte."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import fs, parquet

from takings.core.errors import Unavailable
from takings.events.models import LakeFile, lake
from takings.events.models.stores import store

READERS = 8
"""Files looked at side by side: object stores answer after tens of milliseconds each."""
PIECE_BYTES = 1 << 20


class LakeFileBroken(Unavailable):
    """A file the snapshot names is missing or damaged; nothing may be counted without it."""

    code = "lake_file_broken"
    sentence = (
        "{file} of the event lake ({holds}) is broken: expected {expected}, found {found}."
        " Nothing was counted. Bring it back from a backup; “takings lake verify” says what else"
        " is broken."
    )


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to be read: its name in the lake, where engines find it, and what must be in it."""

    name: str
    path: str
    day: dt.date
    row_count: int
    byte_count: int


def check_files(files: Iterable[PlannedFile]) -> None:
    """Refuse :class:`LakeFileBroken` unless each file has its size and, by its footer, its rows."""
    with ThreadPoolExecutor(READERS) as readers:
        for _ in readers.map(_check, files):
            pass


def read_file(file: PlannedFile, *, sha256: str) -> str:
    """Read a file whole and return its SHA-256; refuses :class:`LakeFileBroken`.

    ``sha256`` is what it must be, or empty where nobody knows.
    """
    _check(file)
    digest = hashlib.sha256()
    try:
        with store().open_input_stream(lake.path_of(file.name)) as stream:
            while piece := stream.read(PIECE_BYTES):
                digest.update(piece)
    except OSError as error:
        raise _broken(file, expected="bytes that can be read", found=str(error)) from error
    if sha256 and digest.hexdigest() != sha256:
        raise _broken(file, expected=f"SHA-256 {sha256}", found=digest.hexdigest())
    return digest.hexdigest()


def hashes_of(names: Iterable[str]) -> dict[str, str]:
    """Return the recorded SHA-256 of these files, by name; empty where none is recorded yet."""
    return dict(LakeFile.objects.filter(name__in=list(names)).values_list("name", "sha256"))


def check_bytes(files: Sequence[PlannedFile]) -> None:
    """Read the files whole against their hashes; refuse :class:`LakeFileBroken` for the first.

    An engine may read eight changed bytes in a column of numbers and answer with another sum.
    """
    hashes = hashes_of(file.name for file in files)
    for file in files:
        read_file(file, sha256=hashes.get(file.name, ""))


def _check(file: PlannedFile) -> None:
    found = store().get_file_info(lake.path_of(file.name))
    if found.type != fs.FileType.File:
        raise _broken(file, expected=f"{file.byte_count:,} bytes", found="no file")
    if found.size != file.byte_count:
        raise _broken(file, expected=f"{file.byte_count:,} bytes", found=f"{found.size:,}")
    try:
        with store().open_input_file(lake.path_of(file.name)) as stream:
            row_count = parquet.ParquetFile(stream).metadata.num_rows
    except (OSError, pa.ArrowInvalid) as error:
        raise _broken(file, expected=f"{file.row_count:,} events", found=str(error)) from error
    if row_count != file.row_count:
        raise _broken(file, expected=f"{file.row_count:,} events", found=f"{row_count:,}")


def _broken(file: PlannedFile, *, expected: str, found: str) -> LakeFileBroken:
    said = found.rstrip(".").splitlines()[0]
    return LakeFileBroken(
        file=file.name, holds=f"events of {file.day}", expected=expected, found=said
    )
