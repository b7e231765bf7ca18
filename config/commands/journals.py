"""The command that carries the books to other programs."""

import datetime as dt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from config.show import Bars, say
from takings.ledger.queries.journal import journal_text
from takings.ledger.rules.plaintext import DIALECTS


def export(
    program: str, *, since: dt.date | None, until: dt.date | None, path: Path | None
) -> None:
    """Write the journal for hledger or Beancount, to a file or to the standard output."""
    with _output(path) as file, Bars() as bars:
        for lines in journal_text(
            dialect=DIALECTS[program], since=since, until=until, progress=bars
        ):
            file.write(lines.encode())
    if path is not None:
        say(f"The journal is in {path}.")


@contextmanager
def _output(path: Path | None) -> Iterator[BinaryIO]:
    """Open the standard output, or a draft that becomes the file once it is whole."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
