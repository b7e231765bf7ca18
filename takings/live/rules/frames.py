"""What goes over the wire: frames of server-sent events (WHATWG HTML, section 9.2).

A frame holds one event or several, `id` is the number of the last: `data: [["word",{…}],…]`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from takings.live.rules.bus import Event

MOST_IN_FRAME = 100
PAUSE_A_LISTENER_S = 0.000_05  # a core sends some 20,000 frames a second
LONGEST_PAUSE_S = 0.25
RETRY_MS = 2_000
HEARTBEAT = b":\n\n"


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes for every listener of a topic, encoded once. Empty ``events``: told to none later."""

    data: bytes
    events: tuple[Event, ...] = ()

    @property
    def last(self) -> int:
        """The number of its newest event; 0 without any."""
        return self.events[-1].number if self.events else 0

    @property
    def may_drop(self) -> bool:
        """Tell whether a listener who is too slow may miss it."""
        return all(event.may_drop for event in self.events)


def frame_of(events: Sequence[Event]) -> Frame:
    """Return a frame of events that follow each other."""
    told = ",".join(f'["{event.kind}",{event.body}]' for event in events)
    return Frame(f"id: {events[-1].number}\ndata: [{told}]\n\n".encode(), tuple(events))


def passing(kind: str, body: object) -> Frame:
    """Return a frame of something that is true now and never told again, such as who is here."""
    return Frame(f"data: [{json.dumps([kind, body], separators=(',', ':'))}]\n\n".encode())


def resync(number: int) -> bytes:
    """Return what is told who missed something: look at the page again, and go on from here."""
    return f"id: {number}\nevent: resync\ndata: []\n\n".encode()


def newest(events: Sequence[Event], *, most: int = MOST_IN_FRAME) -> list[Event]:
    """Return the events that are told when there are too many: all that count, then the newest."""
    spare = len(events) - most
    kept = []
    for event in events:
        if spare > 0 and event.may_drop:
            spare -= 1
        else:
            kept.append(event)
    return kept


def pause_s(listener_count: int) -> float:
    """Return how long a topic is silent after it was told something: what comes is gathered.

    One listener is told at once. 5,000 are told four times a second, so that telling them does not
    take all of a core.
    """
    return min(listener_count * PAUSE_A_LISTENER_S, LONGEST_PAUSE_S)
