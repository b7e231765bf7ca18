"""Files of the lake: on the disk before the catalog names them, and found where the lake lies now.

Iceberg writes absolute locations into its metadata. A lake that was moved, as by a restore into
another folder, keeps those names; what they mean is the file of that path below today's warehouse.
"""

import hashlib
import io
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from pyarrow.fs import FileSystem
from pyiceberg.io import OutputStream
from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO
from pyiceberg.typedef import EMPTY_DICT, Properties
from typing_extensions import Buffer, override

from takings.events.models.stores import store

TABLE_FOLDER = "/takings/events/"
"""What lies between a warehouse and the files of its one table."""


DATA_FOLDER = "data/"
"""What the names of data files begin with; those of lists of files do not."""


def present_location(location: str, *, warehouse: str) -> str:
    """Return the address of a file of the lake now, whatever the warehouse was when it was named.

    >>> present_location("file:///old/takings/events/data/1.parquet", warehouse="s3://new/lake")
    's3://new/lake/takings/events/data/1.parquet'
    """
    _, inside, path = location.rpartition(TABLE_FOLDER)
    return f"{warehouse}{inside}{path}" if inside and warehouse else location


def present_path(location: str, *, warehouse: str) -> str:
    """Return where that is in its file system: a path, or bucket and key."""
    address = urlsplit(present_location(location, warehouse=warehouse))
    return f"{address.netloc}{unquote(address.path)}"


def name_of(location: str) -> str:
    """Return a file's path in the lake, the same wherever the lake lies.

    >>> name_of("file:///old/lake/takings/events/data/1.parquet")
    'data/1.parquet'
    """
    return location.rpartition(TABLE_FOLDER)[2]


class SyncedWriter(io.BufferedWriter):
    """A file that is flushed to the disk, and its folder with it, when it is closed."""

    def __init__(self, path: Path, mode: str) -> None:
        """Open for writing: ``w`` replaces a file, ``x`` refuses to."""
        self.folder = path.parent
        super().__init__(io.FileIO(path, mode), buffer_size=1 << 20)

    @override
    def close(self) -> None:
        """Flush, sync, close; a file that cannot be synced raises, so it is never committed."""
        if self.closed:
            return
        try:
            self.flush()
            os.fsync(self.fileno())
            sync_folder(self.folder)
        finally:
            super().close()


class HashedWriter(io.BufferedIOBase):
    """Writes to a stream, and tells the SHA-256 of what was written once that is closed."""

    def __init__(self, stream: OutputStream, *, tell: Callable[[str], None]) -> None:
        """Write to ``stream``; ``tell`` is called once, after it was closed without an error."""
        super().__init__()
        self._stream = stream
        self._tell = tell
        self._digest = hashlib.sha256()

    @override
    def writable(self) -> bool:
        """Say yes: PyArrow asks."""
        return True

    @override
    def write(self, data: Buffer, /) -> int:
        """Write all of it."""
        self._digest.update(data)
        self._stream.write(bytes(data))
        return memoryview(data).nbytes

    @override
    def close(self) -> None:
        """Close the stream beneath, then tell."""
        if self.closed:
            return
        try:
            self._stream.close()
            self._tell(self._digest.hexdigest())
        finally:
            super().close()


class SyncedFile(PyArrowFile):
    """An output file of the lake on a local disk."""

    @override
    def create(self, overwrite: bool = False) -> OutputStream:
        """Open for writing; ``FileExistsError`` unless ``overwrite``."""
        path = Path(self._path)
        path.parent.mkdir(parents=True, exist_ok=True)
        return SyncedWriter(path, "w" if overwrite else "x")


class HashedFile(PyArrowFile):
    """An output file whose SHA-256 is noted under its name when it is closed."""

    def __init__(self, file: PyArrowFile, *, digests: dict[str, str]) -> None:
        """Wrap a file; ``digests`` is what is written to."""
        super().__init__(location=file.location, path=file._path, fs=file._filesystem)  # noqa: SLF001 - PyIceberg has no other way to wrap one
        self._file, self._digests = file, digests

    @override
    def create(self, overwrite: bool = False) -> OutputStream:
        """Open for writing; ``FileExistsError`` unless ``overwrite``."""
        note = partial(self._digests.__setitem__, name_of(self.location))
        return HashedWriter(self._file.create(overwrite), tell=note)


class SyncedFiles(PyArrowFileIO):
    """PyIceberg's files, with the sync that PyArrow leaves out, and the hash of what was written.

    A log segment is deleted once the lake has its events, so the lake must survive a power cut as
    well as the log does. ``digests`` holds the SHA-256 of each file that this object wrote.
    """

    digests: ClassVar[dict[str, str]] = {}

    @override
    @staticmethod
    def parse_location(location: str, properties: Properties = EMPTY_DICT) -> tuple[str, str, str]:
        """Return (scheme, host, path) of today (:func:`present_location`)."""
        now = present_location(location, warehouse=properties.get("warehouse", ""))
        scheme, host, path = PyArrowFileIO.parse_location(now, properties)
        return scheme, host, unquote(path) if scheme == "file" else path

    @override
    def _initialize_fs(self, scheme: str, netloc: str | None = None) -> FileSystem:
        """Use the file system of the settings: keys stay out of Iceberg's properties."""
        return store() if scheme == "s3" else super()._initialize_fs(scheme, netloc)

    @override
    def new_output(self, location: str) -> PyArrowFile:
        """Return a file that syncs itself, on a local disk; object stores are durable already."""
        file = super().new_output(location)
        scheme, _, path = self.parse_location(location, self.properties)
        if scheme == "file":
            file = SyncedFile(location=location, path=path, fs=self.fs_by_scheme(scheme, None))
        data = name_of(location).startswith(DATA_FOLDER)
        return HashedFile(file, digests=self.digests) if data else file


def sync_folder(folder: Path) -> None:
    """Make the names in this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
