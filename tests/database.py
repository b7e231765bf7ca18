"""Owns the PostgreSQL of a test run until its input ends: `python -m tests.database`.

A process of its own, so that the run ends it however it ends itself, and imports nothing of the
product before coverage counts.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from takings.host.postgres.place import erase
from takings.host.postgres.server import start_server

if __name__ == "__main__":
    home = Path(tempfile.mkdtemp(prefix="takings-tests-"))
    home.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    try:
        server = start_server(home=home, durable=False)
        sys.stdout.write(f"{home}\n{server.url}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.stop()
    finally:
        erase(home=home)
        shutil.rmtree(home, ignore_errors=True)
