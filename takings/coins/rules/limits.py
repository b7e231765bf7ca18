"""Who may spend coins, and how many: what a person set for themselves, and what policy sets."""

import datetime as dt
from enum import StrEnum
from zoneinfo import ZoneInfo

from takings.core.errors import Conflict, Forbidden, Invalid, TooMuch
from takings.money import Money, format_money
from takings.people.rules import age_on
from takings.policies.rules import CoinRule


class TooYoung(Forbidden):
    """Coins are for adults, as the policy of the country says."""

    code = "too_young_for_coins"
    sentence = "You must be {age} to have coins."


class AgeUnknown(Forbidden):
    """Without an age nobody knows whether somebody is old enough."""

    code = "age_unknown"
    sentence = "Say on the page of coins in which year you were born; coins are for adults."


class NotInThisCountry(Forbidden):
    """The policy names countries in which there are no coins."""

    code = "no_coins_in_country"
    sentence = "Coins are not available in your country."


class Paused(Conflict):
    """Somebody asked to be kept from spending, until then."""

    code = "coins_paused"
    sentence = "You asked not to spend coins until {until:%Y-%m-%d %H:%M} UTC."


class LimitReached(TooMuch):
    """What somebody set as the most for a day or a month is reached."""

    code = "coin_limit_reached"
    sentence = "This goes over your limit of {limit} a {span}; {left} are left until {until}."


class NoSuchLimit(Invalid):
    """A limit is whole coins, a pause one of those that are offered."""

    code = "no_such_limit"
    sentence = "Give a whole number of coins, or choose one of the times that are offered."


class LongerAlready(Conflict):
    """What somebody decided in a clear moment is not made shorter in another one."""

    code = "longer_already"
    sentence = (
        "You asked for this until {until:%Y-%m-%d %H:%M} UTC already; it is not made shorter."
    )


class LimitKind(StrEnum):
    """What somebody can set for themselves."""

    DAY = "day"
    MONTH = "month"
    PAUSE = "pause"
    EXCLUSION = "exclusion"


SUMS = (LimitKind.DAY, LimitKind.MONTH)


def check_person(
    *, rule: CoinRule, country: str, born_on: dt.date | None, day: dt.date, adult: bool = True
) -> int:
    """Return how old somebody is who may have coins.

    Of minors (``adult`` False) it lets those pass for whom the policy sets caps. Refuses:
    NotInThisCountry, AgeUnknown, TooYoung.
    """
    if country in rule.closed_countries:
        raise NotInThisCountry
    if born_on is None:
        raise AgeUnknown
    age, least = age_on(born_on=born_on, day=day), rule.adult_age(country)
    if age < least and (adult or rule.cap_of(country=country, age=age) is None):
        raise TooYoung(age=least)
    return age


def holds_from(
    *, old: int | None, new: int | None, at: dt.datetime, looser_after: dt.timedelta
) -> dt.datetime:
    """Return from when on a new sum holds (``None``: no limit): at once, unless it is looser."""
    is_looser = old is not None and (new is None or new > old)
    return at + looser_after if is_looser else at


def days_of(*, at: dt.datetime, time_zone: str) -> tuple[dt.date, dt.date]:
    """Return the day somebody lives in, and the first of its month."""
    day = at.astimezone(ZoneInfo(time_zone)).date()
    return day, day.replace(day=1)


def check_sum(kind: LimitKind, *, limit: Money, spent: Money, asked: Money, day: dt.date) -> None:
    """Refuse with :class:`LimitReached` what goes over a limit of its day or its month."""
    if spent + asked <= limit:
        return
    nothing = Money.zero(limit.currency)
    ends = day if kind is LimitKind.DAY else _last_of_month(day)
    raise LimitReached(
        limit=format_money(limit),
        span=kind.value,
        left=format_money(max(limit - spent, nothing)),
        until=f"the end of {ends:%Y-%m-%d}",
    )


def _last_of_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
