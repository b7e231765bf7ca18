"""DuckDB, inside this process: it streams the files, and spills to the disk what is too large."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa
from django.conf import settings

from takings.events.queries.engines.port import Session
from takings.events.queries.snapshots import Files, reading


class _DuckSession:
    """A connection that nobody else has."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def add(self, name: str, table: pa.Table) -> None:
        self._connection.register(name, table)

    def keep(self, name: str, query: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def answer(self, query: str) -> pa.Table:
        return self._connection.sql(query).to_arrow_table()


class DuckEngine:
    """The engine of one machine."""

    @contextmanager
    def open(self, files: Files) -> Iterator[Session]:
        """Open a session that holds at most ``TAKINGS_ENGINE_MEMORY`` in memory."""
        with reading(files) as connection:
            connection.execute("SET memory_limit = ?", [settings.ENGINE_MEMORY])
            connection.execute("SET preserve_insertion_order = false")
            yield _DuckSession(connection)
