"""Fans of a creator: the level each has and how they are listed, by the gifts that stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from takings.money import Money
from takings.money.currency import COIN
from takings.policies.rules import FanRule


class By(StrEnum):
    """What fans are measured by: coins, or where that is forbidden how often they gave."""

    COINS = "coins"
    GIFTS = "gifts"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gave a creator: how many gifts, and micro-coins in all."""

    gifts: int
    micros: int

    @property
    def coins(self) -> Money:
        """All of its coins."""
        return Money(self.micros, COIN)

    def by(self, measure: By) -> int:
        """Return what is measured: micro-coins or gifts."""
        return self.micros if measure is By.COINS else self.gifts


@dataclass(frozen=True, slots=True)
class Level:
    """A level from 1 on, and what its creator calls it."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where a fan stands: their level if they have one, the next, and what is missing for it.

    ``missing`` is micro-coins or gifts, as the creator's fans are measured; 0 on the last level.
    """

    level: Level | None
    next: Level | None
    missing: int


def measured_by(rule: FanRule, *countries: str) -> By:
    """Return what people of these countries are measured by."""
    return By.COINS if rule.ranks_by_amount(*countries) else By.GIFTS


def levels(rule: FanRule, *, names: Mapping[int, str]) -> tuple[Level, ...]:
    """Return all levels; ``names`` are those that a creator gave, by number."""
    told = enumerate(rule.level_names, 1)
    return tuple(Level(number, names.get(number, name)) for number, name in told)


def way_of(given: Given, *, rule: FanRule, by: By, names: Mapping[int, str]) -> Way:
    """Return where somebody stands by what they gave."""
    needed = rule.coin_levels if by is By.COINS else rule.gift_levels
    amount, all_levels = given.by(by), levels(rule, names=names)
    reached = sum(amount >= one for one in needed)
    level = all_levels[reached - 1] if reached else None
    if reached == len(needed):
        return Way(level, None, 0)
    return Way(level, all_levels[reached], needed[reached] - amount)


@dataclass(frozen=True, slots=True)
class Fan:
    """Somebody on a list. Without a ``name`` they do not want to be known, nor their level."""

    name: str
    given: Given
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A fan's place on a list, from 1 on; who gave the same shares it."""

    number: int
    fan: Fan


def places(fans: Sequence[Fan], *, by: By) -> list[Place]:
    """Return a list in order, those who gave most in front; equal ones by name, nobody last."""
    ordered = sorted(fans, key=lambda fan: (-fan.given.by(by), not fan.name, fan.name))
    found: list[Place] = []
    for number, fan in enumerate(ordered, 1):
        is_tied = bool(found) and found[-1].fan.given.by(by) == fan.given.by(by)
        found.append(Place(found[-1].number if is_tied else number, fan))
    return found
