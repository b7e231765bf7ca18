"""A PostgreSQL and a data home of the benchmark's own, ready before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import django
import psycopg
from django.core.management import call_command
from psycopg import sql

from takings.host.garbage import spare_what_is_loaded
from takings.host.postgres.cluster import SUPERUSER
from takings.host.postgres.place import erase
from takings.host.postgres.server import Server, start_server, url_of

ROOMY = {"shared_buffers": "2GB", "max_wal_size": "8GB", "min_wal_size": "2GB"}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def start(*, settings: Mapping[str, str] | None = None, home: Path | None = None) -> Server:
    """Start the database, durable as in production, and build its tables.

    ``settings`` differ from production; they are printed. A ``home`` that is given stays.
    """
    if home is None:
        home = Path(tempfile.mkdtemp(prefix="takings-bench-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        atexit.register(erase, home=home)
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    server = start_server(home=home)
    if settings:
        _set(server, settings)
        server.stop()
        server = start_server(home=home)
    atexit.register(server.stop)
    os.environ["TAKINGS_HOME"] = str(home)
    os.environ["DATABASE_URL"] = server.url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    spare_what_is_loaded()
    _tell(server, settings or {})
    return server


def _set(server: Server, settings: Mapping[str, str]) -> None:
    with psycopg.connect(url_of(place=server.place, role=SUPERUSER), autocommit=True) as connection:
        for name, value in settings.items():
            connection.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value)
            )


def _tell(server: Server, settings: Mapping[str, str]) -> None:
    """Say what was set, and refuse to measure a server that could lose what it acknowledged."""
    with psycopg.connect(server.url) as connection:
        for name, expected in DURABLE.items():
            [found] = connection.execute("SELECT current_setting(%s)", [name]).fetchone() or [None]
            if found != expected:
                raise SystemExit(f"WRONG: {name} is {found}")
        version = connection.info.server_version // 10_000
    told = " ".join(f"{name}={value}" for name, value in (DURABLE | dict(settings)).items())
    print(f"PostgreSQL {version}: {told}", flush=True)
