"""How a call reaches PostgreSQL: columns as binary arrays, one statement, one answer."""

import datetime as dt
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from typing_extensions import override

from takings.ledger.rules.calls import Call

INT2, INT4, INT8, UUIDS = 1005, 1007, 1016, 2951  # PostgreSQL's numbers of these array types
_ELEMENTS = {INT2: (21, ">i2"), INT4: (23, ">i4"), INT8: (20, ">i8"), UUIDS: (2950, "V16")}

_POST = """
SELECT * FROM ledger_post(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b,
    %b, %b)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call; ``codes`` and what follows are empty when everything was posted.

    ``number`` is the posting's (``None`` if it left nothing behind); ``faults`` say which transfer
    of the call, from 1, was at fault, ``culprits`` which account; ``available`` and ``asked`` are
    micro-units; ``posted`` says what each transfer moved.
    """

    number: int | None
    codes: Sequence[int]
    faults: Sequence[int | None]
    culprits: Sequence[int | None]
    available: Sequence[int | None]
    asked: Sequence[int | None]
    posted: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Array:
    """The wire format of a PostgreSQL array, made from a column without touching its rows."""

    type_number: int
    data: bytes


class _ArrayDumper(Dumper):
    format = Format.BINARY

    @override
    def dump(self, obj: _Array) -> Buffer:
        return obj.data

    @override
    def get_key(self, obj: _Array, format: psycopg.adapt.PyFormat) -> tuple[type, int]:  # noqa: A002 - its name there
        return (self.cls, obj.type_number)

    @override
    def upgrade(self, obj: _Array, format: psycopg.adapt.PyFormat) -> Dumper:  # noqa: A002 - its name there
        dumper = type(self)(self.cls)
        dumper.oid = obj.type_number
        return dumper


def send(call: Call, *, at: dt.datetime) -> Answer:
    """Post a call inside the caller's transaction."""
    count = len(call.ids)
    groups = np.arange(1, count + 1) if call.groups is None else call.groups
    modes = np.zeros(count, np.int64) if call.modes is None else call.modes
    assert call.counts is not None  # noqa: S101 - a call has numbered its transfers
    row = execute(
        _POST,
        [
            *(at, _array(UUIDS, call.ids), _array(INT2, modes), _array(INT4, groups)),
            *(_array(INT4, call.counts), list(call.kinds), list(call.references)),
            *(list(call.policy_versions), list(call.memos), list(call.occurred_at)),
            *(call.reverses, call.holds, call.expires_at),
            *(_array(INT4, call.items), _array(INT4, call.positions)),
            *(_array(INT8, call.debits), _array(INT8, call.credits), _array(INT8, call.amounts)),
            *(call.up_to, list(call.currencies)),
        ],
    )
    return Answer(row[0], *(column or () for column in row[1:]))


def execute(statement: str, parameters: Sequence[object]) -> tuple[object, ...]:
    """Run a statement of one row on the caller's connection, in its transaction."""
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.adapters.register_dumper(_Array, _ArrayDumper)
        cursor.execute(statement, parameters, binary=True)
        row: tuple[object, ...] = cursor.fetchone()
        return row


def _array(type_number: int, column: NDArray[np.generic]) -> _Array:
    """Return a column as an array of one dimension without nulls."""
    element, dtype = _ELEMENTS[type_number]
    size = np.dtype(dtype).itemsize
    rows = np.empty(len(column), dtype=[("size", ">i4"), ("value", dtype)])
    rows["size"], rows["value"] = size, column
    dimensions = struct.pack(">ii", len(column), 1) if len(column) else b""
    head = struct.pack(">iiI", len(dimensions) // 8, 0, element)
    return _Array(type_number, head + dimensions + rows.tobytes())
