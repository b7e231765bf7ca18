"""Rounds: what each is made of, how it runs on books of its own, and how a failure is shrunk."""

import json
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import config.application  # noqa: F401 - Django is set up before any model is imported
from tests.torture.arena import FAULTS, Arena, in_child, new_books
from tests.torture.auditing import Life, prepare, write_report
from tests.torture.client import live, read_diary
from tests.torture.plan import Operation, plan

TRIES = 3  # of each smaller round: concurrency does not repeat itself
SHRINK_S = 600.0
FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Round:
    """What a round is made of; ``must`` are faults that come first, whatever the dice say."""

    seed: int
    clients: int
    operations: int
    seconds: float
    faults: tuple[str, ...] = tuple(FAULTS)
    must: tuple[str, ...] = ()

    def words(self) -> str:
        """Return the command that runs this round alone."""
        faults = f"--faults {','.join(self.faults) or 'none'}"
        size = f"--clients {self.clients} --operations {self.operations}"
        return f"--seed {self.seed} --rounds 1 {size} --seconds {self.seconds:g} {faults}"


@dataclass(kw_only=True)
class Report:
    """What happened, in one round or in all."""

    operations: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "Report":
        """Read what the auditor wrote."""
        kept = json.loads(path.read_text())
        return cls(
            operations=kept["operations"],
            answers=Counter(kept["answers"]),
            failures=Counter(kept["failures"]),
            wrong=kept["wrong"],
        )

    def add(self, other: "Report") -> None:
        """Count another one in."""
        self.operations += other.operations
        self.answers += other.answers
        self.failures += other.failures
        self.faults += other.faults

    def line(self) -> str:
        """Say it in a line."""
        refused = sum(n for w, n in self.answers.items() if w not in {"posted", "already_posted"})
        faults = ", ".join(f"{n} {word}" for word, n in sorted(self.faults.items()))
        return (
            f"{self.operations} operations answered, {self.answers['posted']} items posted, "
            f"{self.answers['already_posted']} again, {refused} refused; "
            f"faults: {faults or 'none'}; "
            f"failed and asked again: {dict(sorted(self.failures.items()))}"
        )


def run_round(ground: Path, asked: Round) -> Report:
    """Run a round on books of its own; if something is wrong, they stay in `seed-…`."""
    home = ground / "books"
    with new_books(ground) as server:
        clients = {n: _client(home, asked, n) for n in range(1, asked.clients + 1)}
        dice = random.Random(f"faults:{asked.seed}")  # noqa: S311 - a story, not a secret
        arena = Arena(server=server, roll=dice, clients=clients)
        try:
            _wait(in_child(prepare))
            weights = {fault: FAULTS[fault] for fault in asked.faults}
            arena.run(weights=weights, for_s=asked.seconds, must=asked.must)
            _wait(in_child(lambda: write_report(home=home, lives=_lives(home, asked))))
        finally:
            arena.stop()
    report = Report.read(home / "report.json")
    report.faults = arena.faults
    report.wrong = [*arena.broken, *report.wrong]
    if report.wrong:
        home.rename(ground / f"seed-{asked.seed}-{time.monotonic_ns()}")
    else:
        shutil.rmtree(home)
    return report


def _lives(home: Path, asked: Round) -> list[Life]:
    return [
        Life(client, _plan(asked, client), read_diary(_diary(home, client)))
        for client in range(1, asked.clients + 1)
    ]


def _plan(asked: Round, client: int) -> list[Operation]:
    return plan(seed=asked.seed, client=client, count=asked.operations)


def _diary(home: Path, client: int) -> Path:
    return home / f"client-{client}.jsonl"


def _client(home: Path, asked: Round, number: int) -> Callable[[], None]:
    return lambda: live(operations=_plan(asked, number), diary=_diary(home, number))


def _wait(child: int) -> None:
    _, status = os.waitpid(child, 0)
    if status:
        msg = f"the books could not be looked at: {os.waitstatus_to_exitcode(status)}"
        raise RuntimeError(msg)


def smaller(asked: Round) -> Iterator[Round]:
    """Yield rounds that ask less, the smallest first."""
    for clients in range(1, asked.clients):
        yield replace(asked, clients=clients)
    if asked.operations > FEWEST:
        yield replace(asked, operations=asked.operations // 4)
        yield replace(asked, operations=asked.operations // 2)
    for fault in asked.faults:
        yield replace(asked, faults=tuple(other for other in asked.faults if other != fault))


def shrink(ground: Path, asked: Round, until: float | None = None) -> Round:
    """Return the smallest round that was seen to fail, within ten minutes."""
    until = until or time.monotonic() + SHRINK_S
    for less in smaller(asked):
        for _ in range(TRIES):
            if time.monotonic() > until:
                return asked
            if run_round(ground, less).wrong:
                sys.stdout.write(f"  fails too: {less.words()}\n")
                sys.stdout.flush()
                return shrink(ground, less, until)
    return asked
