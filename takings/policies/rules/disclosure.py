"""What a video says of who had a reason to pay for it, by country, and reading that pack."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.values import Fact

EVERYWHERE = "*"
KINDS = ("partnership", "gifted", "affiliate", "own")


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """From an instant on: ``words[kind][country]`` is what viewers there read over the video."""

    version: str
    effective_from: dt.datetime
    words: Mapping[str, Mapping[str, str]]
    facts: tuple[Fact, ...]

    def label(self, *, kind: str, partner: str, country: str) -> str:
        """Return what viewers of a country read.

        >>> import tomllib
        >>> from takings.policies.queries.packs import PACKS
        >>> [rule] = read_disclosure_pack(tomllib.loads((PACKS / "disclosure.toml").read_text()))
        >>> rule.label(kind="partnership", partner="Northwind", country="DE")
        'Ad · Paid partnership with Northwind'
        """
        said = self.words[kind]
        return said.get(country, said[EVERYWHERE]).format(partner=partner)


def read_disclosure_pack(tree: Tree) -> tuple[DisclosureRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("disclosure",)))


def _rule(version: Version) -> DisclosureRule:
    return DisclosureRule(
        version=version.name,
        effective_from=version.effective_from,
        words={kind: _words(version, kind) for kind in KINDS},
        facts=tuple(version.facts.values()),
    )


def _words(version: Version, kind: str) -> Mapping[str, str]:
    lines = value_of(version.facts, f"disclosure.{kind}", list)
    said = dict(str(line).split(" = ", 1) for line in lines if " = " in str(line))
    if EVERYWHERE not in said or len(said) != len(lines):
        message = f"disclosure.{kind} are lines like “US = words”, and one for *"
        raise BrokenPack(message)
    return said
