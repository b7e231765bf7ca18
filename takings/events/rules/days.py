"""How far counting is, for whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DaysCounted:
    """Days that are ``done`` of all that must be counted, and what that took so far.

    ``event_count`` events were read, from ``byte_count`` bytes of the lake, in ``took_ms``.
    """

    day_count: int
    done: int = 0
    event_count: int = 0
    byte_count: int = 0
    took_ms: int = 0

    def and_day(self, *, event_count: int, byte_count: int, took_ms: int) -> "DaysCounted":
        """Return how far it is with one day more."""
        return DaysCounted(
            self.day_count,
            self.done + 1,
            self.event_count + event_count,
            self.byte_count + byte_count,
            self.took_ms + took_ms,
        )


TellDays = Callable[[DaysCounted], None]


def tell_nobody(now: DaysCounted) -> None:
    """Say nothing: for callers nobody is watching."""
