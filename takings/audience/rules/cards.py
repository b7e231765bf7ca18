"""What a client is told of a post: the same JSON in the feed's page and in its API."""

from functools import cache

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel


class Byline(BaseModel):
    """Whose post it is."""

    handle: str
    name: str


class TextTrack(BaseModel):
    """Captions as WebVTT: where they lie, their language (BCP 47) and its name for people."""

    src: str
    language: str
    label: str


class Card(BaseModel):
    """One post of the feed. ``why`` says in one sentence what its place rests on."""

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
