"""What is sold to whom, where and when."""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from takings.core.errors import Conflict, Forbidden, Invalid
from takings.money import Money
from takings.money.currency import COIN
from takings.people.rules import age_on, country_names

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
MOST_COINS = 50_000
OLDEST = 21


class Art(StrEnum):
    """The drawings there are: ``static/gifts/<art>.svg``."""

    ROSE = "rose"
    HEART = "heart"
    CLAP = "clap"
    COFFEE = "coffee"
    STAR = "star"
    CAKE = "cake"
    ROCKET = "rocket"
    CROWN = "crown"


class Motion(StrEnum):
    """How a drawing moves over the video; where less motion is wanted it appears and fades."""

    RISE = "rise"
    POP = "pop"
    SPIN = "spin"
    RAIN = "rain"
    FLY = "fly"


class NotSold(Conflict):
    """Not here, not now, or not any more."""

    code = "gift_not_sold"
    sentence = "“{gift}” {why}. Choose another gift."


class TooYoungForGift(Forbidden):
    """Some gifts are for older people only."""

    code = "too_young_for_gift"
    sentence = "You must be {age} to send “{gift}”."


class BadGiftKind(Invalid):
    """What an operator wrote cannot be sold."""

    code = "bad_gift_kind"
    sentence = "{problem}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A gift as rules see it; the catalogue (``models.GiftKind``) says what each field means."""

    name: str
    price: Money
    countries: frozenset[str] = frozenset()
    season_from: dt.date | None = None
    season_until: dt.date | None = None
    min_age: int = 0
    is_retired: bool = False

    def why_not(self, *, country: str, day: dt.date) -> str:
        """Return why it is not sold in a country on a day, as the end of a sentence; or nothing."""
        if self.is_retired:
            return "is not sold any more"
        if self.countries and country not in self.countries:
            return "is not sold in your country"
        if self.season_from is not None and day < self.season_from:
            return f"is sold from {self.season_from:%Y-%m-%d} on"
        if self.season_until is not None and self.season_until < day:
            return f"was sold until {self.season_until:%Y-%m-%d}"
        return ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who would send a gift: where they are, the day they live in, and their age if it is known."""

    country: str
    day: dt.date
    born_on: dt.date | None


def check_sold(offer: Offer, *, buyer: Buyer) -> None:
    """Refuse what is not sold to somebody. Refuses: NotSold, TooYoungForGift."""
    why = offer.why_not(country=buyer.country, day=buyer.day)
    if why:
        raise NotSold(gift=offer.name, why=why)
    age = 0 if buyer.born_on is None else age_on(born_on=buyer.born_on, day=buyer.day)
    if age < offer.min_age:
        raise TooYoungForGift(gift=offer.name, age=offer.min_age)


def is_slug(text: str) -> bool:
    """Tell whether a text can be a gift's short name."""
    return SLUG.fullmatch(text) is not None


def check_kind(*, slug: str, offer: Offer) -> None:
    """Refuse a kind that cannot be sold. Refuses: BadGiftKind."""
    unknown = sorted(offer.countries - country_names().keys())
    whole = 10**6
    problems = {
        "A short name for the address: small letters, digits and hyphens.": not is_slug(slug),
        "A gift has a name.": not offer.name.strip(),
        f"A price is a whole number of coins from 1 to {MOST_COINS:,}.": (
            offer.price.currency != COIN
            or offer.price.micros % whole != 0
            or not whole <= offer.price.micros <= MOST_COINS * whole
        ),
        f"“{', '.join(unknown)}” is no country: write two letters each, such as DE.": bool(unknown),
        f"An age is at most {OLDEST}; everybody who sends gifts is grown up anyway.": (
            not 0 <= offer.min_age <= OLDEST
        ),
        "A season ends after it begins.": (
            offer.season_from is not None
            and offer.season_until is not None
            and offer.season_until < offer.season_from
        ),
    }
    for problem, is_there in problems.items():
        if is_there:
            raise BadGiftKind(problem=problem)
