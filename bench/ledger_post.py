"""Posting: transfers a second, from single ones to thousands at once, on quiet and hot accounts.

Value: transfers a second of `post_columns`, 8 190 at once, any account to any other. Baseline: the
same batches in pgledger's way. Every transfer is an entry of its own with its own id and reference;
every account refuses to go below zero; every call is on the disk when it returns. All take turns,
so that a busy machine disturbs them alike, and what is shown is the median turn.
"""

from bench import _world

SERVER = _world.start(settings=_world.ROOMY)

import time  # noqa: E402 - Django's settings are read from here on
from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from statistics import median  # noqa: E402
from threading import Barrier  # noqa: E402
from typing import Any, Protocol  # noqa: E402

import numpy as np  # noqa: E402
import psycopg  # noqa: E402
from django.db import connection  # noqa: E402

from bench import _pgledger, _rivals  # noqa: E402
from bench._shape import QUICK, check, report  # noqa: E402
from bench._transfers import (  # noqa: E402
    ACCOUNTS,
    CURRENCY,
    LOADS,
    OPENING_MICROS,
    Batch,
    Expected,
    Source,
    call_of_batch,
    cpu_seconds,
)
from takings.core import clock  # noqa: E402
from takings.ledger.actions import account_ids, post_columns  # noqa: E402
from takings.ledger.rules.calls import Call, packed_ids  # noqa: E402

SIZES = (1, 32, 8_190) if QUICK else (1, 32, 1_024, 8_190)
TURNS = 2 if QUICK else 5
TURN_S = 0.25 if QUICK else 1.0
RIVAL_S = 0.1 if QUICK else 0.6
TOGETHER = 8_190 * (4 if QUICK else 16)  # transfers of a turn with several writers
LARGEST = SIZES[-1]


class Way(Protocol):
    """One way to post a batch; what ``prepare`` does is not timed."""

    name: str
    pid: int

    def prepare(self, batch: Batch) -> Any:
        """Return the batch in the form it is posted in."""

    def post(self, prepared: Any) -> None:
        """Post it, durably."""


Rival = _rivals.RowLocks | _pgledger.Pgledger | _rivals.PerTransfer | _rivals.BareSets


class Ours:
    """`post_columns`."""

    name = "takings"

    def __init__(self) -> None:
        """Open the accounts and put money into each."""
        names = [(f"advertiser:{n}:prepaid", CURRENCY) for n in range(ACCOUNTS)]
        other = (f"opening:{CURRENCY}", CURRENCY)
        ids = account_ids([*names, other])
        self.accounts = np.array([ids[name] for name in names], np.int64)
        self.codes: list[int] = []
        first = Source(seed=0).batch(ACCOUNTS, load="uniform")
        call = Call(
            ids=packed_ids(first.uuids()[:1]),
            kinds=("opening_posted",),
            references=("opening",),
            policy_versions=("house@2026-01-01",),
            occurred_at=(clock.now(),),
            debits=np.full(ACCOUNTS, ids[other]),
            credits=self.accounts,
            amounts=np.full(ACCOUNTS, OPENING_MICROS),
            currencies=(CURRENCY,),
            counts=np.array([ACCOUNTS]),
        )
        assert not post_columns(call=call, at=clock.now()).codes
        self.pid = connection.connection.info.backend_pid

    def prepare(self, batch: Batch) -> Call:
        """Return the batch as a call."""
        return call_of_batch(batch, accounts=self.accounts, at=clock.now())

    def post(self, call: Call) -> None:
        """Post it."""
        self.codes = list(post_columns(call=call, at=clock.now()).codes)


@dataclass
class Turns:
    """What one way did with one load and size, turn by turn."""

    way: Way
    source: Source
    expected: Expected
    rates: list[float] = field(default_factory=list)
    calls_s: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    count: int = 0

    def take(self, *, size: int, load: str, seconds: float, refused: int = 0) -> None:
        """Post for so many seconds, at least once."""
        spent, count = 0.0, 0
        while spent < seconds:
            batch = self.source.batch(size, load=load, refused=refused)
            prepared = self.way.prepare(batch)
            cpu, began = cpu_seconds(self.way.pid), time.perf_counter()
            self.way.post(prepared)
            took = time.perf_counter() - began
            self.cpu_s += (cpu_seconds(self.way.pid) or 0.0) - (cpu or 0.0)
            self.expected.add(batch)
            self.calls_s.append(took)
            spent, count = spent + took, count + size
        self.rates.append(count / spent)
        self.count += count

    @property
    def rate(self) -> float:
        """Transfers a second, of the median turn."""
        return median(self.rates)

    @property
    def cpu_us(self) -> float:
        """Microseconds of the server's processor per transfer."""
        return self.cpu_s / self.count * 1e6

    def cells(self) -> str:
        """Rate, milliseconds of a call, microseconds of the server's processor per transfer."""
        p50, p99 = (float(np.quantile(self.calls_s, q)) * 1e3 for q in (0.5, 0.99))
        return f"{self.rate:>9,.0f} {p50:>8.2f} {p99:>8.2f} {self.cpu_us:>7.1f}"


class Bench:
    """Five ways, each with its own input and its own idea of what must come out."""

    def __init__(self) -> None:
        """Make the rivals' tables and open our accounts."""
        with psycopg.connect(SERVER.url) as made:
            made.execute(_rivals.TABLES + _rivals.BARE)
            made.execute(_pgledger.ULID + _pgledger.TABLES)
        self.ours = Ours()
        self.rivals: tuple[Rival, ...] = (
            _rivals.RowLocks(SERVER.url),
            _pgledger.Pgledger(SERVER.url),
            _rivals.PerTransfer(SERVER.url),
            _rivals.BareSets(SERVER.url),
        )
        self.ways: tuple[Way, ...] = (self.ours, *self.rivals)
        self.sources = [Source(seed=number + 1) for number in range(len(self.ways))]
        self.expected = [Expected() for _ in self.ways]

    def turns(self, number: int) -> Turns:
        """Return an empty record for one of the ways."""
        return Turns(self.ways[number], self.sources[number], self.expected[number])

    def compare(self, size: int, load: str) -> list[Turns]:
        """Let them take turns; row locks know no batches."""
        found = [self.turns(number) for number in range(len(self.ways))]
        for _ in range(_turns_of(size)):
            for number, turns in enumerate(found):
                at_once = 1 if turns.way.name == "row locks" else size
                seconds = TURN_S if number in {0, len(found) - 1} else RIVAL_S
                turns.take(size=at_once, load=load, seconds=seconds)
        return found

    def refuse(self, size: int, load: str) -> tuple[Turns, Turns]:
        """Post without refusals and with 1 % of them, in turns."""
        clean, refusing = self.turns(0), self.turns(0)
        for _ in range(TURNS):
            clean.take(size=size, load=load, seconds=TURN_S)
            assert not self.ours.codes
            refusing.take(size=size, load=load, seconds=TURN_S, refused=size // 100)
            assert sum(code == 4 for code in self.ours.codes) == size // 100
        return clean, refusing

    def hot(self) -> tuple[Turns, Turns]:
        """Post to any account and to one, in turns."""
        cold, hot = self.turns(0), self.turns(0)
        for _ in range(TURNS):
            cold.take(size=LARGEST, load="uniform", seconds=TURN_S)
            hot.take(size=LARGEST, load="one hot", seconds=TURN_S)
        return cold, hot

    def together(self, size: int, load: str) -> dict[int, float]:
        """Post from one thread and from two, in turns; return the median rates of all of them."""
        rates: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(TURNS):
            for writers, found in rates.items():
                found.append(self._at_once(writers, size, load))
        return {writers: median(found) for writers, found in rates.items()}

    def _at_once(self, writers: int, size: int, load: str) -> float:
        count = max(2, TOGETHER // size // writers)
        calls = [[self._next(size, load) for _ in range(count)] for _ in range(writers)]
        start = Barrier(writers + 1)

        def write(own: list[Call]) -> None:
            connection.ensure_connection()
            start.wait()
            for call in own:
                assert not post_columns(call=call, at=clock.now()).codes
            connection.close()

        with ThreadPoolExecutor(writers) as pool:
            done = [pool.submit(write, own) for own in calls]
            start.wait()
            began = time.perf_counter()
            for one in done:
                one.result()
            return count * size * writers / (time.perf_counter() - began)

    def _next(self, size: int, load: str) -> Call:
        batch = self.sources[0].batch(size, load=load)
        self.expected[0].add(batch)
        return self.ours.prepare(batch)

    def check(self) -> None:
        """Compare every balance of the four with what adding and subtracting gives."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT account_id, credits_micros - debits_micros FROM ledger_balance"
                " WHERE name LIKE 'advertiser:%'"
            )
            ours = dict(cursor.fetchall())
            found = np.array([ours[key] for key in self.ours.accounts.tolist()])
            _check_balances("takings", found, self.expected[0])
            expected = self.expected[0].count
            for what, count in _OURS.items():
                cursor.execute(count)
                [(number,)] = cursor.fetchall()
                wanted = {"differing": 0, "refusals": self.expected[0].refused}
                check(f"takings: {what}", found=number, expected=wanted.get(what, expected))
        for rival, expected_of in zip(self.rivals, self.expected[1:], strict=True):
            run = rival.connection.execute
            rows = run(rival.balances).fetchall()
            _check_balances(rival.name, np.array(rows).ravel(), expected_of)
            [(count,)] = run(rival.transfers).fetchall()
            check(f"{rival.name}: transfers", found=count, expected=expected_of.count)


_OURS = {
    "entries": "SELECT count(*) - 1 FROM ledger_entry",
    "transfers": "SELECT count(*) - 10000 FROM ledger_transfer",
    "refusals": "SELECT count(*) FROM ledger_refusal",
    "differing": """
        SELECT count(*) FROM ledger_balance FULL JOIN (
            SELECT account_id, sum(change) AS moved FROM (
                SELECT debit_id AS account_id, -amount_micros AS change FROM ledger_transfer
                UNION ALL SELECT credit_id, amount_micros FROM ledger_transfer
            ) AS legs GROUP BY account_id
        ) AS sums USING (account_id)
        WHERE credits_micros - debits_micros IS DISTINCT FROM coalesce(moved, 0)""",
}


def _check_balances(name: str, found: np.ndarray[Any, Any], expected: Expected) -> None:
    wrong = int((found != expected.balances).sum())
    check(f"{name}: balances of {expected.count:,} transfers", found=wrong, expected=0)


def _turns_of(size: int) -> int:
    """Return how many turns; in a quick run one, where a rival's batch takes seconds."""
    return 1 if QUICK and size == LARGEST else min(TURNS, 3)


def main() -> None:
    """Run the benchmark."""
    bench = Bench()
    columns = f"{'a second':>9} {'p50 ms':>8} {'p99 ms':>8} {'CPU µs':>7}"
    names = "|".join(f"{way.name:^36}" for way in bench.ways)
    print(f"{'':15}|{names}| times, by CPU", flush=True)
    print(f"{'batch load':<15}|{f'{columns} |' * len(bench.ways)} rows pgl. each bare", flush=True)
    best: list[Turns] = []
    for size in SIZES:
        for load in LOADS:
            found = bench.compare(size, load)
            cells = " |".join(turns.cells() for turns in found)
            times = " ".join(f"{turns.cpu_us / found[0].cpu_us:>4.1f}" for turns in found[1:])
            print(f"{size:>5} {load:<9}|{cells} | {times}", flush=True)
            if (size, load) == (LARGEST, "uniform"):
                best = found
    for size, load in ((1_024, "uniform"), (LARGEST, "uniform"), (LARGEST, "zipf 1.1")):
        clean, refusing = bench.refuse(size, load)
        ratio = refusing.rate / clean.rate
        print(
            f"1 % refused, {size} {load}: {refusing.cells()} against {clean.cells()}: {ratio:.2f}"
        )
    for size, load in ((1_024, "uniform"), (LARGEST, "uniform"), (LARGEST, "zipf 1.1")):
        rates = bench.together(size, load)
        told = ", ".join(f"{writers} writers {rate:,.0f}" for writers, rate in rates.items())
        print(f"together, {size} {load}: {told}: {rates[2] / rates[1]:.2f}", flush=True)
    cold, hot = bench.hot()
    print(f"hot {hot.cells()} against uniform {cold.cells()}: {hot.rate / cold.rate:.2f}")
    bench.check()
    report(
        "ledger_post",
        "transfers_at_8190_uniform",
        value=best[0].rate,
        unit="1/s",
        baseline=best[2].rate,
    )


main()
