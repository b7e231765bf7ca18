"""The web server's main process: `python -m config.web ADDRESS PORT`."""

import os
import resource
import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

CONNECTIONS = 20_000  # Granian's default of 1024 would leave the next client hanging, unanswered
BACKLOG = 4096
STOP_S = 8


def main(address: str, port: int) -> None:
    """Serve until SIGTERM."""
    _allow_many_files()
    os.environ["TAKINGS_WEB"] = str(os.getpid())
    Granian(
        "config.asgi:app",
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        workers=1,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        workers_kill_timeout=STOP_S,
        log_level=LogLevels.warning,
    ).serve()


def _allow_many_files() -> None:
    """Raise the limit of open files as far as the system lets us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
