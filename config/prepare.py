"""Bring the database up to date and, on wish, make the demo world: `python -m config.prepare`.

A process of its own, because it needs Django and the supervisor that waits for it does not. It
migrates as the owner of the tables, and does everything else as the app.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import DatabaseError, connection

import config.application  # noqa: F401 - Django is set up before any model is imported
from config.database import Addresses, as_django, set_addresses
from config.grants import grant
from config.readiness import is_prepared, note_prepared
from config.show import Bars, refuse
from takings.core import clock
from takings.core.errors import Forbidden, Refusal, Unavailable
from takings.demo import actions as demo
from takings.host import home

TURN = 6_011_894_407  # our advisory lock's number; nothing else here takes one that large
TURN_S = 300
LOCK_TIMEOUT = "-c lock_timeout=15s"


class OtherStart(Unavailable):
    """Somebody else prepares this database."""

    code = "other_start"
    sentence = "Another Takings is preparing this database; try again when it is done."


class NotTheOwner(Forbidden):
    """The app's role cannot change the tables, and no other was named."""

    code = "not_the_owner"
    sentence = (
        "The tables must be brought up to date, and only their owner may do that ({why}). "
        "Set TAKINGS_OWNER_DATABASE_URL to the owner's address."
    )


def prepare(*, addresses: Addresses, with_demo: bool) -> None:
    """Migrate, and seed the demo world on wish; one process at a time per database.

    Refuses :class:`OtherStart`, :class:`NotTheOwner` and what `config.grants` refuses.
    """
    folder, app = home.data_home(), addresses.app
    with psycopg.connect(addresses.owner, autocommit=True) as turn:
        turn.execute(f"SET lock_timeout = '{TURN_S}s'")
        try:
            turn.execute("SELECT pg_advisory_lock(%s)", [TURN])
        except psycopg.errors.LockNotAvailable as error:
            raise OtherStart from error
        if is_prepared(home=folder, url=app, demo=with_demo):
            return
        os.environ["PGOPTIONS"] = LOCK_TIMEOUT  # a migration must not queue up behind a long query
        with connected_to(addresses.owner):
            _migrate()
        grant(turn, app_url=app)
        if with_demo:
            with Bars() as bars:
                demo.seed_world(at=clock.now(), progress=bars)
        note_prepared(home=folder, url=app, demo=with_demo)


def _migrate() -> None:
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:  # Django's; what PostgreSQL said is one or two below it
        said: BaseException | None = error
        while said is not None:
            if isinstance(said, psycopg.errors.InsufficientPrivilege):
                raise NotTheOwner(why=str(said).splitlines()[0]) from error
            said = said.__cause__ or said.__context__
        raise


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Let Django's connection lead elsewhere while the block runs.

    A second alias would not do: migrations that move rows ask for the default one.
    """
    made, there = connection.settings_dict, as_django(url=url)
    before = {key: made[key] for key in there}
    _disconnect()
    made |= there
    try:
        yield
    finally:
        _disconnect()
        made |= before


def _disconnect() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's, which the stubs leave out


if __name__ == "__main__":
    try:
        prepare(addresses=set_addresses(), with_demo="--demo" in sys.argv)
    except Refusal as refusal:
        refuse(str(refusal))
        sys.exit(1)
