"""How a call reaches PostgreSQL: columns as binary arrays, one statement, one answer."""

import datetime as dt
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from typing_extensions import override

from takings.ledger.rules.calls import Call

_POST = """
SELECT * FROM ledger_post(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b,
    %b, %b, %b)
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
    """A PostgreSQL array on the wire, made from a column without touching its rows one by one."""

    column: NDArray[np.generic]
    element: ClassVar[int]  # PostgreSQL's number of the type of an element, and of the array
    array: ClassVar[int]
    layout: ClassVar[str]

    def wire(self) -> bytes:
        """Return the array in its binary format: one dimension, no nulls."""
        rows = np.empty(len(self.column), dtype=[("size", ">i4"), ("value", self.layout)])
        rows["size"], rows["value"] = np.dtype(self.layout).itemsize, self.column
        dimensions = struct.pack(">ii", len(rows), 1) if len(rows) else b""
        return struct.pack(">iiI", len(rows) > 0, 0, self.element) + dimensions + rows.tobytes()


class Int2(_Array):
    """A column of smallint."""

    element, array, layout = 21, 1005, ">i2"


class Int4(_Array):
    """A column of integer."""

    element, array, layout = 23, 1007, ">i4"


class Int8(_Array):
    """A column of bigint."""

    element, array, layout = 20, 1016, ">i8"


class Uuid(_Array):
    """A column of uuid."""

    element, array, layout = 2950, 2951, "V16"


def _dumper(kind: type[_Array]) -> type[Dumper]:
    class ArrayDumper(Dumper):
        format = Format.BINARY
        oid = kind.array

        @override
        def dump(self, obj: _Array) -> Buffer:
            return obj.wire()

    return ArrayDumper


DUMPERS = {kind: _dumper(kind) for kind in (Int2, Int4, Int8, Uuid)}


def send(call: Call, *, at: dt.datetime, remember: bool = True) -> Answer:
    """Post a call inside the caller's transaction.

    What is refused stays refused; unless ``remember`` is false: then the call is all or nothing,
    and of a refusal nothing is kept.
    """
    count = len(call.ids)
    groups = np.arange(1, count + 1) if call.groups is None else call.groups
    modes = np.zeros(count, np.int64) if call.modes is None else call.modes
    assert call.counts is not None  # noqa: S101 - a call has numbered its transfers
    row = execute(
        _POST,
        [
            *(at, Uuid(call.ids), Int2(modes), Int4(groups), Int4(call.counts)),
            *(list(call.kinds), list(call.references), list(call.policy_versions)),
            *(list(call.memos), list(call.occurred_at), call.reverses, call.holds, call.expires_at),
            *(Int4(call.items), Int4(call.positions)),
            *(Int8(call.debits), Int8(call.credits), Int8(call.amounts)),
            *(call.up_to, list(call.currencies), remember),
        ],
    )
    number, *columns = row
    return Answer(number, *(column or () for column in columns))


def execute(statement: str, parameters: Sequence[object]) -> tuple[Any, ...]:
    """Run a statement of one row on the caller's connection, in its transaction."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        for kind, dumper in DUMPERS.items():
            cursor.adapters.register_dumper(kind, dumper)
        cursor.execute(statement, parameters, prepare=True, binary=True)
        return cursor.fetchone() or ()
