"""What a room shows of itself, to pages and over the API alike; instants in milliseconds (UTC)."""

from pydantic import BaseModel

from takings.audience.rules import Byline, TextTrack


class ShownRoom(BaseModel):
    """What everybody in a room is told of it. ``state``: coming, running, over or cancelled.

    ``slow_s`` is the pause between two lines of a person; ``talkers``: everybody or followers.
    """

    id: str
    state: str
    title: str
    starts_ms: int
    began_ms: int | None
    ends_ms: int
    talkers: str
    slow_s: int


class ShownLine(BaseModel):
    """Something said. ``by`` tells the people of one room apart, and says nothing elsewhere.

    ``badge`` is what the writer is to the creator, empty for nothing.
    """

    id: str
    by: str
    name: str
    is_host: bool
    badge: str
    text: str
    said_ms: int


class ShownVideo(BaseModel):
    """What is watched; all at the same position, which is now minus ``began_ms`` of the room."""

    id: str
    title: str
    media: str
    poster: str
    duration_ms: int
    width: int
    height: int
    captions: list[TextTrack]


class Entrance(BaseModel):
    """All that somebody needs who comes into a room.

    ``after`` is where its stream goes on, ``me`` the ``by`` of one's own lines (empty for
    visitors); ``hosts`` moderate. ``now_ms`` is the clock that positions are reckoned by.
    """

    room: ShownRoom
    video: ShownVideo
    creator: Byline
    lines: list[ShownLine]
    after: int
    now_ms: int
    chat_opens_ms: int
    minimum_age: int
    me: str
    hosts: bool
    shows_name: bool
    is_reminded: bool
    signed_in: bool
