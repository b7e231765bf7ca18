"""Reading a pack: from the tables of its file to policies, or a broken pack."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

from takings.money import Rate
from takings.policies.rules.values import (
    AdRule,
    Comparator,
    Fact,
    Mark,
    Policy,
    PoolRule,
    Value,
    ViewRule,
)

Tree = Mapping[str, object]

_COMPARATORS: tuple[Comparator, ...] = (">=", ">", "<=", "<", "")
_MARKS: tuple[Mark, ...] = ("house", "O", "O2", "S")
_Kind = TypeVar("_Kind", bound=Value)


class BrokenPack(ValueError):  # noqa: N818 - named for what it is, like the refusals
    """A pack file says something that is no policy: a mistake of its author, found at start."""


def read_pack(tree: Tree) -> tuple[Policy, ...]:
    """Return the versions of a pack, oldest first; raises :class:`BrokenPack`.

    ``tree`` is the parsed TOML: a ``name`` and a list of ``version`` tables with ``view``,
    ``pool``, ``ads`` and ``settlement`` in each.
    """
    name, versions = tree.get("name"), tree.get("version")
    if not isinstance(name, str) or not isinstance(versions, list) or not versions:
        message = "a pack needs a name and at least one version"
        raise BrokenPack(message)
    policies = tuple(_policy(name, version) for version in versions)
    starts = [policy.effective_from for policy in policies]
    if starts != sorted(set(starts)):
        message = f"the versions of {name} must be listed by effective_from, each once"
        raise BrokenPack(message)
    return policies


def _policy(pack: str, tree: Tree) -> Policy:
    facts = {
        f"{section}.{name}": _fact(f"{section}.{name}", fact)
        for section in ("view", "pool", "ads", "settlement")
        for name, fact in _table(tree, section).items()
    }
    start, announced = tree.get("effective_from"), tree.get("announced_on")
    if not isinstance(start, dt.datetime) or start.tzinfo is None:
        message = f"a version of {pack} needs effective_from with a time zone"
        raise BrokenPack(message)
    if not isinstance(announced, dt.date):
        message = f"{pack} of {start} needs announced_on"
        raise BrokenPack(message)
    return Policy(
        version=f"{pack}@{start:%Y-%m-%d}",
        effective_from=start,
        announced_on=announced,
        summary=str(tree.get("summary", "")),
        currency=str(tree.get("currency", "")),
        view=_view_rule(facts),
        pool=_pool_rule(facts),
        ads=_ad_rule(facts),
        hold_days=_value(facts, "settlement.hold_days", int),
        late_days=_value(facts, "settlement.late_days", int),
        facts=tuple(facts.values()),
    )


def _view_rule(facts: Mapping[str, Fact]) -> ViewRule:
    comparator = _value_fact(facts, "view.min_watch_ms").comparator
    if comparator not in {">=", ">"} or facts.get("view.min_percent") is None:
        message = "view.min_watch_ms and view.min_percent need the comparator >= or >"
        raise BrokenPack(message)
    return ViewRule(
        min_watch_ms=_value(facts, "view.min_watch_ms", int),
        min_percent=_value(facts, "view.min_percent", int),
        watch_comparator=">" if comparator == ">" else ">=",
        max_per_viewer_video_day=_value(facts, "view.max_per_viewer_video_day", int),
        counts_own_views=_value(facts, "view.counts_own_views", bool),
    )


def _pool_rule(facts: Mapping[str, Fact]) -> PoolRule:
    parts = tuple(Fraction(part) for part in _value(facts, "pool.pool_part_by_tracks", list))
    if not parts or parts[0] != 1 or any(not 0 <= part <= 1 for part in parts):
        message = "pool.pool_part_by_tracks starts with 1 and stays within 0 and 1"
        raise BrokenPack(message)
    return PoolRule(
        creator_share=Rate.of_bp(_value(facts, "pool.creator_share", int)),
        pool_part_by_tracks=parts,
        unearned_to=_value(facts, "pool.unearned_to", str),
    )


def _ad_rule(facts: Mapping[str, Fact]) -> AdRule:
    return AdRule(
        organic_between_ads=_value(facts, "ads.organic_between_ads", int),
        viewable_pixels_bp=_value(facts, "ads.viewable_pixels_bp", int),
        viewable_ms=_value(facts, "ads.viewable_ms", int),
        token_ttl_s=_value(facts, "ads.token_ttl_s", int),
    )


def _fact(name: str, tree: object) -> Fact:
    table = tree if isinstance(tree, dict) else {}
    value, unit, source = table.get("value"), table.get("unit"), table.get("source")
    comparator = next((c for c in _COMPARATORS if c == table.get("comparator", "")), None)
    mark = next((m for m in _MARKS if m == table.get("mark")), None)
    if comparator is None or mark is None or not isinstance(unit, str) or not source:
        message = f"{name} needs a value, a unit, a mark of {_MARKS} and a source"
        raise BrokenPack(message)
    if not isinstance(value, int | str | list):
        message = f"{name} has no value a policy can hold"
        raise BrokenPack(message)
    return Fact(name, value, unit, comparator, mark, str(source))


def _table(tree: Tree, section: str) -> Tree:
    table = tree.get(section)
    if not isinstance(table, dict):
        message = f"a version needs the section [{section}]"
        raise BrokenPack(message)
    return table


def _value_fact(facts: Mapping[str, Fact], name: str) -> Fact:
    if name not in facts:
        message = f"a version needs the fact {name}"
        raise BrokenPack(message)
    return facts[name]


def _value(facts: Mapping[str, Fact], name: str, kind: type[_Kind]) -> _Kind:
    value = _value_fact(facts, name).value
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        message = f"{name} must be of type {kind.__name__}"
        raise BrokenPack(message)
    return value
