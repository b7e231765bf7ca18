"""The segment log: many requests wait, one thread writes and syncs for all of them."""

import asyncio
import logging
import os
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from takings.core import clock
from takings.core.errors import Unavailable
from takings.events.actions import segments
from takings.events.rules.frames import hashing, seal

logger = logging.getLogger(__name__)


class LogFull(Unavailable):
    """More is waiting for the disk than we hold in memory."""

    code = "log_full"
    sentence = "Too much is waiting to be written. Keep the events and send them again."


class LogBroken(Unavailable):
    """The disk refused the write or the sync, so nothing may be acknowledged."""

    code = "log_broken"
    sentence = "The events could not be written to the disk. Keep them and send them again."


@dataclass(frozen=True, slots=True)
class Limits:
    """When a segment is sealed, and how much may wait in memory."""

    segment_bytes: int = 16 << 20
    segment_age_s: float = 3.0
    waiting_bytes: int = 8 << 20


@dataclass(slots=True)
class _Segment:
    name: str
    descriptor: int
    opened_at: float
    byte_count: int = 0
    frame_count: int = 0
    hash: blake2b = field(default_factory=hashing)


@dataclass(slots=True)
class _Group:
    """Frames that are written and synced together, and who waits for them."""

    frames: list[bytes] = field(default_factory=list)
    waiters: list[asyncio.Future[None]] = field(default_factory=list)


class SegmentLog:
    """An append-only log of one process. ``append`` returns when the bytes are on the disk."""

    def __init__(self, folder: Path, *, limits: Limits) -> None:
        """Start the writer; the first write creates the first segment."""
        self._folder = folder
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._wake = threading.Condition()
        self._group = _Group()
        self._held_bytes = 0
        self._closing = False
        self._segment: _Segment | None = None
        self._thread = threading.Thread(target=self._run, name="segment-log", daemon=True)
        self._thread.start()

    async def append(self, *frames: bytes) -> None:
        """Write frames together. Refuses :class:`LogFull` and :class:`LogBroken`."""
        size = sum(map(len, frames))
        if self._closing or self._held_bytes + size > self._limits.waiting_bytes:
            raise LogFull
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._held_bytes += size
        try:
            with self._wake:
                self._group.frames += frames
                self._group.waiters.append(waiter)
                if len(self._group.waiters) == 1:
                    self._wake.notify()
            await waiter
        finally:
            self._held_bytes -= size

    async def close(self) -> None:
        """Write what waits, seal the segment, stop the thread."""
        self._closing = True
        with self._wake:
            self._wake.notify()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            while not (self._closing and not self._group.frames):
                group = self._next_group()
                if group.frames:
                    failure = self._write(group.frames)
                    with suppress(RuntimeError):  # the loop is gone: nobody waits any more
                        self._loop.call_soon_threadsafe(_answer, group.waiters, failure)
                self._seal_if_due()
        finally:
            self._closing = True  # whatever ended this thread: refuse, never let requests hang
            self._seal()

    def _next_group(self) -> _Group:
        """Wait for frames, or until the segment is old enough to be sealed."""
        with self._wake:
            if not self._group.frames and not self._closing:
                self._wake.wait(self._seconds_left())
            group, self._group = self._group, _Group()
        return group

    def _write(self, frames: list[bytes]) -> OSError | None:
        """Write and sync; after any failure the file is abandoned, for its end is unknown.

        A sync that failed once may succeed the second time although the data is lost, so it is
        never repeated (PostgreSQL's lesson of 2018, “fsyncgate”).
        """
        data = b"".join(frames)
        try:
            segment = self._segment or self._open()
            left = memoryview(data)
            while left:
                left = left[os.write(segment.descriptor, left) :]
            os.fdatasync(segment.descriptor)
        except OSError as error:
            logger.exception("The segment log cannot be written; the file is abandoned.")
            self._seal(is_whole=False)
            return error
        segment.byte_count += len(data)
        segment.frame_count += len(frames)
        segment.hash.update(data)
        return None

    def _open(self) -> _Segment:
        descriptor = None
        name = ""
        while descriptor is None:
            name = f"{clock.now():%Y%m%dT%H%M%S%f}-{os.getpid()}-{secrets.token_hex(4)}"
            descriptor = segments.open_segment(self._folder, name)
        self._segment = _Segment(name, descriptor, time.monotonic())
        return self._segment

    def _seconds_left(self) -> float | None:
        if self._segment is None:
            return None
        return max(0.0, self._segment.opened_at + self._limits.segment_age_s - time.monotonic())

    def _seal_if_due(self) -> None:
        segment = self._segment
        if segment is None:
            return
        if segment.byte_count >= self._limits.segment_bytes or self._seconds_left() == 0:
            self._seal()

    def _seal(self, *, is_whole: bool = True) -> None:
        """Let go of the segment, its seal at its end unless a write failed.

        Should the rename fail, the shipper finds the segment without an owner.
        """
        segment, self._segment = self._segment, None
        if segment is None:
            return
        try:
            if is_whole:
                mark = seal(frame_count=segment.frame_count, digest=segment.hash.digest())
                segments.write_seal(segment.descriptor, mark)
            segments.seal_segment(self._folder, segment.name)
        except OSError:
            logger.exception("Segment %s could not be sealed.", segment.name)
        with suppress(OSError):
            os.close(segment.descriptor)


def _answer(waiters: list[asyncio.Future[None]], failure: OSError | None) -> None:
    for waiter in waiters:
        if waiter.done():
            continue  # its request was cancelled
        if failure is None:
            waiter.set_result(None)
        else:
            refusal = LogBroken()
            refusal.__cause__ = failure
            waiter.set_exception(refusal)
