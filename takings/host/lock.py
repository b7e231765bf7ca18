"""Locks between processes: `flock` on a file, freed by the kernel however its holder ends."""

import fcntl
import os
import time
from pathlib import Path

PAUSE_S = 0.02


class FileLock:
    """One exclusive lock; the kernel frees it when the last process that holds the file ends."""

    def __init__(self, *, path: Path) -> None:
        """Open the file of the lock without taking it; its folder must exist."""
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def fileno(self) -> int:
        """Return the open file, for a child that shall hold the lock as well."""
        return self._file

    def take_now(self) -> bool:
        """Take the lock if it is free; say whether it was."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_within(self, *, seconds: float) -> bool:
        """Wait for the lock at most so long; say whether it was taken."""
        deadline = time.monotonic() + seconds
        while not self.take_now():
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_S)
        return True

    def note(self, *, text: str) -> None:
        """Write who holds the lock into its file, for others to read in a refusal."""
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text.encode(), 0)

    def noted(self) -> str:
        """Return what the holder wrote."""
        return self.path.read_text(errors="replace").strip()

    def close(self) -> None:
        """Give up this process's hold; a child that inherited the file keeps it."""
        os.close(self._file)
