"""Owns a PostgreSQL until its input ends: `python tests/host/keeper.py HOME`."""

import sys
from pathlib import Path

from takings.host.postgres.server import start_server

if __name__ == "__main__":
    server = start_server(home=Path(sys.argv[1]))
    sys.stdout.write(f"{server.process.pid if server.process else 0} {server.url}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()
