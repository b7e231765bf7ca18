"""What fans are shown of each other, what creators may ask for, and reading that pack."""

import datetime as dt
from dataclasses import dataclass

from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.values import Fact

MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class FanRule:
    """From an instant on: ``coin_levels`` (micro-coins) and ``gift_levels`` are what each needs.

    They grow, and there are as many of each as there are ``level_names``. In the countries of
    ``no_ranks`` nobody is ranked by what they gave, in those of ``no_exchange`` earnings are paid
    out and exchanged for nothing.
    """

    version: str
    effective_from: dt.datetime
    no_ranks: frozenset[str]
    no_exchange: frozenset[str]
    coin_levels: tuple[int, ...]
    gift_levels: tuple[int, ...]
    level_names: tuple[str, ...]
    level_name_chars: int
    board_size: int
    goals_at_once: int
    goal: dt.timedelta
    goal_micros: int
    goal_chars: int
    thanks: dt.timedelta
    thanks_chars: int
    facts: tuple[Fact, ...]

    def ranks_by_amount(self, *countries: str) -> bool:
        """Tell whether people of all these countries may be ranked by what they gave."""
        return self.no_ranks.isdisjoint(countries)


def read_fan_pack(tree: Tree) -> tuple[FanRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("fans",)))


def _rule(version: Version) -> FanRule:
    facts = version.facts

    def number(name: str) -> int:
        return value_of(facts, f"fans.{name}", int)

    names = tuple(value_of(facts, "fans.level_names", list))
    return FanRule(
        version=version.name,
        effective_from=version.effective_from,
        no_ranks=frozenset(value_of(facts, "fans.no_ranks_by_amount", list)),
        no_exchange=frozenset(value_of(facts, "fans.no_exchange", list)),
        coin_levels=tuple(micros * MICROS for micros in _levels(version, "coins", len(names))),
        gift_levels=_levels(version, "gifts", len(names)),
        level_names=names,
        level_name_chars=number("level_name_chars"),
        board_size=number("board_size"),
        goals_at_once=number("goals_at_once"),
        goal=number("goal_days") * dt.timedelta(days=1),
        goal_micros=number("goal_coins") * MICROS,
        goal_chars=number("goal_chars"),
        thanks=number("thanks_days") * dt.timedelta(days=1),
        thanks_chars=number("thanks_chars"),
        facts=tuple(facts.values()),
    )


def _levels(version: Version, of: str, count: int) -> tuple[int, ...]:
    found = value_of(version.facts, f"fans.levels_by_{of}", list)
    is_whole = all(isinstance(one, int) and one > 0 for one in found)
    if not is_whole or list(found) != sorted(set(found)) or len(found) != count:
        message = f"fans.levels_by_{of} are numbers that grow, one for each of fans.level_names"
        raise BrokenPack(message)
    return tuple(found)
