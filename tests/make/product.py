"""The whole product, started as a person starts it: its address, command line and processes."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from takings.host import child
from takings.host.postgres.place import settle
from takings.host.postgres.server import url_of

UP = re.compile(r"Takings is at (http://\S+)")
START_S = 180.0
STOP_S = 60.0
LOOK_AGAIN_S = 0.1
T = TypeVar("T")


def until(what: str, look: Callable[[], T | None], *, within_s: float = 60.0) -> T:
    """Look again and again until there is something true to see; fails with ``what`` was missed."""
    deadline = time.monotonic() + within_s
    while not (seen := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within_s:.0f} s: {what}")
        threading.Event().wait(LOOK_AGAIN_S)
    return seen


@dataclass(frozen=True)
class Process:
    """A process of this machine. Its start tells it from a later one with the same id."""

    pid: int
    parent: int
    began: int
    words: str

    @property
    def lives(self) -> bool:
        """Tell whether it still runs; one that only waits to be buried does not."""
        return self in everyone()

    def kill(self) -> None:
        """End it without a word."""
        os.kill(self.pid, signal.SIGKILL)


def everyone() -> set[Process]:
    """Return every process of this machine that has not ended."""
    return {found for path in Path("/proc").glob("[0-9]*") if (found := _read(path)) is not None}


@dataclass(kw_only=True)
class Product:
    """`takings up` on a home of its own. It ends with the process that started it."""

    home: Path
    surroundings: dict[str, str]
    port: int
    words: tuple[str, ...] = ("--demo",)
    running: "subprocess.Popen[bytes] | None" = None
    took_s: float = field(default=0.0)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """Where its database is."""
        return url_of(place=settle(home=self.home))

    def start(self) -> None:
        """Start it and wait until it says where it is; ``took_s`` tells how long that was."""
        began = time.monotonic()
        said = self.home / "said.log"
        with said.open("wb") as output:
            spawn = child.Spawn(
                words=[*self._command("up"), *self.words, "--port", str(self.port)],
                runner=child.Runner(name="ourselves"),
                death_signal=signal.SIGTERM,
                environment=self.surroundings,
                output=output,
            )
            self.running = child.start(spawn=spawn)
        running = self.running

        def ready() -> bool:
            if running.poll() is not None:
                pytest.fail(f"the product did not start:\n{said.read_text()}", pytrace=False)
            return UP.search(said.read_text()) is not None

        until("the product starts", ready, within_s=START_S)
        self.took_s = time.monotonic() - began

    def said(self) -> str:
        """Return what it printed since it was started."""
        return (self.home / "said.log").read_text()

    def stop(self, word: signal.Signals = signal.SIGTERM) -> int:
        """End it with a signal; returns its exit code."""
        assert self.running is not None
        self.running.send_signal(word)
        return self.running.wait(STOP_S)

    def processes(self) -> set[Process]:
        """Return it and everything it started, to the last descendant."""
        assert self.running is not None
        found, waiting, all_of_them = set[Process](), [self.running.pid], everyone()
        while waiting:
            pid = waiting.pop()
            found |= {one for one in all_of_them if one.pid == pid}
            waiting += [one.pid for one in all_of_them if one.parent == pid]
        return found

    def member(self, words: str) -> Process | None:
        """Return the process directly below `takings up` whose command line holds these words."""
        assert self.running is not None
        below = (one for one in everyone() if one.parent == self.running.pid)
        return next((one for one in below if words in one.words), None)

    def takings(self, *words: str) -> str:
        """Run a command of the command line; return what it printed."""
        done = self.ask(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the command line, however it ends."""
        return subprocess.run(
            self._command(*words),
            env=self.surroundings,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def begin(self, *words: str) -> "subprocess.Popen[str]":
        """Start a command of the command line; its steps can be read from its error output."""
        return subprocess.Popen(
            self._command(*words),
            env=self.surroundings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "config.cli", *words]


def steps_of(command: "subprocess.Popen[str]") -> Iterator[str]:
    """Yield each step that a command announces, as it announces it."""
    assert command.stderr is not None
    for line in command.stderr:
        yield line.removesuffix(" …\n")


def _read(path: Path) -> Process | None:
    """Read what Linux tells of a process (proc(5)); None when it has ended."""
    try:
        state, parent, *rest = (path / "stat").read_text().rpartition(") ")[2].split()
        words = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else Process(int(path.name), int(parent), int(rest[17]), words)
