"""What is said on the bus: notes before they have a number, events with it, and their words."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from takings.core import ids
from takings.core.errors import Invalid

MOST_BODY_BYTES = 4_000
TOPIC = re.compile(r"[a-z]{1,16}:[0-9a-zA-Z-]{1,40}")
KIND = re.compile(r"_?[a-z]{1,24}")
PRIVATE = "_"  # a kind that begins so is for the edge, and never sent to a browser


class Topic(Enum):
    """What something can be told about; the name of a topic is ``room:<id>``."""

    ROOM = "room"
    VIDEO = "video"
    EARNINGS = "earnings"

    def of(self, topic_id: UUID | str) -> str:
        """Return the name of one topic, as publishers and streams use it."""
        return f"{self.value}:{topic_id}"


def earnings_topic(creator_id: int) -> str:
    """Return the name of the topic to which only a creator listens: what they earn moves."""
    return Topic.EARNINGS.of(ids.derived("what a creator earns", creator_id))


class BadNote(Invalid):
    """A mistake of the publisher: it would reach nobody, or too many bytes would reach all."""

    code = "bad_note"
    sentence = "This cannot be told live: {why}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to tell everybody who listens to a topic, such as ``room:<id>``.

    ``may_drop``: a listener who is too slow may miss it without being wrong about anything for
    long; an animation is such a note, a line of chat is not. A body is small (4 kB of JSON).
    """

    topic: str
    kind: str
    body: Mapping[str, object]
    may_drop: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A note with its place: numbers grow by one, over all topics, in the order of commits.

    ``body`` is JSON on one line.
    """

    number: int
    topic: str
    kind: str
    body: str
    may_drop: bool


@dataclass(frozen=True, slots=True)
class Ends:
    """Which events can be told again: those after ``forgotten``, until ``last``."""

    last: int = 0
    forgotten: int = 0

    def has_all_after(self, number: int) -> bool:
        """Tell whether nothing after an event is forgotten; a number of another past has nothing.

        A database that was restored counts on from an earlier number than browsers have seen.
        """
        return self.forgotten <= number <= self.last


def write_body(note: Note) -> str:
    """Return the JSON of a note, or refuse with :class:`BadNote`."""
    if not TOPIC.fullmatch(note.topic):
        raise BadNote(why=f"“{note.topic}” is no topic")
    if not KIND.fullmatch(note.kind):
        raise BadNote(why=f"“{note.kind}” is no kind")
    body = json.dumps(note.body, separators=(",", ":"), ensure_ascii=False)
    if len(body.encode()) > MOST_BODY_BYTES:
        raise BadNote(why=f"it has more than {MOST_BODY_BYTES} bytes")
    return body
