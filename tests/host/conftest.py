"""Data homes of their own, and processes that own a PostgreSQL there."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from takings.host.postgres.place import erase
from takings.host.postgres.server import open_server

KEEPER = Path(__file__).with_name("keeper.py")
ROOT = Path(__file__).parents[2]


@dataclass(kw_only=True)
class Keeper:
    """A process that owns a server."""

    process: subprocess.Popen[str]
    postmaster: int
    url: str

    def release(self) -> None:
        """Let it stop its server and end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(30) == 0

    def kill(self) -> None:
        """End it without a word."""
        self.process.kill()
        self.process.wait(30)


@pytest.fixture
def empty() -> Iterator[Path]:
    """Give an empty data home that PostgreSQL's system user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="takings-host-"))
    folder.chmod(0o711)
    yield folder
    erase(home=folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """Make a cluster once; making one takes a second and a thousand files."""
    folder = Path(tempfile.mkdtemp(prefix="takings-made-"))
    folder.chmod(0o711)
    with open_server(home=folder):
        pass
    yield folder
    erase(home=folder)
    shutil.rmtree(folder)


@pytest.fixture
def home(empty: Path, made: Path) -> Path:
    """Give a data home with a cluster that has been started and stopped once."""
    subprocess.run(["cp", "-a", made / "postgres", empty / "postgres"], check=True)
    return empty


@pytest.fixture
def keep(home: Path) -> Iterator[Callable[[], Keeper]]:
    """Give a function that starts a process which owns the server of this home."""
    started: list[subprocess.Popen[str]] = []

    def start() -> Keeper:
        process = subprocess.Popen(
            [sys.executable, KEEPER, home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.readline().split()
        assert said, process.stderr.read()
        return Keeper(process=process, postmaster=int(said[0]), url=said[1])

    yield start
    for process in started:
        process.kill()
        process.wait(30)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
