"""What a creator may offer, what it costs whom, and what of a price is for how much of a month."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from takings.core.errors import Conflict, Forbidden, Invalid
from takings.memberships.rules.months import UTC, Span
from takings.money import Money, currency, format_money
from takings.people.rules import age_on
from takings.policies.rules import MemberRule


class TierNeedsName(Invalid):
    """Fans read it beside their names."""

    code = "tier_needs_name"
    sentence = "Give the tier a name of 1 to {limit} characters."


class TierNeedsWords(Invalid):
    """Nobody pays for they know not what."""

    code = "tier_needs_words"
    sentence = "Say in 1 to {limit} characters what a member of this tier gets."


class TierNeedsPrice(Invalid):
    """A tier is sold in at least one currency."""

    code = "tier_needs_price"
    sentence = "Give a price a month in at least one currency."


class PriceOutOfBounds(Invalid):
    """The policy says from where to where prices go."""

    code = "price_out_of_bounds"
    sentence = "A month costs {least} to {most}, taxes included; you asked for {given}."


class TooManyTiers(Conflict):
    """Nobody tells more of them apart."""

    code = "too_many_tiers"
    sentence = "You offer {limit} tiers already, which is the most. Archive one first."


class MayNotOffer(Forbidden):
    """Offering memberships is bound to age, country and the terms of earning."""

    code = "may_not_offer"
    sentence = "You cannot offer memberships yet: {why}"


class MayNotJoin(Forbidden):
    """Joining is bound to age and country."""

    code = "may_not_join"
    sentence = "You cannot join: {why}"


@dataclass(frozen=True, slots=True)
class TierWish:
    """What a creator says of a tier; ``prices`` a month by currency, ``welcome`` for who joins."""

    name: str
    gives: str
    prices: Mapping[str, Money]
    welcome: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the policy asks about them; ``standing`` is whether they may earn at all."""

    country: str
    born_on: dt.date | None
    is_active: bool
    shares: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """A price, and from when on it is said."""

    price: Money
    at: dt.datetime


def check_tier(wish: TierWish, *, rule: MemberRule) -> TierWish:
    """Return the wish trimmed.

    Refuses: TierNeedsName, TierNeedsWords, TierNeedsPrice, PriceOutOfBounds.
    """
    name, gives, welcome = wish.name.strip(), wish.gives.strip(), wish.welcome.strip()
    if not 1 <= len(name) <= rule.name_chars or not name.isprintable():
        raise TierNeedsName(limit=rule.name_chars)
    if not gives or max(len(gives), len(welcome)) > rule.gives_chars:
        raise TierNeedsWords(limit=rule.gives_chars)
    if not wish.prices or not set(wish.prices) <= set(rule.prices):
        raise TierNeedsPrice
    for code, price in wish.prices.items():
        least, most = rule.prices[code]
        if not least <= price <= most or price.micros % currency(code).unit_micros:
            raise PriceOutOfBounds(
                least=format_money(least), most=format_money(most), given=format_money(price)
            )
    return replace(wish, name=name, gives=gives, welcome=welcome)


def check_may_offer(who: Person, *, rule: MemberRule, day: dt.date) -> None:
    """Refuse with :class:`MayNotOffer` whom the policy does not let offer memberships."""
    age = rule.creator_age(who.country)
    why = _why_not(who, rule=rule, age=age, day=day)
    if not why and not who.shares:
        why = "accept the terms of earning in your studio first."
    if why:
        raise MayNotOffer(why=why)


def check_may_join(who: Person, *, rule: MemberRule, day: dt.date) -> None:
    """Refuse with :class:`MayNotJoin` whom the policy does not let join."""
    why = _why_not(who, rule=rule, age=rule.fan_age(who.country), day=day)
    if why:
        raise MayNotJoin(why=why)


def _why_not(who: Person, *, rule: MemberRule, age: int, day: dt.date) -> str:
    if not who.is_active:
        return "the account is closed."
    if who.country in rule.closed_countries:
        return "there are no memberships in this country."
    if who.born_on is None:
        return "say on the page of coins in which year you were born."
    if age_on(born_on=who.born_on, day=day) < age:
        return f"memberships are for people from {age} on."
    return ""


def renewal_price(
    said: Iterable[Said], *, paid: Money, at: dt.datetime, notice: dt.timedelta
) -> Money:
    """Return what the next month costs who paid so much for the last one, discounts apart.

    A lower price holds at once, a higher one once it was said for as long as the notice lasts.

    >>> began = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    >>> said = [Said(Money(5, "EUR"), began), Said(Money(7, "EUR"), began + dt.timedelta(10))]
    >>> late, paid = [began + dt.timedelta(day) for day in (39, 40)], Money(5, "EUR")
    >>> [renewal_price(said, paid=paid, at=at, notice=dt.timedelta(30)).micros for at in late]
    [5, 7]
    """
    newest, noticed = paid, paid
    for one in sorted(said, key=lambda one: one.at):
        if one.at <= at:
            newest = one.price
        if one.at + notice <= at:
            noticed = one.price
    return min(newest, max(paid, noticed))


def days_of(span: Span) -> int:
    """Return how many days (UTC) some time is charged as: those that begin in it, but one."""
    return (_day(span.ends_at) - _day(span.starts_at)).days


def days_left(span: Span, *, at: dt.datetime) -> int:
    """Return how many days of some time are whole and to come; today is used."""
    if at < span.starts_at:
        return days_of(span)
    return max(0, (_day(span.ends_at) - _day(at)).days - 1)


def part_of_price(price: Money, *, days: int, of: int) -> Money:
    """Return the price of so many of all days, cut to what can be paid.

    >>> part_of_price(Money(5_000_000, "EUR"), days=10, of=31).micros
    1610000
    """
    unit = currency(price.currency).unit_micros
    return Money(price.micros * days // of // unit * unit, price.currency)


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(UTC).date()
