"""The database of a command: the one of `DATABASE_URL`, else our own. No Django here."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from takings.core.errors import Unavailable
from takings.host.environment import setting
from takings.host.postgres.place import check_whole
from takings.host.postgres.program import OLDEST_MAJOR, OldPostgres
from takings.host.postgres.server import open_server

PATIENCE_S = 10
VERSIONS_PER_MAJOR = 10_000  # server_version_num of PostgreSQL 18.4 is 180004


class NoDatabase(Unavailable):
    """The database cannot be reached."""

    code = "no_database"
    sentence = "The database at {where} does not answer: {why}"


@contextlib.contextmanager
def database(*, home: Path) -> Iterator[str]:
    """Give the address of the database while the block runs, and put it where settings read it."""
    given = setting("DATABASE_URL")
    check_whole(home=home)
    with contextlib.ExitStack() as stack:
        if given:
            check_server(url=given)
        url = given or stack.enter_context(open_server(home=home)).url
        os.environ["DATABASE_URL"] = url
        yield url


def check_server(*, url: str) -> None:
    """Refuse a PostgreSQL that does not answer (`NoDatabase`) or is too old (`OldPostgres`)."""
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE_S) as connection:
            version = connection.info.server_version
    except (psycopg.Error, ValueError) as error:
        raise NoDatabase(where=place_of(url), why=first_line(error)) from error
    major = version // VERSIONS_PER_MAJOR
    if major < OLDEST_MAJOR:
        raise OldPostgres(where=place_of(url), major=major, oldest=OLDEST_MAJOR)


def place_of(url: str) -> str:
    """Return the address without its password, for sentences."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'the local socket'}{parts.path}"


def first_line(error: BaseException) -> str:
    """Return the first line of what the driver says, as the end of a sentence."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".") + "."


@contextlib.contextmanager
def database_refusals() -> Iterator[None]:
    """Turn a database that goes away while a command works into a refusal."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise NoDatabase(where=place_of(setting("DATABASE_URL")), why=first_line(error)) from error
    except Exception as error:  # Django wraps the driver's errors in its own
        if isinstance(error.__cause__, psycopg.OperationalError):
            why = first_line(error.__cause__)
            where = place_of(setting("DATABASE_URL"))
            raise NoDatabase(where=where, why=why) from error
        raise
