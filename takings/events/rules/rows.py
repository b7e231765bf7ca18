"""One event as the lake keeps it: the columns, and the row that readers get."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from takings.core import clock
from takings.core.errors import Invalid
from takings.events.rules.pairs import ENTROPY_BITS, to_pair

DAY_MS = 86_400_000
_IDS = ("id", "view", "video", "viewer")
_HALVES = tuple(f"{name}_{half}" for name in _IDS for half in ("hi", "lo"))

COLUMNS = pa.schema(
    [
        pa.field("day", pa.date32(), nullable=False),
        *(pa.field(name, pa.int64(), nullable=False) for name in _HALVES),
        pa.field("type", pa.string(), nullable=False),
        pa.field("watched_ms", pa.int64(), nullable=False),
        pa.field("position_ms", pa.int64(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("surface", pa.string(), nullable=False),
        pa.field("ua_class", pa.string(), nullable=False),
        pa.field("network", pa.int64(), nullable=False),
        pa.field("received_ms", pa.int64(), nullable=False),
        pa.field("ad", pa.string(), nullable=True),
        pa.field("segment", pa.string(), nullable=False),
        pa.field("net_class", pa.string(), nullable=True),
    ]
)
"""The lake's columns, in order. ``day`` is the UTC day of the *view's* id, so that all events of
one showing, and every retry of them, lie in one partition and counting is local to a day.
``network`` is the salted hash of a truncated address; ``segment`` names the log file it came in.
``net_class`` is what the operator's lists say of the network: ``hosting`` (a data centre),
``blocked``, or nothing. A column added later stands at the end and may be null: older files lack
it."""


LATER = ("net_class",)
"""Columns that lakes, logs and files written by earlier versions lack."""


class NotTimeOrdered(Invalid):
    """The lake is laid out by the time inside each view's id."""

    code = "not_time_ordered"
    sentence = "{count} events belong to views whose ids are not UUIDs of version 7."


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event: ``watched_ms`` is cumulative over its view; ``ad`` is a signed token or None."""

    id: uuid.UUID
    type: str
    view_id: uuid.UUID
    video_id: uuid.UUID
    viewer_id: uuid.UUID
    received_at: dt.datetime
    watched_ms: int = 0
    position_ms: int = 0
    country: str = "ZZ"
    surface: str = "feed"
    ua_class: str = "browser"
    network: int = 0
    net_class: str = ""
    ad: str | None = None
    segment: str = ""


def to_table(rows: Iterable[EventRow]) -> pa.Table:
    """Return the rows as a table with every column but ``day`` and ``segment``."""
    rows = list(rows)
    columns: dict[str, object] = {}
    for name, ids in (
        ("id", [row.id for row in rows]),
        ("view", [row.view_id for row in rows]),
        ("video", [row.video_id for row in rows]),
        ("viewer", [row.viewer_id for row in rows]),
    ):
        pairs = [to_pair(identifier) for identifier in ids]
        columns[f"{name}_hi"] = [high for high, _ in pairs]
        columns[f"{name}_lo"] = [low for _, low in pairs]
    for name in ("watched_ms", "position_ms", "network"):
        columns[name] = [getattr(row, name) for row in rows]
    for name in ("type", "country", "surface", "ua_class", "ad"):
        columns[name] = [getattr(row, name) for row in rows]
    columns["net_class"] = [row.net_class or None for row in rows]
    columns["received_ms"] = [clock.to_ms(row.received_at) for row in rows]
    given = [field for field in COLUMNS if field.name in columns]
    arrays = [pa.array(columns[field.name], field.type) for field in given]
    return pa.table(arrays, schema=pa.schema(given))


def complete_table(table: pa.Table, *, segment: str) -> pa.Table:
    """Return the table in the lake's columns, with each event's day and its segment's name.

    Columns that may be null may be left out.

    Refuses :class:`NotTimeOrdered` when a view's id holds no time.
    """
    high = table["view_hi"].to_numpy()
    wrong = int(np.count_nonzero((high >> 12 & 0xF) != 7))  # noqa: PLR2004 - RFC 9562 version
    if wrong:
        raise NotTimeOrdered(count=wrong)
    days = ((high >> ENTROPY_BITS) // DAY_MS).astype("datetime64[D]")
    names = pa.repeat(pa.scalar(segment), len(table))
    added = {"day": pa.array(days, pa.date32()), "segment": names}
    given = {name: table[name] for name in table.column_names} | added
    unknown = pa.nulls(len(table), pa.string())
    arrays = [given.get(name, unknown) for name in COLUMNS.names]
    return pa.table(arrays, names=COLUMNS.names).cast(COLUMNS)
