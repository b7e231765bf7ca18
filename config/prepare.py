"""Bring the database up to date and, on wish, make the demo world: `python -m config.prepare`.

A process of its own, because it needs Django and the supervisor that waits for it does not.
"""

import os
import sys

import psycopg
from django.core.management import call_command

import config.application  # noqa: F401 - Django is set up before any model is imported
from config.readiness import is_prepared, note_prepared
from config.show import Bars, refuse
from takings.core import clock
from takings.core.errors import Refusal, Unavailable
from takings.demo import actions as demo
from takings.host import home
from takings.host.environment import setting

TURN = 6_011_894_407  # our advisory lock's number; nothing else here takes one that large
TURN_S = 300
LOCK_TIMEOUT = "-c lock_timeout=15s"


class OtherStart(Unavailable):
    """Somebody else prepares this database."""

    code = "other_start"
    sentence = "Another Takings is preparing this database; try again when it is done."


def prepare(*, url: str, with_demo: bool) -> None:
    """Migrate, and seed the demo world on wish; one process at a time per database."""
    folder = home.data_home()
    with psycopg.connect(url, autocommit=True) as turn:
        turn.execute(f"SET lock_timeout = '{TURN_S}s'")
        try:
            turn.execute("SELECT pg_advisory_lock(%s)", [TURN])
        except psycopg.errors.LockNotAvailable as error:
            raise OtherStart from error
        if is_prepared(home=folder, url=url, demo=with_demo):
            return
        os.environ["PGOPTIONS"] = LOCK_TIMEOUT  # a migration must not queue up behind a long query
        call_command("migrate", verbosity=0, interactive=False)
        if with_demo:
            with Bars() as bars:
                demo.seed_world(at=clock.now(), progress=bars)
        note_prepared(home=folder, url=url, demo=with_demo)


if __name__ == "__main__":
    try:
        prepare(url=setting("DATABASE_URL"), with_demo="--demo" in sys.argv)
    except Refusal as refusal:
        refuse(str(refusal))
        sys.exit(1)
