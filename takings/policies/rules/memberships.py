"""How memberships of creators are offered, sold and shared, and reading the pack that says so."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from takings.core.errors import Invalid
from takings.money import Money, Rate
from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.products import ELSEWHERE
from takings.policies.rules.values import Fact

WHOLE_BP = 10_000
_DAY = dt.timedelta(days=1)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class MemberRule:
    """``share`` of a fee without its tax is the creator's. Ages are full years by country.

    A creator offers so many ``tiers`` at once, at prices a month within those of their currency.
    ``currencies`` are by the fan's country, ``*`` is elsewhere. A higher price holds for who is a
    member from the first renewal ``notice`` later. Within ``withdrawal_days`` after joining all of
    the first fee goes back. A declined card is tried on each of ``charged_days_after`` a month's
    end; for ``grace`` after it its owner stays a member meanwhile.
    """

    version: str
    effective_from: dt.datetime
    share: Rate
    creator_ages: Mapping[str, int]
    fan_ages: Mapping[str, int]
    closed_countries: frozenset[str]
    tiers: int
    name_chars: int
    gives_chars: int
    currencies: Mapping[str, str]
    prices: Mapping[str, tuple[Money, Money]]
    notice: dt.timedelta
    withdrawal_days: int
    charged_days_after: tuple[int, ...]
    grace: dt.timedelta
    facts: tuple[Fact, ...]

    def creator_age(self, country: str) -> int:
        """Return from which age on somebody of this country offers tiers."""
        return self.creator_ages.get(country, self.creator_ages[ELSEWHERE])

    def fan_age(self, country: str) -> int:
        """Return from which age on somebody of this country joins."""
        return self.fan_ages.get(country, self.fan_ages[ELSEWHERE])

    def currency_in(self, country: str) -> str:
        """Return in which currency somebody of this country would rather pay."""
        return self.currencies.get(country, self.currencies[ELSEWHERE])


def read_member_pack(tree: Tree) -> tuple[MemberRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("memberships",)))


def _rule(version: Version) -> MemberRule:
    facts = version.facts

    def number(name: str) -> int:
        return value_of(facts, f"memberships.{name}", int)

    def rows(name: str, read: Callable[[str, str], _T]) -> list[_T]:
        return [read(name, row) for row in value_of(facts, f"memberships.{name}", list)]

    hosts, fans = dict(rows("creator_ages", _age)), dict(rows("fan_ages", _age))
    currencies, prices = dict(rows("currencies", _currency)), dict(rows("prices", _bounds))
    everywhere = {"creator_ages": {*hosts}, "fan_ages": {*fans}, "currencies": {*currencies}}
    for name, countries in everywhere.items():
        if ELSEWHERE not in countries:
            _broken(name, "says nothing for “*”, which is elsewhere")
    if not set(currencies.values()) <= set(prices):
        _broken("prices", "says no bounds for one of the currencies")
    days = tuple(rows("charged_days_after", _days))
    if not days or list(days) != sorted(set(days)) or days[-1] >= number("grace_days"):
        _broken("charged_days_after", "goes up from day to day, and ends within the grace")
    if number("share") > WHOLE_BP:
        _broken("share", f"is a share: 0 to {WHOLE_BP} basis points")
    return MemberRule(
        version=version.name,
        effective_from=version.effective_from,
        share=Rate.of_bp(number("share")),
        creator_ages=hosts,
        fan_ages=fans,
        closed_countries=frozenset(value_of(facts, "memberships.closed_countries", list)),
        tiers=number("tiers"),
        name_chars=number("name_chars"),
        gives_chars=number("gives_chars"),
        currencies=currencies,
        prices=prices,
        notice=number("notice_days") * _DAY,
        withdrawal_days=number("withdrawal_days"),
        charged_days_after=days,
        grace=number("grace_days") * _DAY,
        facts=tuple(facts.values()),
    )


def _broken(name: str, because: str) -> None:
    message = f"memberships.{name} {because}"
    raise BrokenPack(message)


def _age(name: str, row: str) -> tuple[str, int]:
    """Read ``KR 19``: the country (``*`` is elsewhere), and the full years."""
    country, _, years = row.partition(" ")
    if not years.isdecimal():
        _broken(name, f"“{row}” is no country and age")
    return country, int(years)


def _currency(name: str, row: str) -> tuple[str, str]:
    """Read ``DE EUR``: what somebody of the country pays in."""
    country, _, code = row.partition(" ")
    try:
        return country, Money.zero(code).currency
    except Invalid as wrong:
        message = f"memberships.{name} “{row}” is no country and currency"
        raise BrokenPack(message) from wrong


def _bounds(name: str, row: str) -> tuple[str, tuple[Money, Money]]:
    """Read ``EUR 0.99 99.99``: the least and the most a month."""
    try:
        code, least, most = row.split()
        bounds = Money.parse(least, code), Money.parse(most, code)
    except (ValueError, Invalid) as wrong:
        message = f"memberships.{name} “{row}” is no currency and two prices"
        raise BrokenPack(message) from wrong
    if not Money.zero(code) < bounds[0] <= bounds[1]:
        _broken(name, f"“{row}” goes from the least to the most")
    return code, bounds


def _days(name: str, row: str) -> int:
    if not row.isdecimal():
        _broken(name, f"“{row}” is no number of days")
    return int(row)
