"""The web server's main process: `python -m config.web ADDRESS PORT`."""

import multiprocessing
import os
import resource
import signal
import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from takings.host import child

CONNECTIONS = 20_000  # Granian's default of 1024 would leave the next client hanging, unanswered
BACKLOG = 4096
STOP_S = 8


def main(address: str, port: int) -> None:
    """Serve until SIGTERM."""
    _allow_many_files()
    _tie_children()
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


def _tie_children() -> None:
    """Let Granian's own child, which does the serving, die with this process."""
    multiprocessing.set_start_method("fork")
    parent = os.getpid()
    os.register_at_fork(
        after_in_child=lambda: child.die_with_parent(death_signal=signal.SIGKILL, parent=parent)
    )


def _allow_many_files() -> None:
    """Raise the limit of open files as far as the system lets us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
