"""What holds for deals between brands and creators, and reading that pack."""

import datetime as dt
from dataclasses import dataclass

from takings.money import Rate
from takings.policies.rules.facts import Tree, Version, read_versions, value_of
from takings.policies.rules.values import Fact

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class DealRule:
    """From an instant on: ``creator_share`` of each milestone is the creator's, the rest is ours.

    An offer is answered within ``answer``, an agreed deal paid in within ``fund``, a draft looked
    at within ``review`` (silence approves) and revised within ``revise``. A published video may be
    hidden for ``absent`` while it has to stay. A deal is worth ``least_micros`` to ``most_micros``
    of its currency. Ratings are shown after ``rating``, or when both are there.
    """

    version: str
    effective_from: dt.datetime
    creator_share: Rate
    age: int
    answer: dt.timedelta
    fund: dt.timedelta
    review: dt.timedelta
    revise: dt.timedelta
    absent: dt.timedelta
    most_revisions: int
    most_videos: int
    most_days: int
    most_usage_days: int
    least_micros: int
    most_micros: int
    most_versions: int
    rating: dt.timedelta
    facts: tuple[Fact, ...]


def read_deal_pack(tree: Tree) -> tuple[DealRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("deals",)))


def _rule(version: Version) -> DealRule:
    facts = version.facts

    def number(name: str) -> int:
        return value_of(facts, f"deals.{name}", int)

    return DealRule(
        version=version.name,
        effective_from=version.effective_from,
        creator_share=Rate.of_bp(number("creator_share_bp")),
        age=number("age"),
        answer=number("answer_hours") * HOUR,
        fund=number("fund_days") * DAY,
        review=number("review_hours") * HOUR,
        revise=number("revise_days") * DAY,
        absent=number("absent_hours") * HOUR,
        most_revisions=number("most_revisions"),
        most_videos=number("most_videos"),
        most_days=number("most_days"),
        most_usage_days=number("most_usage_days"),
        least_micros=number("least") * MICROS,
        most_micros=number("most") * MICROS,
        most_versions=number("most_versions"),
        rating=number("rating_days") * DAY,
        facts=tuple(facts.values()),
    )
