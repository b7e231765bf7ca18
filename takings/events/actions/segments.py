"""Log files on this machine: their names, who owns them, what state they are in.

``NAME.open`` is being written by the process that holds its lock; ``NAME.sealed`` is complete and
waits for the lake; ``NAME.unreadable`` could not be read and waits for a person.
"""

import fcntl
import os
from pathlib import Path

from takings.events.models.files import sync_folder

OPEN, SEALED, UNREADABLE = ".open", ".sealed", ".unreadable"


def open_segment(folder: Path, name: str) -> int | None:
    """Create and lock a segment; returns its descriptor, or None when the name is lost.

    It is lost when somebody sealed it between creation and lock, taking it for an orphan.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}{OPEN}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    if not _lock(descriptor) or not path.exists():
        os.close(descriptor)
        return None
    sync_folder(folder)
    return descriptor


def seal_segment(folder: Path, name: str) -> None:
    """Mark a segment as complete; it is shipped under this name."""
    (folder / f"{name}{OPEN}").rename(folder / f"{name}{SEALED}")
    sync_folder(folder)


def seal_orphans(folder: Path) -> None:
    """Seal the segments whose writers are dead: their locks died with them."""
    for path in folder.glob(f"*{OPEN}"):
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # sealed by its owner a moment ago
        try:
            if _lock(descriptor) and path.exists():
                seal_segment(folder, path.stem)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
