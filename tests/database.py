"""Owns the PostgreSQL of a test run until its input ends: `python -m tests.database`.

A process of its own, so that the run ends it however it ends itself, and imports nothing of the
product before coverage counts. A name after it is that of a database with all tables in it, which
the processes of a run copy: to make them takes each of them half a minute.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from takings.host.postgres.place import erase
from takings.host.postgres.server import start_server

ROOT = Path(__file__).parents[1]


def make_template(name: str, *, url: str, home: Path) -> None:
    """Make the database that others are copies of; nobody is connected to it afterwards."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}")
    made = urlsplit(url)._replace(path=f"/{name}").geturl()
    surroundings = {"DATABASE_URL": made, "TAKINGS_HOME": str(home)}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ | surroundings,
        stdin=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    home = Path(tempfile.mkdtemp(prefix="takings-tests-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    try:
        server = start_server(home=home, durable=False)
        for name in sys.argv[1:]:
            make_template(name, url=server.url, home=home)
        sys.stdout.write(f"{home}\n{server.url}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.stop()
    finally:
        erase(home=home)
        shutil.rmtree(home, ignore_errors=True)
