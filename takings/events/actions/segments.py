"""Log files on this machine: their names, who owns them, what state they are in.

``NAME.open`` is being written by the process that holds its lock; ``NAME.sealed`` is complete and
waits for the lake; ``NAME.unreadable`` could not be read, and ``NAME.damaged`` was changed after it
was complete (what is whole in it is in the lake): both wait for a person.
"""

import fcntl
import logging
import os
from pathlib import Path

from takings.events.models.files import sync_folder
from takings.events.rules.frames import State, read_frames, seal_bytes

logger = logging.getLogger(__name__)

OPEN, SEALED, UNREADABLE, DAMAGED = ".open", ".sealed", ".unreadable", ".damaged"


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


def write_seal(descriptor: int, mark: bytes) -> None:
    """Append the seal; where it finds no room, damage cannot be told from a torn tail."""
    try:
        os.write(descriptor, mark)
    except OSError:
        logger.exception("A segment could not be given its seal; it is shipped without.")


def seal_orphans(folder: Path) -> None:
    """Seal the segments whose writers are dead: their locks died with them."""
    for path in folder.glob(f"*{OPEN}"):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            continue  # sealed by its owner a moment ago
        try:
            if _lock(descriptor) and path.exists():
                data = path.read_bytes()
                if read_frames(data).state is not State.SEALED:  # its owner came that far
                    write_seal(descriptor, seal_bytes(data))
                seal_segment(folder, path.stem)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
