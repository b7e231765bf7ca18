"""A PostgreSQL and a data home of the benchmark's own, ready before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

from takings.host.postgres.place import erase
from takings.host.postgres.server import Server, start_server


def start() -> None:
    """Start the database, durable as in production, and build its tables."""
    home = Path(tempfile.mkdtemp(prefix="takings-bench-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    server = start_server(home=home)
    atexit.register(_stop, server)
    os.environ["TAKINGS_HOME"] = str(home)
    os.environ["DATABASE_URL"] = server.url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    call_command("migrate", verbosity=0)


def _stop(server: Server) -> None:
    server.stop()
    erase(home=server.home)
    shutil.rmtree(server.home, ignore_errors=True)
