"""The rooms of the demo world: one that was, one that is on, one that comes."""

import datetime as dt
from dataclasses import dataclass

from takings.demo.rules.cast import FAN, MEMBER

PAST, NEXT = dt.timedelta(minutes=-20), dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """A room on a creator's first clip: when it begins, and what was said and given in it.

    ``said`` and ``given`` are by whom (the key of the cast) and what: words, or a kind of gift.
    """

    handle: str
    title: str
    begins_in: dt.timedelta
    is_over: bool = False
    said: tuple[tuple[str, str], ...] = ()
    given: tuple[tuple[str, str], ...] = ()


ROOMS = (
    DemoRoom(
        "mara-lights",
        "Friday loops, together",
        PAST,
        is_over=True,
        said=((FAN.key, "I could watch this for hours"), (MEMBER.key, "How long did it take?")),
        given=((FAN.key, "star"), (MEMBER.key, "cake"), (FAN.key, "rose")),
    ),
    DemoRoom("paper-kenji", "Folding along", dt.timedelta(0), said=((FAN.key, "Hello Kenji!"),)),
    DemoRoom("luisa-mar", "Reef hour", NEXT),
)
