"""`takings backup` and `takings restore`, up to the point where Django is needed."""

import contextlib
import datetime as dt
from pathlib import Path

import psycopg

from config.database import given_addresses, place_of
from config.show import Bars, out, say
from takings.core import clock
from takings.core.errors import Conflict
from takings.host.backup import making, restoring
from takings.host.backup.copying import MB
from takings.host.backup.manifest import DUMP, Manifest
from takings.host.backup.tools import load_database
from takings.host.postgres.program import find_program
from takings.host.postgres.server import open_server

RELATIONS = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
"""


class DatabaseInUse(Conflict):
    """A restore never replaces anything."""

    code = "database_in_use"
    sentence = "The database at {where} is not empty; a restore needs an empty one."


class CopyOfACluster(Conflict):
    """A copied cluster is a whole server; it cannot go into another one."""

    code = "copy_of_a_cluster"
    sentence = "This backup holds a PostgreSQL of its own; restore it without DATABASE_URL."


def back_up(*, home: Path, folder: Path) -> None:
    """Make a backup and say what is in it."""
    given = given_addresses()
    url = given.owner if given else ""
    wish = making.Wish(home=home, folder=folder.absolute(), url=url)
    with Bars() as bars:
        made = making.make_backup(wish=wish, progress=bars, now=clock.now)
    what = "a dump of DATABASE_URL" if url else "a copy of our PostgreSQL"
    out.print(
        f"Backed up {made.file_count:,} files, {made.byte_count // MB:,} MB, to {wish.folder}.\n"
        f"The database in it is {what} as of {clock.said(made.database_at)}.\n"
        "The secrets of this home are in it, too: keep it as safe as the home.",
        soft_wrap=True,
    )


def restore(*, wish: restoring.Wish) -> None:
    """Bring a backup back; proving its books is the next step."""
    given = given_addresses()
    with Bars() as bars, restoring.restored(wish=wish, progress=bars) as manifest:
        if manifest.kind == "dump":
            _load(wish, url=given.owner if given else "")
        elif given:
            raise CopyOfACluster
    say(f"Restored {manifest.home} as of {clock.said(_instant(wish, manifest=manifest))}.")


def _load(wish: restoring.Wish, *, url: str) -> None:
    with contextlib.ExitStack() as stack:
        into = url or stack.enter_context(open_server(home=wish.home)).url
        with psycopg.connect(into) as connection:
            row = connection.execute(RELATIONS).fetchone()
        if row is None or row[0]:
            raise DatabaseInUse(where=place_of(into))
        load_database(url=into, program=find_program(), file=wish.folder / DUMP)


def _instant(wish: restoring.Wish, *, manifest: Manifest) -> dt.datetime:
    return wish.to or manifest.database_at
