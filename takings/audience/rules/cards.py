"""What a client is told of a post: the same JSON in the feed's page and in its API."""

import datetime as dt
from functools import cache

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel

from takings.core import clock


class Byline(BaseModel):
    """Whose post it is."""

    handle: str
    name: str


class TextTrack(BaseModel):
    """Captions as WebVTT: where they lie, their language (BCP 47) and its name for people."""

    src: str
    language: str
    label: str


class Invitation(BaseModel):
    """A room of a creator: on now, or announced for ``starts_ms`` (UTC).

    A premiere shows a video that was not public before.
    """

    title: str
    url: str
    is_on: bool
    is_premiere: bool
    starts_ms: int

    @property
    def starts_at(self) -> dt.datetime:
        """When it begins, or began."""
        return clock.from_ms(self.starts_ms)


class Card(BaseModel):
    """One post of the feed. ``why`` says in one sentence what its place rests on.

    ``live`` is the room of its creator that is on, or begins next and soon. ``disclosure`` says who
    had a reason to pay for it, and is shown over it from its first frame.
    """

    id: str
    title: str
    creator: Byline
    duration_ms: int
    width: int
    height: int
    media: str
    poster: str
    captions: list[TextTrack]
    likes: int
    liked: bool
    following: bool
    why: str
    live: Invitation | None = None
    disclosure: str = ""


class CardPage(BaseModel):
    """Some posts in order; ``next`` continues, ``organic_between_ads`` posts come before an ad."""

    items: list[Card]
    next: str | None
    organic_between_ads: int


@cache
def language_name(tag: str) -> str:
    """Return a language's own name (``de`` → ``Deutsch``), or the tag when CLDR has none.

    >>> language_name("pt-BR")
    'português (Brasil)'
    """
    try:
        return Locale.parse(tag, sep="-").get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag
