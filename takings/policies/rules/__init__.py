"""Policies without files or clocks: their values, how a pack is read, how it is told to people."""

from takings.policies.rules.describing import Sentence, describe
from takings.policies.rules.reading import BrokenPack, read_pack
from takings.policies.rules.values import (
    AdRule,
    Fact,
    NoPolicyCovers,
    Policy,
    PoolRule,
    UnknownPolicy,
    ViewRule,
    in_force,
)

__all__ = [
    "AdRule",
    "BrokenPack",
    "Fact",
    "NoPolicyCovers",
    "Policy",
    "PoolRule",
    "Sentence",
    "UnknownPolicy",
    "ViewRule",
    "describe",
    "in_force",
    "read_pack",
]
