"""What coins cost, who may have them, and which limits hold; and reading the pack that says so."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from takings.core.errors import Invalid
from takings.money import Money
from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.products import ELSEWHERE
from takings.policies.rules.values import Fact

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class CoinPack:
    """So many coins for money, and so many bonus coins with them; both in whole coins."""

    name: str
    bought: int
    bonus: int


@dataclass(frozen=True, slots=True)
class MinorCap:
    """What somebody from an age (inclusive) to another (exclusive) may buy in a country."""

    country: str
    from_age: int
    below_age: int
    a_purchase: Money
    a_month: Money


@dataclass(frozen=True, slots=True)
class CoinRule:
    """How coins are sold and spent from an instant on.

    ``prices`` are by country (``*`` is elsewhere) and name of the pack, taxes included. Bonus coins
    are spent first if ``bonus_first``; coins end after ``bonus_days`` or ``bought_days``, never if
    that is 0. Minors are not served from ``minors_closed[0]`` until ``[1]``, local time.
    """

    version: str
    effective_from: dt.datetime
    packs: tuple[CoinPack, ...]
    prices: tuple[tuple[str, str, Money], ...]
    bonus_first: bool
    bonus_days: int
    bought_days: int
    withdrawal_days: int
    adult_ages: tuple[tuple[str, int], ...]
    minors: tuple[MinorCap, ...]
    minors_closed: tuple[dt.time, dt.time]
    closed_countries: frozenset[str]
    looser_after: dt.timedelta
    exclusion_days: int
    new_account: dt.timedelta
    high_values: tuple[Money, ...]
    held_for: dt.timedelta
    declines_a_day: int
    facts: tuple[Fact, ...]

    def price_of(self, pack: str, *, country: str) -> Money:
        """Return what a pack costs somebody of this country, taxes included."""
        known = {(where, name): price for where, name, price in self.prices}
        return known.get((country, pack), known[ELSEWHERE, pack])

    def adult_age(self, country: str) -> int:
        """Return from which age on somebody of this country may have coins as they like."""
        known = dict(self.adult_ages)
        return known.get(country, known[ELSEWHERE])

    def cap_of(self, *, country: str, age: int) -> MinorCap | None:
        """Return what a minor of this age may buy there; nothing where they may buy none."""
        caps = (one for one in self.minors if one.country == country)
        return next((one for one in caps if one.from_age <= age < one.below_age), None)

    def high_value(self, currency: str) -> Money:
        """Return which purchases of a new account are looked at, in a currency: from this on."""
        listed = {one.currency: one for one in self.high_values}
        return listed.get(currency, Money.zero(currency))


def read_coin_pack(tree: Tree) -> tuple[CoinRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("coins",)))


def _rule(version: Version) -> CoinRule:
    facts = version.facts
    start, _, end = value_of(facts, "coins.minors_closed", str).partition("-")
    rule = CoinRule(
        version=version.name,
        effective_from=version.effective_from,
        packs=_rows(version, "packs", _pack),
        prices=_rows(version, "prices", _price),
        bonus_first=value_of(facts, "coins.bonus_first", int) != 0,
        bonus_days=value_of(facts, "coins.bonus_days", int),
        bought_days=value_of(facts, "coins.bought_days", int),
        withdrawal_days=value_of(facts, "coins.withdrawal_days", int),
        adult_ages=_rows(version, "adult_age", _age),
        minors=_rows(version, "minors", _cap),
        minors_closed=(dt.time.fromisoformat(start), dt.time.fromisoformat(end)),
        closed_countries=frozenset(value_of(facts, "coins.closed_countries", list)),
        looser_after=dt.timedelta(hours=value_of(facts, "coins.looser_after_hours", int)),
        exclusion_days=value_of(facts, "coins.exclusion_days", int),
        new_account=dt.timedelta(days=value_of(facts, "coins.new_account_days", int)),
        high_values=_rows(version, "high_values", _money),
        held_for=dt.timedelta(days=value_of(facts, "coins.held_days", int)),
        declines_a_day=value_of(facts, "coins.declines_a_day", int),
        facts=tuple(facts.values()),
    )
    _check(rule)
    return rule


def _check(rule: CoinRule) -> None:
    priced = {(where, name) for where, name, _ in rule.prices}
    if missing := [one.name for one in rule.packs if (ELSEWHERE, one.name) not in priced]:
        message = f"coins.prices says no price elsewhere (“*”) for {', '.join(missing)}"
        raise BrokenPack(message)
    if ELSEWHERE not in dict(rule.adult_ages):
        message = "coins.adult_age says no age for “*”, which is elsewhere"
        raise BrokenPack(message)


def _rows(version: Version, name: str, read: Callable[[list[str]], _Row]) -> tuple[_Row, ...]:
    rows: Iterable[str] = value_of(version.facts, f"coins.{name}", list)
    found = []
    for row in rows:
        try:
            found.append(read(row.split()))
        except (ValueError, Invalid) as wrong:
            message = f"coins.{name}: “{row}” cannot be read"
            raise BrokenPack(message) from wrong
    return tuple(found)


def _pack(words: list[str]) -> CoinPack:
    name, bought, bonus = words
    if int(bought) <= 0 or int(bonus) < 0:
        message = "a pack has coins"
        raise ValueError(message)
    return CoinPack(name, int(bought), int(bonus))


def _price(words: list[str]) -> tuple[str, str, Money]:
    country, pack, code, amount = words
    return country, pack, Money.parse(amount, code)


def _age(words: list[str]) -> tuple[str, int]:
    country, age = words
    return country, int(age)


def _money(words: list[str]) -> Money:
    code, amount = words
    return Money.parse(amount, code)


def _cap(words: list[str]) -> MinorCap:
    country, from_age, below_age, code, purchase, month = words
    caps = (Money.parse(amount, code) for amount in (purchase, month))
    return MinorCap(country, int(from_age), int(below_age), *caps)
