"""Throw a data home away."""

import shutil
from pathlib import Path

from takings.core.errors import Conflict
from takings.host.lock import FileLock
from takings.host.postgres import place


class StillRunning(Conflict):
    """Its processes are alive."""

    code = "still_running"
    sentence = "Takings is running on {home} ({holder}); stop it first."


def erase_home(*, home: Path) -> None:
    """Delete everything in the data home; refuses `StillRunning`."""
    if not home.exists():
        return
    place.check_ownership(home=home)
    for name in ("up.lock", "owner.lock", "server.lock"):
        lock = FileLock(path=home / name)
        if not lock.take_now():
            raise StillRunning(home=home, holder=lock.noted())
    place.erase(home=home)
    shutil.rmtree(home)
