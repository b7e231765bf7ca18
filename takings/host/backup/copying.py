"""Copies of files, read once: what is written is what the digest is of."""

import contextlib
import ctypes
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from takings.core.progress import Progress

MB = 1_000_000
PIECE_BYTES = 1 << 20
MORE_BYTES = 32 * MB  # what may be written besides: the log of the time the copy takes
LEFT_OUT = {"postgres", "lake/spill", "prepared.draft", "archive.folder", "restoring.from"}
LEFT_OUT_SUFFIXES = (".lock", ".log", ".log.1", ".draft")
FIRST_TO_GO = "lake/"  # where files are deleted soonest: old metadata, after ten further commits


@dataclass(frozen=True)
class Seen:
    """What tells a file that grew since."""

    size: int
    changed_ns: int


@dataclass(kw_only=True)
class Copier:
    """Copies what is below ``source`` to below ``target``, and again only what is new.

    With ``keep``, a file that the target has already is left as it is.
    """

    source: Path
    target: Path
    progress: Progress
    keep: bool = False
    digests: dict[str, str] = field(default_factory=dict)
    byte_count: int = 0
    _seen: dict[str, Seen] = field(default_factory=dict)

    def copy(self, *, step: str, top: bool) -> None:
        """Make one pass; ``top`` includes the files that lie directly in the source.

        A file that vanishes meanwhile is left out; one that grew is copied anew, up to the size it
        has when it is opened.
        """
        found = dict(files_below(folder=self.source))
        wanted = [
            path
            for path, seen in found.items()
            if self._seen.get(path) != seen
            and (top or "/" in path)
            and not (self.keep and (self.target / path).exists())
        ]
        wanted.sort(key=lambda path: (not path.startswith(FIRST_TO_GO), path))
        total, done = sum(found[path].size for path in wanted), 0
        for path in wanted:
            self._copy(path)
            self._seen[path] = found[path]
            done += found[path].size
            self.progress(step, done // MB, total // MB)
        self._drop_open_segments()

    def _copy(self, path: str) -> None:
        target = self.target / path
        make_folders(folder=target.parent)
        with contextlib.suppress(FileNotFoundError):
            digest, size = copy_file(source=self.source / path, target=target)
            self.digests[path] = digest
            self.byte_count += size

    def _drop_open_segments(self) -> None:
        """Keep the sealed form of a log segment that was sealed between two passes."""
        for path in (self.target / "events").glob("*.open"):
            if path.with_suffix(".sealed").exists():
                path.unlink()
                self.digests.pop(f"events/{path.name}", None)


def files_below(*, folder: Path) -> Iterator[tuple[str, Seen]]:
    """Return every file worth keeping of a data home, by its path in it.

    A link at the top is followed (media on another disk); those further down are not.
    """
    for entry in sorted(folder.iterdir()):
        if _is_left_out(entry.name):
            continue
        if not entry.is_dir():
            yield from _file(entry, name=entry.name)
            continue
        for place, folders, names in os.walk(entry):
            below = f"{entry.name}{place.removeprefix(str(entry))}"
            folders[:] = [name for name in sorted(folders) if f"{below}/{name}" not in LEFT_OUT]
            for name in sorted(names):
                yield from _file(Path(place) / name, name=f"{below}/{name}")


def copy_file(*, source: Path, target: Path) -> tuple[str, int]:
    """Copy one file with its permissions, replacing the target; returns (SHA-256, size)."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb", buffering=0) as reading:
        facts = os.fstat(reading.fileno())
        with contextlib.suppress(FileNotFoundError):
            target.unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(target, flags, 0o600), "wb", buffering=0) as writing:
            while piece := reading.read(min(PIECE_BYTES, facts.st_size - size)):
                writing.write(piece)
                digest.update(piece)
                size += len(piece)
            os.fchmod(writing.fileno(), stat.S_IMODE(facts.st_mode))
    return digest.hexdigest(), size


def digest_of(*, path: Path) -> tuple[str, int]:
    """Return a file's (SHA-256, size)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size


def make_folders(*, folder: Path) -> None:
    """Make a folder and those above it, for ourselves alone."""
    if not folder.exists():
        make_folders(folder=folder.parent)
        folder.mkdir(mode=0o700)


def flush(*, folder: Path) -> None:
    """Bring everything on this folder's disk onto it: one call instead of one per file."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if libc.syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)


def _file(path: Path, *, name: str) -> Iterator[tuple[str, Seen]]:
    with contextlib.suppress(FileNotFoundError):
        facts = path.lstat()
        if stat.S_ISREG(facts.st_mode):
            yield name, Seen(facts.st_size, facts.st_mtime_ns)


def _is_left_out(name: str) -> bool:
    return name in LEFT_OUT or name.endswith(LEFT_OUT_SUFFIXES) or name.startswith(".probe-")
