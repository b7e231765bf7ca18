"""What a campaign must be before anybody can be charged for it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from takings.ads.rules.schedule import check_time_zone
from takings.core.errors import Conflict, Invalid
from takings.money import Money, format_money
from takings.people.rules import country_names

IMPRESSIONS_PER_MILLE = 1_000
LONGEST_HEADLINE = 60
LONGEST_CALL = 24
LONGEST_NAME = 80
LONGEST_URL = 500
LARGEST_CPM_MICROS = 1_000_000_000
"""A thousand units of currency for a thousand views: above it, someone mistyped."""


class BadPrice(Invalid):
    """The price per thousand is out of bounds, or no whole number of micro-units each."""

    code = "bad_price"
    sentence = (
        "The price per 1,000 views must be above 0, at most {largest}, and have at most three"
        " decimals, so that one view costs a whole number of micro-units."
    )


class BudgetTooSmall(Invalid):
    """The budget does not pay for a single view."""

    code = "budget_too_small"
    sentence = "The budget must pay for at least one view: {price}."


class BadDailyBudget(Invalid):
    """What a day may cost lies between one view and the whole budget."""

    code = "bad_daily_budget"
    sentence = "The budget of a day must pay for at least one view and be within the whole budget."


class CurrenciesDiffer(Invalid):
    """Price and budget are amounts of one currency."""

    code = "currencies_differ"
    sentence = "Price and budget must be in one currency; you gave {price} and {budget}."


class BadDates(Invalid):
    """A campaign ends after it starts."""

    code = "bad_dates"
    sentence = "The campaign must end after it starts, and after now."


class BadText(Invalid):
    """A text is missing, too long, or holds control characters."""

    code = "bad_text"
    sentence = "The {which} needs 1 to {longest} characters on one line."


class BadLandingPage(Invalid):
    """Where a click leads must be a plain address that nobody on the way can change."""

    code = "bad_landing_page"
    sentence = "The landing page must be a full https address, such as https://shop.example/."


class UnknownCountry(Invalid):
    """Countries are ISO 3166-1 alpha-2."""

    code = "unknown_country"
    sentence = "“{country}” is not a country code; use two letters such as DE."


class WrongStep(Conflict):
    """A campaign's status leads only to some others."""

    code = "wrong_step"
    sentence = "This campaign is {status}; it cannot become {wanted}."


@dataclass(frozen=True, slots=True)
class Terms:
    """What an advertiser asks for. ``cpm`` buys 1,000 viewable views; no countries: everywhere.

    The campaign runs while ``starts_at`` ≤ now < ``ends_at``; its days are those of ``time_zone``,
    and ``daily`` is what one of them may cost at most.
    """

    name: str
    cpm: Money
    budget: Money
    countries: tuple[str, ...]
    starts_at: dt.datetime
    ends_at: dt.datetime
    time_zone: str = "UTC"
    daily: Money | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What viewers are told, and where a click leads."""

    headline: str
    call_to_action: str
    landing_url: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole campaign, under the id its form was given."""

    id: uuid.UUID
    terms: Terms
    message: Message
    creative_id: uuid.UUID


def impression_price(cpm: Money) -> Money:
    """Return the price of one view: $4.25 per thousand is exactly 4 250 micro-dollars."""
    return cpm // IMPRESSIONS_PER_MILLE


def check_terms(terms: Terms, *, at: dt.datetime) -> None:
    """Refuse terms that could not be billed exactly or would never run.

    Refuses: BadText, CurrenciesDiffer, BadPrice, BudgetTooSmall, BadDailyBudget, BadDates,
    UnknownCountry, UnknownTimeZone.
    """
    _check_text(terms.name, which="name", longest=LONGEST_NAME)
    cpm, budget = terms.cpm, terms.budget
    if cpm.currency != budget.currency:
        raise CurrenciesDiffer(price=cpm.currency, budget=budget.currency)
    if not 0 < cpm.micros <= LARGEST_CPM_MICROS or cpm.micros % IMPRESSIONS_PER_MILLE:
        raise BadPrice(largest=LARGEST_CPM_MICROS // 1_000_000)
    if budget < impression_price(cpm):
        raise BudgetTooSmall(price=format_money(impression_price(cpm), exact=True))
    if terms.daily is not None:
        _check_daily(terms.daily, cpm=cpm, budget=budget)
    if not max(terms.starts_at, at) < terms.ends_at:
        raise BadDates
    for country in terms.countries:
        if country not in country_names():
            raise UnknownCountry(country=country)
    check_time_zone(terms.time_zone)


def _check_daily(daily: Money, *, cpm: Money, budget: Money) -> None:
    if daily.currency != budget.currency:
        raise CurrenciesDiffer(price=cpm.currency, budget=daily.currency)
    if not impression_price(cpm) <= daily <= budget:
        raise BadDailyBudget


def check_message(message: Message) -> None:
    """Refuse a message that could not be shown or followed.

    Refuses: BadText, BadLandingPage.
    """
    _check_text(message.headline, which="headline", longest=LONGEST_HEADLINE)
    _check_text(message.call_to_action, which="call to action", longest=LONGEST_CALL)
    check_landing(message.landing_url)


def check_landing(url: str) -> str:
    """Return the address, or refuse with :class:`BadLandingPage`.

    Only https, with a host, without a user name, spaces or control characters: what a
    browser opens is what the advertiser wrote.
    """
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        raise BadLandingPage
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise BadLandingPage from None
    plain = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    if not plain or not port_is_fine:
        raise BadLandingPage
    return url


MAY_BECOME = {
    "drafted": {"active", "ended"},
    "active": {"paused", "ended"},
    "paused": {"active", "ended"},
    "ended": set[str](),
}


def check_step(*, status: str, wanted: str) -> None:
    """Refuse with :class:`WrongStep` a status that does not follow from the present one."""
    if wanted not in MAY_BECOME[status]:
        raise WrongStep(status=status, wanted=wanted)


def _check_text(text: str, *, which: str, longest: int) -> None:
    if not 0 < len(text.strip()) <= longest or not text.isprintable():
        raise BadText(which=which, longest=longest)
