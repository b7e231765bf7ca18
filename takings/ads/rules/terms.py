"""What a line item must be before anybody can be charged for it."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from takings.ads.rules.campaigns import (
    LONGEST_NAME,
    BudgetTooSmall,
    CurrenciesDiffer,
    Frame,
    Message,
    check_text,
)
from takings.ads.rules.frequency import Caps, check_caps
from takings.ads.rules.lines import MILLION, Pricing, Sale
from takings.ads.rules.pricing import KINDS, event_price
from takings.ads.rules.rates import PRIOR_PPM
from takings.ads.rules.rotation import ShownAds, check_ads
from takings.ads.rules.targeting import Audience, check_audience, check_regions
from takings.core.errors import Invalid
from takings.core.zones import check_time_zone
from takings.money import Money, format_money
from takings.people.rules import country_names

LARGEST_PRICE_MICROS = 1_000_000_000
"""A thousand units of currency for a thousand views, or for one click: someone mistyped."""


class BadPrice(Invalid):
    """The price is out of bounds, or no whole number of micro-units each."""

    code = "bad_price"
    sentence = (
        "The price must be above 0 and at most {largest}; a price per 1,000 needs at most three"
        " decimals, so that one view costs a whole number of micro-units."
    )


class BidTooLow(Invalid):
    """A bid below what an ad must bring never wins."""

    code = "bid_too_low"
    sentence = "A bid below {least} for {unit} never wins here; bid more, or choose a fixed price."


class BadLineBudget(Invalid):
    """A line item's own budget is a part of its campaign's."""

    code = "bad_line_budget"
    sentence = "The line item’s own budget must be within the campaign’s, which is {budget}."


class BadDailyBudget(Invalid):
    """What a day may cost lies between one view and the whole budget."""

    code = "bad_daily_budget"
    sentence = "The budget of a day must pay for at least one view and be within the whole budget."


class BadDates(Invalid):
    """A line item ends after it starts."""

    code = "bad_dates"
    sentence = "The line item must end after it starts, and after now."


class UnknownCountry(Invalid):
    """Countries are ISO 3166-1 alpha-2."""

    code = "unknown_country"
    sentence = "“{country}” is not a country code; use two letters such as DE."


class WrongPayer(Invalid):
    """The platform buys nothing of itself, and gives nothing away to others."""

    code = "wrong_payer"
    sentence = "The platform’s own campaigns have no price and no budget, and only they have none."


class GoalMissing(Invalid):
    """A price per conversion is for those of one goal; no other price is."""

    code = "goal_missing"
    sentence = "Choose the conversion that is paid for; make it under “Conversions” first."


@dataclass(frozen=True, slots=True)
class PaidGoal:
    """What an advertiser counts, and pays for: its id, and its name for the history."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a line item buys: events of ``pricing`` at ``price``; an auction pays that at most.

    It runs while ``starts_at`` ≤ now < ``ends_at``; its days are those of ``time_zone``. ``budget``
    is the part of the campaign's that it may spend (None: all), ``daily`` what a day may cost.
    No countries: everywhere. ``goal`` is what a conversion is one of. One viewer sees it at most as
    often as ``caps`` say, and each ad of it as ``ad_caps``.
    """

    name: str
    price: Money
    countries: tuple[str, ...]
    starts_at: dt.datetime
    ends_at: dt.datetime
    time_zone: str = "UTC"
    budget: Money | None = None
    daily: Money | None = None
    audience: Audience = field(default_factory=Audience)
    pricing: Pricing = Pricing.VCPM
    sale: Sale = Sale.FIXED
    caps: Caps = field(default_factory=Caps)
    ad_caps: Caps = field(default_factory=Caps)
    goal: PaidGoal | None = None
    ads: ShownAds = field(default_factory=ShownAds)


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign with its first line item and its first ad, under the id its form was given."""

    id: uuid.UUID
    frame: Frame
    terms: Terms
    message: Message
    creative_id: uuid.UUID


def check_terms(terms: Terms, *, within: Money, at: dt.datetime) -> None:
    """Refuse terms that could not be billed exactly ``within`` a campaign's budget, or never run.

    Refuses: BadText, CurrenciesDiffer, BadPrice, BudgetTooSmall, BadLineBudget, BadDailyBudget,
    WrongPayer, GoalMissing, BadDates, UnknownCountry, UnknownTimeZone, UnknownTarget,
    TooManyTargets, BadCap, RegionOfOtherCountry, TooManyAds, BadWeight.
    """
    if (terms.pricing is Pricing.CPA) != (terms.goal is not None):
        raise GoalMissing
    check_text(terms.name, which="name", longest=LONGEST_NAME)
    check_money(terms, within=within)
    if not max(terms.starts_at, at) < terms.ends_at:
        raise BadDates
    for country in terms.countries:
        if country not in country_names():
            raise UnknownCountry(country=country)
    check_time_zone(terms.time_zone)
    check_audience(terms.audience)
    check_regions(terms.audience, countries=terms.countries)
    check_caps(terms.caps)
    check_caps(terms.ad_caps)
    check_ads(terms.ads)


def check_bid(terms: Terms, *, floor: Money) -> None:
    """Refuse a bid that would never win: one impression must bring ``floor``. Refuses: BidTooLow.

    How often an impression brings what is paid for is assumed, as for what was never shown.
    """
    if terms.sale != Sale.AUCTION:
        return
    kind = KINDS[terms.pricing]
    least = Money(-(-floor.micros * MILLION // PRIOR_PPM[terms.pricing]), floor.currency)
    if event_price(terms.price, pricing=terms.pricing) < least:
        raise BidTooLow(least=format_money(least * kind.per, exact=True), unit=kind.unit)


def check_money(terms: Terms, *, within: Money) -> None:
    """Refuse a price and budgets that do not fit each other ``within`` a campaign's budget.

    What costs nothing has none of them.
    Refuses: CurrenciesDiffer, BadPrice, BudgetTooSmall, BadLineBudget, BadDailyBudget, WrongPayer.
    """
    price = terms.price
    for amount in (within, terms.budget, terms.daily):
        if amount is not None and amount.currency != price.currency:
            raise CurrenciesDiffer(price=price.currency, budget=amount.currency)
    if terms.pricing is Pricing.FREE:
        _check_free(terms, within=within)
        return
    if not 0 < price.micros <= LARGEST_PRICE_MICROS or price.micros % KINDS[terms.pricing].per:
        raise BadPrice(largest=LARGEST_PRICE_MICROS // 1_000_000)
    price = event_price(price, pricing=terms.pricing)
    budget = within if terms.budget is None else terms.budget
    if budget > within:
        raise BadLineBudget(budget=format_money(within, exact=True))
    if budget < price:
        raise BudgetTooSmall(price=format_money(price, exact=True))
    if terms.daily is not None and not price <= terms.daily <= budget:
        raise BadDailyBudget


def _check_free(terms: Terms, *, within: Money) -> None:
    has_budget = within or terms.budget is not None or terms.daily is not None
    if terms.price or has_budget or terms.sale is not Sale.FIXED:
        raise WrongPayer
