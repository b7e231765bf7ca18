"""What every pack is made of: versions that begin at an instant, and their facts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from takings.policies.rules.values import Comparator, Fact, Mark, Value

Tree = Mapping[str, object]

_COMPARATORS: tuple[Comparator, ...] = (">=", ">", "<=", "<", "")
_MARKS: tuple[Mark, ...] = ("house", "O", "O2", "S")
_Kind = TypeVar("_Kind", bound=Value)


class BrokenPack(ValueError):  # noqa: N818 - named for what it is, like the refusals
    """A pack file says something that is no policy: a mistake of its author, found at start."""


@dataclass(frozen=True, slots=True)
class Version:
    """What every version says of itself, and its facts by name (``view.min_watch_ms``)."""

    name: str
    effective_from: dt.datetime
    announced_on: dt.date
    summary: str
    currency: str
    facts: Mapping[str, Fact]


def read_versions(tree: Tree, *, sections: Iterable[str]) -> tuple[Version, ...]:
    """Return the versions of a pack, oldest first; raises :class:`BrokenPack`.

    Each must have these sections; facts of other tables are read as well.
    """
    name, versions = tree.get("name"), tree.get("version")
    if not isinstance(name, str) or not isinstance(versions, list) or not versions:
        message = "a pack needs a name and at least one version"
        raise BrokenPack(message)
    found = tuple(_version(name, version, tuple(sections)) for version in versions)
    starts = [version.effective_from for version in found]
    if starts != sorted(set(starts)):
        message = f"the versions of {name} must be listed by effective_from, each once"
        raise BrokenPack(message)
    return found


def _version(pack: str, tree: Tree, sections: tuple[str, ...]) -> Version:
    others = (key for key, table in tree.items() if isinstance(table, dict))
    facts = {
        f"{section}.{name}": _fact(f"{section}.{name}", fact)
        for section in dict.fromkeys((*sections, *others))
        for name, fact in _table(tree, section).items()
    }
    start, announced = tree.get("effective_from"), tree.get("announced_on")
    if not isinstance(start, dt.datetime) or start.tzinfo is None:
        message = f"a version of {pack} needs effective_from with a time zone"
        raise BrokenPack(message)
    if not isinstance(announced, dt.date):
        message = f"{pack} of {start} needs announced_on"
        raise BrokenPack(message)
    return Version(
        name=f"{pack}@{start:%Y-%m-%d}",
        effective_from=start,
        announced_on=announced,
        summary=str(tree.get("summary", "")),
        currency=str(tree.get("currency", "")),
        facts=facts,
    )


def fact_of(facts: Mapping[str, Fact], name: str) -> Fact:
    """Return the fact of this name; raises :class:`BrokenPack` if there is none."""
    if name not in facts:
        message = f"a version needs the fact {name}"
        raise BrokenPack(message)
    return facts[name]


def value_of(facts: Mapping[str, Fact], name: str, kind: type[_Kind]) -> _Kind:
    """Return a fact's value, of this type; raises :class:`BrokenPack`."""
    value = fact_of(facts, name).value
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        message = f"{name} must be of type {kind.__name__}"
        raise BrokenPack(message)
    return value


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
