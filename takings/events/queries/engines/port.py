"""What an engine can do: answer one text of common-dialect SQL over the files of a snapshot.

Engines compare, count and add whole numbers. They never make money: one pure function does.
"""

from contextlib import AbstractContextManager
from typing import Protocol

import pyarrow as pa

from takings.events.queries.snapshots import Files


class Session(Protocol):
    """Relations under names, and queries over them; ``events`` is there from the start.

    ``events`` has exactly the lake's columns; one that a file lacks is null.
    """

    def add(self, name: str, table: pa.Table) -> None:
        """Give a table of ours this name."""

    def keep(self, name: str, query: str) -> None:
        """Answer a query once and give its rows this name: later queries may read them twice."""

    def answer(self, query: str) -> pa.Table:
        """Return the query's rows."""


class Engine(Protocol):
    """Opens sessions; several may be open at once and do not see each other's names."""

    def open(self, files: Files) -> AbstractContextManager[Session]:
        """Open a session over these files. Refuses: LakeFileBroken, also while it is open."""
