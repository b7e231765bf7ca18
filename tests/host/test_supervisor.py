"""Children are started again when they die, and none is left when we stop."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from takings.host.supervisor import Member, Supervisor, spawn_python

SLEEPER = "import signal; print(flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    with Supervisor(say=said.append) as watching:
        yield watching


def starts(program: str) -> Callable[[], subprocess.Popen[bytes]]:
    return lambda: spawn_python(words=["-c", program], python=sys.executable, environment={})


def test_a_killed_child_is_started_again_and_that_is_said(
    supervisor: Supervisor, said: list[str]
) -> None:
    member = Member(name="sleeper", start=starts(SLEEPER))
    supervisor.add(member)
    first = member.process
    assert first is not None
    first.kill()
    while member.process in (first, None):
        assert not supervisor.wait(seconds=0.05)
        supervisor.revive()
    assert member.process is not None
    assert member.process.poll() is None
    assert said == ["The sleeper ended (killed by SIGKILL); starting it again."]


def test_a_child_that_always_dies_is_tried_less_and_less_often(supervisor: Supervisor) -> None:
    member = Member(name="failing", start=starts("raise SystemExit(3)"))
    supervisor.add(member)
    pauses: list[float] = []
    while len(pauses) < 2:
        supervisor.wait(seconds=0.02)
        before = member.deaths
        supervisor.revive()
        if member.deaths > before:
            pauses.append(member.due_at)
    assert pauses[1] - pauses[0] > 0.9


def test_stopping_ends_even_a_child_that_does_not_want_to(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takings.host.supervisor.STOP_S", 0.3)
    meek, stubborn = (
        Member(name="meek", start=starts(SLEEPER)),
        Member(name="stubborn", start=starts(STUBBORN)),
    )
    supervisor.add(meek)
    supervisor.add(stubborn)
    processes = [meek.process, stubborn.process]
    supervisor.stop()
    assert all(process is not None and process.poll() is not None for process in processes)
    supervisor.stop()  # a second time is harmless


def test_a_signal_that_asks_to_stop_is_heard(supervisor: Supervisor) -> None:
    signal.raise_signal(signal.SIGTERM)
    assert supervisor.wait(seconds=1)
    assert supervisor.stopping
