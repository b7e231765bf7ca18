"""Which policy holds: by instant, by name, and in words."""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

from takings.policies.rules import NoPolicyCovers, Policy, UnknownPolicy, in_force, read_pack

PACKS = Path(__file__).parent.parent / "packs"
HOUSE = "house"


@cache
def versions(*, pack: str = HOUSE) -> tuple[Policy, ...]:
    """Return all versions of a pack, oldest first; nothing for a pack that does not exist."""
    path = PACKS / f"{pack}.toml"
    if path not in PACKS.iterdir():
        return ()
    return read_pack(tomllib.loads(path.read_text(encoding="utf-8")))


def policy_at(*, at: dt.datetime, pack: str = HOUSE) -> Policy:
    """Return the version in force at an instant. Refuses: NoPolicyCovers."""
    found = in_force(versions(pack=pack), at=at)
    if found is None:
        raise NoPolicyCovers(pack=pack, at=at)
    return found


def policy(version: str) -> Policy:
    """Return the version of this name (``house@2026-01-01``). Refuses: UnknownPolicy."""
    for found in versions(pack=version.partition("@")[0]):
        if found.version == version:
            return found
    raise UnknownPolicy(version=version)
