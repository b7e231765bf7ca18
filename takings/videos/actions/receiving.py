"""Bytes onto the disk. What is in the file is the offset: there is no second book to disagree."""

import errno
import fcntl
import os
import threading
import uuid
from types import TracebackType
from typing import Self

from takings.core.errors import Conflict, Unavailable
from takings.videos.queries import source_path
from takings.videos.rules.tus import BeyondLength, check_offset

_CLOSED = -1


class BusyUpload(Conflict):
    """Another connection writes to the same upload (HTTP 423)."""

    code = "busy_upload"
    sentence = "This upload is being written by another connection. Wait a moment and try again."


class NoRoom(Unavailable):
    """The disk is full (HTTP 507)."""

    code = "no_room"
    sentence = "There is no room for this file now. We have been told; try again later."


class Receiver:
    """An upload open for appending, locked against everyone else until it is closed.

    The lock is the kernel's (``flock``), so it ends with the process that holds it, however that
    ends. Nothing counts as received before :meth:`close`, which returns after ``fsync``; a
    process killed before that leaves a longer file, never a wrong one.
    """

    def __init__(
        self, *, video_id: uuid.UUID, size_bytes: int, offset: int, coming: int | None = None
    ) -> None:
        """Open and lock; refuses :class:`BusyUpload`, ``WrongOffset`` and ``BeyondLength``."""
        path = source_path(video_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._size_bytes = size_bytes
        self._turn = threading.Lock()  # a cut-off writer may still be at work when we close
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.offset = os.fstat(self._file).st_size
            check_offset(offset=offset, held=self.offset, size=size_bytes, coming=coming)
        except BaseException as fault:
            os.close(self._file)
            if isinstance(fault, BlockingIOError):
                raise BusyUpload from None
            raise
        if self.offset == 0:
            _sync_folder(path.parent)

    def write(self, piece: bytes) -> None:
        """Append a piece; refuses ``BeyondLength`` (nothing written) and :class:`NoRoom`."""
        if self.offset + len(piece) > self._size_bytes:
            raise BeyondLength(size=self._size_bytes)
        left = memoryview(piece)
        with self._turn:
            while left:
                try:
                    written = os.write(self._file, left)
                except OSError as fault:
                    if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
                        raise NoRoom from fault
                    raise
                self.offset += written
                left = left[written:]

    def close(self) -> None:
        """Bring everything written to the disk, then let go."""
        with self._turn:
            handle, self._file = self._file, _CLOSED
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def receive_bytes(*, video_id: uuid.UUID, size_bytes: int, offset: int, piece: bytes) -> int:
    """Append one piece and return the new offset; durable when it returns. Refuses as Receiver."""
    with Receiver(
        video_id=video_id, size_bytes=size_bytes, offset=offset, coming=len(piece)
    ) as receiver:
        receiver.write(piece)
        return receiver.offset


def _sync_folder(folder: os.PathLike[str]) -> None:
    """Make the file's name durable, not only its bytes."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
