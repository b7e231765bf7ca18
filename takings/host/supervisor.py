"""Keep children running: start again what dies, stop everything on Ctrl-C or SIGTERM."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from takings.host import child

STOPPING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
WATCHED = STOPPING | {signal.SIGCHLD}
PAUSES_S = (0.1, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 60.0  # who lives so long is forgiven earlier deaths
STOP_S = 10.0

Say = Callable[[str], None]


@dataclass(kw_only=True)
class Member:
    """A child that shall always run: how to start it, and how often it died lately."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    due_at: float = 0.0

    def run(self) -> None:
        """Start the child."""
        self.process = self.start()
        self.started_at = time.monotonic()

    def died(self) -> str | None:
        """Return how the child ended, if it did since we last asked."""
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        self.process = None
        if time.monotonic() - self.started_at > STEADY_S:
            self.deaths = 0
        self.due_at = time.monotonic() + PAUSES_S[min(self.deaths, len(PAUSES_S) - 1)]
        self.deaths += 1
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


@dataclass(kw_only=True)
class Supervisor:
    """All children of one machine. ``first`` runs before the others and stops after them."""

    say: Say
    first: Member | None = None
    members: list[Member] = field(default_factory=list)
    stopping: bool = False

    def __enter__(self) -> Self:
        """Hear signals in order instead of being interrupted by them."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no process behind."""
        self.stop()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)

    def add(self, member: Member) -> None:
        """Start a child and keep it running."""
        self.members.append(member)
        member.run()

    def run(self) -> None:
        """Watch until somebody asks us to stop."""
        while not self.wait(seconds=self._next_start_s()):
            self.revive()

    def wait(self, *, seconds: float | None) -> bool:
        """Wait for a signal at most so long; tell whether it asks us to stop."""
        heard = (
            signal.sigwaitinfo(WATCHED)
            if seconds is None
            else signal.sigtimedwait(WATCHED, max(seconds, 0))
        )
        self.stopping = self.stopping or (heard is not None and heard.si_signo in STOPPING)
        return self.stopping

    def revive(self) -> None:
        """Start again what died and whose pause is over; the first one before the others."""
        for member in self._all():
            if (how := member.died()) is not None:
                self.say(f"The {member.name} ended ({how}); starting it again.")
            if member.process is None and member.due_at <= time.monotonic():
                member.run()

    def stop(self) -> None:
        """Ask everyone to end, insist after a while, and end the first one last."""
        running = [member.process for member in self.members if member.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + STOP_S
        for process in running:
            self._await_end(process, deadline=deadline)
        for member in self.members:
            member.process = None

    def _await_end(self, process: subprocess.Popen[bytes], *, deadline: float) -> None:
        """Wait for one child; a second Ctrl-C cuts the waiting short."""
        while process.poll() is None:
            heard = signal.sigtimedwait(WATCHED, max(deadline - time.monotonic(), 0))
            impatient = heard is not None and heard.si_signo == signal.SIGINT
            if impatient or time.monotonic() >= deadline:
                process.kill()
                process.wait()

    def _all(self) -> Sequence[Member]:
        return [*([self.first] if self.first else []), *self.members]

    def _next_start_s(self) -> float | None:
        """Return the seconds until the next child is due, or None when all run."""
        due = [member.due_at for member in self._all() if member.process is None]
        return min(due) - time.monotonic() if due else None


def spawn_python(
    *, words: Sequence[str], python: str, environment: dict[str, str], nice: int = 0
) -> subprocess.Popen[bytes]:
    """Start one of our own programs; it is killed when we are, since all its work is repeatable."""
    spawn = child.Spawn(
        words=[python, *words],
        runner=child.Runner(name="ourselves"),
        death_signal=signal.SIGKILL,
        environment=environment,
        nice=nice,
    )
    return child.start(spawn=spawn)
