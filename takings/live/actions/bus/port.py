"""What the rest of the product asks of a bus."""

import datetime as dt
from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from takings.live.rules.bus import Event, Note

MOST_AT_ONCE = 1_000


class Bus(Protocol):
    """Carries notes from any process to every process that listens, in one order for all."""

    def publish_many(self, *, notes: Sequence[Note], at: dt.datetime) -> None:
        """Tell these notes once the caller's transaction commits; never, when it does not."""
        ...

    def batches(self) -> AsyncGenerator[Sequence[Event] | None, None]:
        """Return every event from now on, each once and in order, until the loop is left.

        First comes an empty batch: from there on nothing is missed. A broken connection is made
        again, and goes on where it ended; None says that it was away for longer than events are
        kept, and that some are missed.
        """
        ...

    def since(self, *, topic: str, after: int) -> Sequence[Event] | None:
        """Return what a topic told after an event; None where too much was, or some is forgotten.

        Asks the database: not for the thread of a loop.
        """
        ...

    def last_number(self) -> int:
        """Return the number of the newest event: a page says it, and its browser goes on there."""
        ...
