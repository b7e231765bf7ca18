"""Pure decisions about people: names, ages, and the signed token a viewer's browser carries."""

import datetime as dt
import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass
from functools import cache, lru_cache

import pycountry
from babel import Locale

from takings.core import clock
from takings.core.errors import Forbidden, Invalid

SMALLEST_AGE = 13
HANDLE = re.compile(r"^[a-z0-9](?:[a-z0-9-]{1,30})[a-z0-9]$")
COUNTRY = re.compile(r"^[A-Z]{2}$")
SIGNATURE_CHARS = 32
AGE_BRACKETS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
"""Years of age, as ads are aimed by them; minors are in none."""
VIEWER_COOKIE = "takings_viewer"
VIEWER_TOKEN_DAYS = 400
AD_FREE, AGE, REGION = "f", "a", "r"


class BadHandle(Invalid):
    """A handle is part of an address, so its letters are few."""

    code = "bad_handle"
    sentence = "“{given}” cannot be a handle: use 3 to 32 small letters, digits and hyphens."


class BadCountry(Invalid):
    """Countries are ISO 3166-1 alpha-2."""

    code = "bad_country"
    sentence = "“{given}” is not a country code; choose one from the list, such as DE."


class BadRegion(Invalid):
    """Regions are ISO 3166-2, and in the country of the account."""

    code = "bad_region"
    sentence = "“{given}” is no region of your country; choose one from the list, or none."


class TooYoung(Forbidden):
    """COPPA (US) and most platform terms set 13 as the lowest age."""

    code = "too_young"
    sentence = "You must be at least {age} years old to join."


class BadViewerToken(Invalid):
    """The viewer cookie is missing, forged or too old."""

    code = "bad_viewer_token"
    sentence = "Your viewing session is not valid any more; reload the page."


def check_handle(handle: str) -> str:
    """Return the handle, or refuse with :class:`BadHandle`."""
    if not HANDLE.fullmatch(handle):
        raise BadHandle(given=handle)
    return handle


def check_country(country: str) -> str:
    """Return the country code, or refuse with :class:`BadCountry`."""
    if not COUNTRY.fullmatch(country):
        raise BadCountry(given=country)
    return country


@cache
def country_names() -> dict[str, str]:
    """Return the English name of every country by its ISO 3166-1 alpha-2 code (CLDR)."""
    territories = Locale("en").territories
    return {code: name for code, name in sorted(territories.items()) if _is_country(code)}


def _is_country(code: str) -> bool:
    not_countries = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}  # CLDR's unions, tests and unknowns
    return COUNTRY.fullmatch(code) is not None and code not in not_countries


@cache
def region_names() -> dict[str, str]:
    """Return the name of every region by its ISO 3166-2 code, with that of what it belongs to."""
    return {
        one.code: one.name + (f" ({one.parent.name})" if one.parent_code else "")
        for one in sorted(pycountry.subdivisions, key=lambda one: str(one.code))
    }


@cache
def regions_of(country: str) -> dict[str, str]:
    """Return the regions of a country by their names; some countries have none."""
    own = {code: name for code, name in region_names().items() if country_of(code) == country}
    return dict(sorted(own.items(), key=lambda pair: pair[1]))


def country_of(region: str) -> str:
    """Return the country of a region: DE of DE-BY."""
    return region.partition("-")[0]


@cache
def with_wider_regions(region: str) -> frozenset[str]:
    """Return a region and those that it lies in: FR-01, Ain, and FR-ARA, Auvergne-Rhône-Alpes.

    One that a newer list has no more lies in none.
    """
    wider = _wider_regions().get(region)
    return frozenset({region}) | (with_wider_regions(wider) if wider else frozenset())


@cache
def _wider_regions() -> dict[str, str]:
    return {one.code: one.parent_code or "" for one in pycountry.subdivisions}


def check_region(region: str, *, country: str) -> None:
    """Refuse what is no region of a country; none is fine. Refuses: BadRegion."""
    if region and region not in regions_of(country):
        raise BadRegion(given=region[:20])


def age_on(*, born_on: dt.date, day: dt.date) -> int:
    """Return full years lived on ``day``; someone born on 29 February turns on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def check_age(*, born_on: dt.date | None, day: dt.date) -> None:
    """Refuse with :class:`TooYoung` below :data:`SMALLEST_AGE`; an unknown age passes."""
    if born_on is not None and age_on(born_on=born_on, day=day) < SMALLEST_AGE:
        raise TooYoung(age=SMALLEST_AGE)


def age_bracket(*, born_on: dt.date | None, day: dt.date) -> str:
    """Return which of :data:`AGE_BRACKETS` somebody is in; empty for minors and where unknown."""
    age = 0 if born_on is None else age_on(born_on=born_on, day=day)
    begun = [bracket for bracket in AGE_BRACKETS if int(bracket[:2]) <= age]
    return begun[-1] if begun else ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is watching, as the edge knows them without asking the database.

    ``is_shared``: nothing tells them from others, so nothing may be counted for them. ``age``: one
    of :data:`AGE_BRACKETS`, of those alone who allow that ads are chosen by it. ``region`` is ISO
    3166-2, of those alone who stated it for that.
    """

    viewer_id: uuid.UUID
    user_id: int | None
    country: str
    signed_at: dt.datetime
    is_shared: bool = False
    age: str = ""
    ad_free_until: dt.datetime | None = None
    region: str = ""

    def sees_no_ads(self, *, at: dt.datetime) -> bool:
        """Tell whether this viewer paid for seeing none."""
        return self.ad_free_until is not None and at < self.ad_free_until


def sign_viewer(viewer: Viewer, *, key: str) -> str:
    """Return the token ``1.<viewer>.<user>.<country>.<issued>.<signature>`` (HMAC-SHA256).

    Before the signature may come ``a<age>.``, ``r<region>.``, and of who sees no ads ``f<until>.``
    (seconds).
    """
    signed_s, until = clock.to_ms(viewer.signed_at) // 1000, viewer.ad_free_until
    body = f"1.{viewer.viewer_id.hex}.{viewer.user_id or ''}.{viewer.country}.{signed_s}"
    if viewer.age:
        body += f".{AGE}{viewer.age}"
    if viewer.region:
        body += f".{REGION}{viewer.region}"
    if until is not None and viewer.sees_no_ads(at=viewer.signed_at):
        body += f".{AD_FREE}{whole_second(until)}"
    return f"{body}.{_signature(body, key)}"


def read_viewer(*, token: str, key: str, at: dt.datetime) -> Viewer:
    """Return the viewer inside the token, or refuse with :class:`BadViewerToken`.

    A token older than :data:`VIEWER_TOKEN_DAYS` is refused, and so is one whose signature fails.
    """
    viewer = _signed_viewer(token, key)
    if at - viewer.signed_at > dt.timedelta(days=VIEWER_TOKEN_DAYS):
        raise BadViewerToken
    return viewer


@lru_cache(maxsize=16_384)
def _signed_viewer(token: str, key: str) -> Viewer:
    """Read a token that is signed; the same browser sends it again and again."""
    body, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body, key).encode()):
        raise BadViewerToken
    _version, viewer, user, country, issued, *more = body.split(".")
    told = {one[0]: one[1:] for one in more}
    until = told.get(AD_FREE)
    return Viewer(
        uuid.UUID(viewer),
        int(user) if user else None,
        country,
        clock.from_ms(int(issued) * 1000),
        age=told.get(AGE, ""),
        ad_free_until=clock.from_ms(int(until) * 1000) if until else None,
        region=told.get(REGION, ""),
    )


def whole_second(instant: dt.datetime) -> int:
    """Return the first whole second at or after an instant."""
    return -(-clock.to_ms(instant) // 1000)


def _signature(body: str, key: str) -> str:
    digest = hmac.new(f"viewer:{key}".encode(), body.encode(), hashlib.sha256)
    return digest.hexdigest()[:SIGNATURE_CHARS]
