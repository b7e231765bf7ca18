"""A bus within one process, for tests and trials: the same promises, and nothing is stored."""

import asyncio
import datetime as dt
import threading
from collections.abc import AsyncGenerator, Sequence

from django.db import transaction

from takings.live.actions.bus.port import MOST_AT_ONCE
from takings.live.rules.bus import Ends, Event, Note, write_body


class MemoryBus:
    """Keeps the newest events in a list."""

    def __init__(self, *, keep: int = 10_000) -> None:
        """Begin with nothing told."""
        self._keep = keep
        self._events: list[Event] = []
        self._ends = Ends()
        self._lock = threading.Lock()
        self._ears: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def publish_many(self, *, notes: Sequence[Note], at: dt.datetime) -> None:
        """Tell these notes once the caller's transaction commits."""
        del at
        ready = [(note, write_body(note)) for note in notes]
        transaction.on_commit(lambda: self._tell(ready))

    async def batches(self) -> AsyncGenerator[Sequence[Event] | None, None]:
        """Return every event from now on."""
        more = asyncio.Event()
        ear = (asyncio.get_running_loop(), more)
        self._ears.add(ear)
        try:
            position = self.last_number()
            yield ()
            while True:
                await more.wait()
                more.clear()
                if not self._ends.has_all_after(position):
                    position = self.last_number()
                    yield None
                while found := self._after(position)[:MOST_AT_ONCE]:
                    position = found[-1].number
                    yield found
        finally:
            self._ears.discard(ear)

    def since(self, *, topic: str, after: int) -> Sequence[Event] | None:
        """Return what a topic told after an event."""
        if not self._ends.has_all_after(after):
            return None
        found = [event for event in self._after(after) if event.topic == topic]
        return found if len(found) <= MOST_AT_ONCE else None

    def last_number(self) -> int:
        """Return the number of the newest event."""
        return self._ends.last

    def _after(self, number: int) -> list[Event]:
        return [event for event in self._events if event.number > number]

    def _tell(self, ready: Sequence[tuple[Note, str]]) -> None:
        with self._lock:
            for note, body in ready:
                last = self._ends.last + 1
                self._events.append(Event(last, note.topic, note.kind, body, note.may_drop))
                del self._events[: -self._keep]
                self._ends = Ends(last=last, forgotten=last - len(self._events))
        for loop, more in list(self._ears):
            loop.call_soon_threadsafe(more.set)
