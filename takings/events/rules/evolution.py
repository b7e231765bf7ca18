"""How the lake's columns may change: one more that may be empty, and nothing else.

Files never change, and engines read them by the names of their columns. So a column is neither
renamed nor given another type nor taken away; a new one stands at the end, may be null, and is
null in every older file.
"""

from collections.abc import Mapping

from takings.core.errors import Conflict, Unavailable
from takings.events.rules.rows import LATER


class LakeNewer(Unavailable):
    """A newer release wrote to the lake: reading it with this one would leave something out."""

    code = "lake_newer"
    sentence = "The event lake has a column {column} that this release does not know. Update it."


class LakeChanged(Conflict):
    """Somebody renamed, retyped or took away a column; its files cannot be read plainly."""

    code = "lake_changed"
    sentence = "The event lake's column {column} is {found} where it must be {expected}."


def check_columns(*, found: Mapping[str, str], expected: Mapping[str, str]) -> None:
    """Refuse :class:`LakeNewer` and :class:`LakeChanged`; a later column may still be missing.

    Both map a column's name to its type, as a sentence says it.
    """
    for column, kind in expected.items():
        there = found.get(column, "missing")
        if there != kind and not (column in LATER and column not in found):
            raise LakeChanged(column=column, found=there, expected=kind)
    for column in found:
        if column not in expected:
            raise LakeNewer(column=column)
