"""What creators may take as promotion credits and promote with them, and reading that pack."""

import datetime as dt
from dataclasses import dataclass

from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.values import Fact


@dataclass(frozen=True, slots=True)
class PromotionRule:
    """From an instant on: who is of ``age`` takes one of the ``amounts`` of earnings as credits.

    Amounts and ``least_budget`` are whole units of the currency that ads are sold in. A promotion
    bids ``bid_micros`` for a thousand viewable views, and one viewer sees it ``day_cap`` times a
    day; ``is_reviewed``: an operator looks at it first.
    """

    version: str
    effective_from: dt.datetime
    age: int
    amounts: tuple[int, ...]
    least_budget: int
    most_days: int
    bid_micros: int
    day_cap: int
    is_reviewed: bool
    facts: tuple[Fact, ...]


def read_promotion_pack(tree: Tree) -> tuple[PromotionRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("promotions",)))


def _rule(version: Version) -> PromotionRule:
    facts = version.facts

    def number(name: str) -> int:
        return value_of(facts, f"promotions.{name}", int)

    amounts = tuple(value_of(facts, "promotions.amounts", list))
    if not all(isinstance(one, int) and one > 0 for one in amounts):
        message = "promotions.amounts are whole units of the currency that ads are sold in"
        raise BrokenPack(message)
    return PromotionRule(
        version=version.name,
        effective_from=version.effective_from,
        age=number("age"),
        amounts=amounts,
        least_budget=number("least_budget"),
        most_days=number("most_days"),
        bid_micros=number("bid_micros"),
        day_cap=number("day_cap"),
        is_reviewed=value_of(facts, "promotions.is_reviewed", bool),
        facts=tuple(facts.values()),
    )
