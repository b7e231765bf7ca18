"""For whom a line item is, as its advertiser says it, and what a request tells of itself.

Nothing here knows who somebody is: a browser's language, a kind of device, the time, the video
before the ad.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale

from takings.ads.rules.lines import UNSAID
from takings.ads.rules.tokens import Placement
from takings.core.errors import Invalid
from takings.people.rules import (
    AGE_BRACKETS,
    country_names,
    country_of,
    region_names,
    with_wider_regions,
)
from takings.videos.rules.categories import CATEGORIES, names_of

DEVICES = ("phone", "tablet", "desktop", "tv")
PLACEMENTS = tuple(one.name.lower() for one in Placement)
HOURS = range(24)
QUARTER = dt.timedelta(minutes=15)
QUARTERS = 96
"""Every clock of the world is a whole number of quarters of an hour from UTC."""
MOST_VALUES = 200
LONGEST_WORD = 40
MOST_CLIENTS = 4_096
MOST_WORDS = 300
_WORD = re.compile(r"\w{2,}")
_TABLET = re.compile(r"ipad|tablet|android(?!.*mobile)|kindle|silk", re.IGNORECASE)
_TV = re.compile(
    r"smart-?tv|googletv|appletv|tizen.+tv|web0s|roku|crkey|\baft[a-z]{1,3}\b", re.IGNORECASE
)
_PHONE = re.compile(r"mobi|iphone|ipod", re.IGNORECASE)
_TAG = re.compile(r"([a-z]{2,3})\b", re.IGNORECASE)


class UnknownTarget(Invalid):
    """Ads are aimed by values that requests have."""

    code = "unknown_target"
    sentence = "“{value}” is none of the {which} that ads can be aimed by."


class TooManyTargets(Invalid):
    """A list that nobody reads is a mistake."""

    code = "too_many_targets"
    sentence = "List at most {most} {which}."


class RegionOfOtherCountry(Invalid):
    """An ad for a region is for nobody where its country is left out."""

    code = "region_of_other_country"
    sentence = "{region} is in {country}; choose that country, too, or leave the region out."


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom: an empty list asks for nothing, of several values one must fit.

    ``hours`` are hours of the line item's clock. ``keywords`` are words of the title and the
    description of the video before the ad; ``creators`` are ids of whose it is, ``categories``
    codes of what it is about, as its creator says. What is blocked keeps the ad away from such
    videos, ``UNSAID`` from those that say no category. ``ages`` are groups of those who want ads to
    be chosen by theirs. ``regions`` (ISO 3166-2) are those that viewers state, which lie in wider
    ones; ads keep away from ``blocked_regions``, and from whoever of their countries states none.
    """

    languages: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    placements: tuple[str, ...] = ()
    hours: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()
    blocked_keywords: tuple[str, ...] = ()
    creators: tuple[int, ...] = ()
    blocked_creators: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    blocked_categories: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    blocked_regions: tuple[str, ...] = ()

    @property
    def needs_video(self) -> bool:
        """Tell whether it depends on the video before the ad."""
        wanted = (self.keywords, self.creators, self.categories)
        return any((*wanted, self.blocked_keywords, self.blocked_creators, self.blocked_categories))


@dataclass(frozen=True, slots=True)
class Client:
    """What a request tells of who sends it: ISO 639 language, kind of device. Empty: unknown."""

    language: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The video before an ad, or around it: whose, its words, its categories. Empty: unknown.

    Ads of ``blocked_categories`` are kept away from it by its creator.
    """

    creator: str = ""
    keywords: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    blocked_categories: frozenset[str] = frozenset()


@cache
def language_names() -> dict[str, str]:
    """Return the English name of every language by its ISO 639 code of two letters (CLDR)."""
    names = Locale("en").languages
    return {code: name for code, name in sorted(names.items()) if len(code) == len("de")}


def tidied_audience(audience: Audience) -> Audience:
    """Return each value once, in order; words small, without what is no part of a word."""
    words = {
        name: tuple(word for text in getattr(audience, name) for word in sorted(words_of(text)))
        for name in ("keywords", "blocked_keywords")
    }
    lists = {one.name: getattr(audience, one.name) for one in fields(audience)} | words
    return Audience(**{name: tuple(sorted(set(values))) for name, values in lists.items()})


def check_audience(audience: Audience) -> None:
    """Refuse values that no request will ever have. Refuses: UnknownTarget, TooManyTargets."""
    known: Mapping[str, Iterable[str | int]] = {
        "languages": language_names(),
        "devices": DEVICES,
        "placements": PLACEMENTS,
        "hours": HOURS,
        "ages": AGE_BRACKETS,
        "categories": CATEGORIES,
        "blocked_categories": {UNSAID, *CATEGORIES},
        "regions": region_names(),
        "blocked_regions": region_names(),
    }
    for one in fields(audience):
        which, values = one.name.replace("_", " "), getattr(audience, one.name)
        if len(values) > MOST_VALUES:
            raise TooManyTargets(most=MOST_VALUES, which=which)
        for value in values:
            if one.name in known and value not in known[one.name]:
                raise UnknownTarget(value=value, which=which)
            if isinstance(value, str) and len(value) > LONGEST_WORD:
                raise UnknownTarget(value=value[:LONGEST_WORD], which=which)


def told_audience(audience: Audience) -> dict[str, str]:
    """Return each list in words, as a person reads it in a history."""
    return {
        one.name.replace("_", " "): " ".join(str(value) for value in getattr(audience, one.name))
        or "any"
        for one in fields(audience)
    } | {
        "categories": ", ".join(names_of(audience.categories)) or "any",
        "blocked categories": ", ".join(blocked_names(audience)) or "any",
    }


def blocked_names(audience: Audience) -> list[str]:
    """Return the names of the categories that an ad is kept away from."""
    said = names_of(one for one in audience.blocked_categories if one != UNSAID)
    return [*said, "not said"] if UNSAID in audience.blocked_categories else said


def check_regions(audience: Audience, *, countries: Collection[str]) -> None:
    """Refuse regions outside of the countries, if there are any. Refuses: RegionOfOtherCountry."""
    for region in (*audience.regions, *audience.blocked_regions):
        country = country_of(region)
        if countries and country not in countries:
            raise RegionOfOtherCountry(
                region=region_names()[region], country=country_names()[country]
            )


@cache
def regions_around(region: str, country: str) -> frozenset[str]:
    """Return in which regions a viewer is: “DE-” where only the country, Germany, is known."""
    return with_wider_regions(region) if region else frozenset({unknown_in(country)})


def unknown_in(country: str) -> str:
    """Return what stands for an unknown region of a country."""
    return f"{country}-"


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, small: “Green Tea #tea!” has green and tea."""
    return frozenset(_WORD.findall(text.casefold())[:MOST_WORDS])


def quarter_of(at: dt.datetime) -> int:
    """Return which quarter of an hour of its UTC day an instant is in: 0 to 95."""
    return at.hour * 4 + at.minute // 15


def quarters_of(hours: Iterable[int], *, time_zone: str, at: dt.datetime) -> frozenset[int]:
    """Return the quarters of the UTC day of ``at`` in which a clock there shows one of the hours.

    It is asked anew with every look at the database, so a change of the clocks counts at once.
    """
    wanted = frozenset(hours)
    if not wanted:
        return frozenset()
    zone = ZoneInfo(time_zone)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return frozenset(
        number
        for number in range(QUARTERS)
        if (day + number * QUARTER).astimezone(zone).hour in wanted
    )


def read_client(headers: Mapping[bytes, bytes]) -> Client:
    """Return what the headers of a request tell: the language wanted most, the kind of device.

    >>> read_client({b"accept-language": b"de-AT,en;q=0.5", b"user-agent": b"X (iPhone) Mobile"})
    Client(language='de', device='phone')
    """
    return _client(headers.get(b"accept-language", b""), headers.get(b"user-agent", b""))


@lru_cache(maxsize=MOST_CLIENTS)
def _client(wanted: bytes, named: bytes) -> Client:
    """Read two headers; the same browser sends the same again and again."""
    found = _TAG.match(wanted.decode("latin-1").strip())
    language = found[1].lower() if found else ""
    agent = named.decode("latin-1")
    return Client(language if language in language_names() else "", _device(agent))


def _device(agent: str) -> str:
    if not agent.strip():
        return ""
    kinds = {"tv": _TV, "tablet": _TABLET, "phone": _PHONE}
    return next((kind for kind, pattern in kinds.items() if pattern.search(agent)), "desktop")
