"""The database of a command: the one of `DATABASE_URL`, else our own. No Django here.

Two roles use it. The owner makes the tables; the app does everything else and cannot lift what
protects the books (`config/grants.py`).
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

from config.readiness import is_prepared
from takings.core.errors import Invalid, Unavailable
from takings.host.environment import setting
from takings.host.home import data_home
from takings.host.postgres.cluster import APP_ROLE, SUPERUSER
from takings.host.postgres.place import check_whole
from takings.host.postgres.program import OLDEST_MAJOR, OldPostgres
from takings.host.postgres.server import Server, open_server, url_of

PATIENCE_S = 10
MADE_MEANWHILE = (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation)
OF_ANOTHER_VERSION = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedTable,
)
VERSIONS_PER_MAJOR = 10_000  # server_version_num of PostgreSQL 18.4 is 180004


class NoDatabase(Unavailable):
    """The database cannot be reached."""

    code = "no_database"
    sentence = "The database at {where} does not answer: {why}"


class NotUpToDate(Unavailable):
    """The database is that of another version: no table, or no right to it."""

    code = "not_up_to_date"
    sentence = "The database is not that of this version; run takings migrate. {why}"


class OwnerAlone(Invalid):
    """The owner's address is that of a server elsewhere, and ours was meant."""

    code = "owner_alone"
    sentence = "TAKINGS_OWNER_DATABASE_URL is set; DATABASE_URL must be, too, with the app's role."


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """One database, twice: as the app reaches it, and as the owner of its tables does."""

    app: str
    owner: str


@contextlib.contextmanager
def database(*, home: Path) -> Iterator[Addresses]:
    """Give the database while the block runs, and put it where settings read it."""
    check_whole(home=home)
    with contextlib.ExitStack() as stack:
        found = given_addresses()
        if found is None:
            found = addresses_of(server=stack.enter_context(open_server(home=home)))
        os.environ["DATABASE_URL"] = found.app
        os.environ["TAKINGS_OWNER_DATABASE_URL"] = found.owner
        yield found


def given_addresses() -> Addresses | None:
    """Return the database of the settings, once it answers; None where they name none.

    Refuses :class:`NoDatabase`, :class:`OldPostgres` and :class:`OwnerAlone`.
    """
    found = set_addresses()
    if not found.app:
        if found.owner:
            raise OwnerAlone
        return None
    for url in {found.app, found.owner}:
        check_server(url=url)
    return found


def set_addresses() -> Addresses:
    """Return what the settings say, unasked: the owner is the app, where none is named."""
    app = setting("DATABASE_URL")
    return Addresses(app=app, owner=setting("TAKINGS_OWNER_DATABASE_URL") or app)


def addresses_of(*, server: Server) -> Addresses:
    """Return the addresses of our own server; makes the app's role where it is not there yet.

    Asked on every start: a data home may be older than the role, or come from an older backup.
    """
    url = url_of(place=server.place, role=SUPERUSER)
    with psycopg.connect(url, autocommit=True) as connection:
        question = "SELECT FROM pg_roles WHERE rolname = %s"
        if connection.execute(question, [APP_ROLE]).fetchone() is None:
            with contextlib.suppress(*MADE_MEANWHILE):
                connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN NOINHERIT")
    return Addresses(app=url_of(place=server.place, role=APP_ROLE), owner=server.url)


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


def as_django(*, url: str) -> dict[str, object]:
    """Translate ``postgresql://user:password@host:port/name?host=/socket`` for Django."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 10}, **query},
        "ATOMIC_REQUESTS": False,
    }


def first_line(error: BaseException) -> str:
    """Return the first line of what the driver says, as the end of a sentence."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".") + "."


@contextlib.contextmanager
def database_refusals() -> Iterator[None]:
    """Turn a database that goes away, or was never prepared for this version, into a refusal."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise NoDatabase(where=place_of(setting("DATABASE_URL")), why=first_line(error)) from error
    except Exception as error:  # Django wraps the driver's errors in its own
        cause, url = error.__cause__, setting("DATABASE_URL")
        if isinstance(cause, psycopg.OperationalError):
            raise NoDatabase(where=place_of(url), why=first_line(cause)) from error
        if isinstance(cause, OF_ANOTHER_VERSION) and not is_prepared(home=data_home(), url=url):
            raise NotUpToDate(why=first_line(cause)) from error
        raise
