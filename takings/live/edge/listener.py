"""One browser that listens: a short queue, and what happens when it is full."""

import asyncio
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from takings.live.rules.bus import PRIVATE, Event
from takings.live.rules.frames import HEARTBEAT, Frame, frame_of, resync

MOST_WAITING = 32
MOST_MISSED = 1  # beats of the heart that may wait for somebody who takes nothing


@dataclass(frozen=True, slots=True)
class Guest:
    """Who listens. ``viewer_id`` tells browsers apart; ``name`` is there of who wants it shown."""

    viewer_id: uuid.UUID
    user_id: int | None = None
    name: str = ""


class Listener:
    """Frames on their way to one browser. Who is too slow misses what may be missed first.

    When nothing more may be missed, all that waits makes way for one `resync`. Who takes nothing at
    all is given up.
    """

    __slots__ = (
        "_after",
        "_frames",
        "_missed",
        "_more",
        "_newest",
        "give_up",
        "guest",
        "is_closed",
    )

    def __init__(self, guest: Guest, *, after: int) -> None:
        """Listen from ``after``: what has this number or an earlier one was told before."""
        self.guest = guest
        self.is_closed = False
        self.give_up: Callable[[], None] = self.close
        self._missed = 0
        self._after = self._newest = after
        self._frames: deque[Frame | bytes] = deque()
        self._more = asyncio.Event()

    def offer(self, frame: Frame) -> None:
        """Queue a frame; never waits."""
        self._newest = max(self._newest, frame.last)
        self._frames.append(frame)
        if len(self._frames) > MOST_WAITING:
            self._make_room()
        self._more.set()

    def beat(self) -> None:
        """Queue a heartbeat; give up who has not even taken the last ones."""
        self._missed = self._missed + 1 if self._frames else 0
        if self._missed > MOST_MISSED:
            self.give_up()
        elif len(self._frames) < MOST_WAITING:
            self._frames.append(HEARTBEAT)
            self._more.set()

    def miss(self, number: int) -> None:
        """Say that something was missed; it goes on after ``number``."""
        self._newest = max(self._newest, number)
        self._frames.clear()
        self._frames.append(resync(self._newest))
        self._more.set()

    def begin(self, told: Sequence[Event], *, after: int) -> None:
        """Tell first what a topic told after ``after``; what was queued meanwhile comes once."""
        visible = [event for event in told if not event.kind.startswith(PRIVATE)]
        self._after = max(after, told[-1].number if told else after)
        if visible:
            self._frames.appendleft(frame_of(visible).data)
            self._more.set()

    def close(self) -> None:
        """Let the stream end once all that waits is sent."""
        self.is_closed = True
        self._more.set()

    async def next(self) -> bytes:
        """Return all that waits, when there is something; empty at the end."""
        while not self._frames and not self.is_closed:
            self._more.clear()
            await self._more.wait()
        data = b"".join(self._bytes(one) for one in self._frames)
        self._frames.clear()
        self._missed = 0
        if not data and not self.is_closed:
            return await self.next()
        return data

    def _bytes(self, one: Frame | bytes) -> bytes:
        if isinstance(one, bytes):
            return one
        if not one.events or one.events[0].number > self._after:
            return one.data
        rest = [event for event in one.events if event.number > self._after]
        return frame_of(rest).data if rest else b""

    def _make_room(self) -> None:
        for one in self._frames:
            if isinstance(one, bytes) or one.may_drop:
                self._frames.remove(one)
                return
        self.miss(self._newest)
