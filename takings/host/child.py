"""Child processes that cannot outlive their parent, not even after `kill -9`."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Runner:
    """The system user a child runs as; without ids it runs as we do."""

    name: str
    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True, kw_only=True)
class Spawn:
    """How to start a child: its words, its surroundings and the signal its parent's death sends."""

    words: Sequence[str]
    runner: Runner
    death_signal: signal.Signals
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    inherited_files: tuple[int, ...] = ()
    nice: int = 0
    output: IO[bytes] | int | None = field(default=None)


def start(*, spawn: Spawn) -> subprocess.Popen[bytes]:
    """Start the child in a session of its own, so that Ctrl-C reaches only its parent.

    Call it from the main thread: Linux sends the death signal when the starting thread ends.
    """
    runner = spawn.runner
    return subprocess.Popen(
        list(spawn.words),
        env=spawn.environment,
        cwd=spawn.folder,
        user=runner.uid,
        group=runner.gid,
        extra_groups=[] if runner.uid is not None else None,
        pass_fds=spawn.inherited_files,
        stdin=subprocess.DEVNULL,
        stdout=spawn.output,
        stderr=subprocess.STDOUT if spawn.output is not None else None,
        start_new_session=True,
        preexec_fn=_tie_to_parent(death_signal=spawn.death_signal, nice=spawn.nice),  # noqa: PLW1509 - no threads here, and only this runs after setuid
    )


def die_with_parent(*, death_signal: signal.Signals, parent: int) -> None:
    """Ask the kernel to send this process the signal when its parent, process ``parent``, ends.

    Linux only; elsewhere an orphan has to be ended by hand. Zero as ``parent`` asks for nothing.
    """
    if sys.platform != "linux" or not parent:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _tie_to_parent(*, death_signal: signal.Signals, nice: int) -> Callable[[], None]:
    """Return what the child does between fork and exec; after setuid, which would undo it."""
    parent = os.getpid()

    def tie() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())  # a supervisor blocks signals; we do not
        if nice:
            os.nice(nice)
        die_with_parent(death_signal=death_signal, parent=parent)

    return tie
