"""Where ads may stand in a video, and reading the pack that says so."""

import datetime as dt
from dataclasses import dataclass

from takings.policies.rules.facts import Tree, read_versions, value_of
from takings.policies.rules.values import Fact


@dataclass(frozen=True, slots=True)
class BreakRule:
    """From which length on a video may have an ad before, within and after it."""

    version: str
    effective_from: dt.datetime
    pre_from_ms: int
    mid_from_ms: int
    post_from_ms: int
    facts: tuple[Fact, ...]


def read_break_pack(tree: Tree) -> tuple[BreakRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(
        BreakRule(
            version=version.name,
            effective_from=version.effective_from,
            pre_from_ms=value_of(version.facts, "breaks.pre_from_ms", int),
            mid_from_ms=value_of(version.facts, "breaks.mid_from_ms", int),
            post_from_ms=value_of(version.facts, "breaks.post_from_ms", int),
            facts=tuple(version.facts.values()),
        )
        for version in read_versions(tree, sections=("breaks",))
    )
