"""A client: asks its plan in order, writes down what it was told, and asks again what went wrong.

What it was told is one line in a file, written at once: `kill -9` loses at most an answer, and then
the client that comes after asks that operation again under the same ids.
"""

import contextlib
import json
import logging
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import Error, InterfaceError, OperationalError, connection, transaction

from takings.ledger.actions.grouping import Interrupted
from tests.torture.asking import Told, ask
from tests.torture.plan import Deed, Mishap, Operation

PATIENCE_S = 120.0  # until a server that was killed answers again
PAUSE_S = 0.03
CUT = "cut"
FULL = "File too large"
LOST = "lost"  # a connection that ended has no SQLSTATE
# What a fault may say: the end of a server or a session, a timeout, a full disk. Nothing else.
EXPECTED = {CUT, LOST, FULL, "57P01", "57P02", "57P03", "57014", "55P03", "53100"}
EXPECTED |= {"58030", "08006", Interrupted.code}


class CutError(Exception):
    """The connection was cut on purpose."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a client's diary: an operation, and what it was told or how it failed."""

    number: int
    told: Told | None = None
    failed: str | None = None
    why: str = ""


def read_diary(path: Path) -> list[Line]:
    """Return the lines of a diary; one that was cut short by a kill is none."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    rows = [json.loads(line) for line in lines if line.endswith("\n")]
    return [
        Line(number, told and [(key, word) for key, word in told], failed, why)
        for number, told, failed, why in rows
    ]


def live(*, operations: Sequence[Operation], diary: Path) -> None:
    """Ask everything from the operation on that was answered last, which is asked again."""
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it tells of every cut
    answered = [line.number for line in read_diary(diary) if line.told is not None]
    file = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(*line: object) -> None:
        os.write(file, (json.dumps(line) + "\n").encode())

    for operation in operations[max(answered, default=0) :]:
        deadline = time.monotonic() + PATIENCE_S
        mishap = operation.mishap
        while True:
            try:
                told = _ask_with(operation, mishap)
            except (Error, CutError, Interrupted) as error:
                _close()
                state = _state(error)
                write(operation.number, None, state, "" if state in EXPECTED else str(error))
                mishap = None
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_S)
            else:
                write(operation.number, told, None, "")
                break
    _close()


def _ask_with(operation: Operation, mishap: Mishap | None) -> Told:
    if mishap is None or operation.deed is Deed.GROUPED:
        return ask(operation)
    with transaction.atomic():
        if mishap in {Mishap.STATEMENT_TIMEOUT, Mishap.LOCK_TIMEOUT}:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL {mishap} = {operation.after_ms}")
        told = ask(operation)
        if mishap in {Mishap.CUT_BEFORE_COMMIT, Mishap.CUT_AFTER_COMMIT}:
            _cut(commits=mishap is Mishap.CUT_AFTER_COMMIT)
    return told


def _cut(*, commits: bool) -> None:
    """End the connection as a broken network does, after saying COMMIT or before."""
    raw = connection.connection.pgconn
    if commits:
        raw.send_query(b"COMMIT")
        raw.flush()
    with socket.socket(fileno=os.dup(raw.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)
    raise CutError


def _state(error: BaseException) -> str:
    """Return the SQLSTATE, or a word of our own; a lost connection says nothing any more."""
    if isinstance(error, CutError):
        return CUT
    if isinstance(error, Interrupted):
        return error.code
    if FULL in str(error):  # PostgreSQL has no SQLSTATE for a file that may not grow
        return FULL
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    is_lost = isinstance(error, OperationalError | InterfaceError)
    return state or (LOST if is_lost else type(error).__name__)


def _close() -> None:
    with contextlib.suppress(Error):
        connection.close()
