"""Growth: what reading and proving cost when the books hold 1, 3 and 10 million transfers.

Value: microseconds of a balance in the past at the largest size. Baseline: the same at the
smallest. A year is posted, in calls of 10 000 (one entry per transfer), each month into a table of
its own. `GROWTH_HOME=<folder>` keeps the database and what was measured: stopped, the next run goes
on where it was. `GROWTH_S=<seconds>` ends loading after so long, at the size it has then;
`GROWTH_PROVE=<transfers>` is the largest size at which all of the books are proved.
"""

import os
from pathlib import Path

from bench import _world

HOME = os.environ.get("GROWTH_HOME")
if HOME:
    Path(HOME).mkdir(parents=True, exist_ok=True)
SERVER = _world.start(settings=_world.ROOMY, home=Path(HOME) if HOME else None)

import datetime as dt  # noqa: E402 - Django's settings are read from here on
import json  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterable, Iterator  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from functools import partial  # noqa: E402
from statistics import median  # noqa: E402

import numpy as np  # noqa: E402
from django.db import connection  # noqa: E402

from bench._shape import QUICK, check, report  # noqa: E402
from bench._transfers import (  # noqa: E402
    ACCOUNTS,
    CURRENCY,
    OPENING_MICROS,
    Expected,
    Integers,
    Source,
    call_of_batch,
)
from takings.ledger import queries  # noqa: E402
from takings.ledger.actions import account_ids, post_columns, prove_books  # noqa: E402
from takings.ledger.rules.calls import Call, packed_ids  # noqa: E402
from takings.money import Money  # noqa: E402

SIZES = (30_000, 100_000, 300_000) if QUICK else (1_000_000, 3_000_000, 10_000_000)
BATCH = 10_000
BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
STEP = dt.timedelta(days=365) * BATCH / SIZES[-1]
LOADING_S = float(os.environ.get("GROWTH_S", "inf"))
MEASURED = Path(HOME) / "growth.json" if HOME else None
READS = 100 if QUICK else 400
PAGES = 10 if QUICK else 20
TABLES = "entry", "transfer", "standing", "lane", "posting", "unsealed"
PROVED = int(os.environ.get("GROWTH_PROVE", "30000" if QUICK else "10000000"))
MOST_TIMES = 4.0  # a read in constant time may vary by the depth of an index, and by noise


@dataclass(frozen=True)
class Cost:
    """What things cost at one size: name to amount."""

    size: int
    of: dict[str, float]


class Books:
    """The accounts, and the batches in their order: every run makes the same ones."""

    def __init__(self) -> None:
        """Open months and accounts, and put money into each account, once."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ledger_open_month(month::date) FROM generate_series(%s::timestamptz,"
                " %s::timestamptz, interval '1 month') AS month",
                [BEGAN, BEGAN + dt.timedelta(days=366)],
            )
        names = [(f"advertiser:{n}:prepaid", CURRENCY) for n in range(ACCOUNTS)]
        other = (f"opening:{CURRENCY}", CURRENCY)
        ids = account_ids([*names, other])
        self.accounts: Integers = np.array([ids[name] for name in names], np.int64)
        self.expected = Expected()
        opening = Source(seed=0).batch(1, load="uniform")
        call = Call(
            ids=packed_ids(opening.uuids()),
            kinds=("opening_posted",),
            references=("opening",),
            policy_versions=("house@2026-01-01",),
            occurred_at=(BEGAN,),
            debits=np.full(ACCOUNTS, ids[other]),
            credits=self.accounts,
            amounts=np.full(ACCOUNTS, OPENING_MICROS),
            currencies=(CURRENCY,),
            counts=np.array([ACCOUNTS]),
        )
        assert set(post_columns(call=call, at=BEGAN).codes) <= {1}  # or known from an earlier run
        self.there = self._count()
        self.batch_count = 0

    def _count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) - 1 FROM ledger_entry")
            [(count,)] = cursor.fetchall()
            return int(count)

    def load(self, size: int, *, until: float) -> int:
        """Post up to this size, or until the clock says so; return the size reached."""
        began, spent = self.expected.count, 0.0
        while self.expected.count < size and (
            self.expected.count < self.there or time.perf_counter() < until
        ):
            number = self.batch_count
            source = Source(seed=number + 1, made=number * BATCH)
            batch = source.batch(BATCH, load="zipf 1.1" if number % 2 else "uniform")
            self.expected.add(batch)
            self.batch_count += 1
            if self.expected.count <= self.there:
                continue
            at = instant(number)
            call = call_of_batch(batch, accounts=self.accounts, at=at)
            started = time.perf_counter()
            assert not post_columns(call=call, at=at).codes
            spent += time.perf_counter() - started
            done = self.expected.count
            if number % 20 == 19:
                print(f"  {done:>12,} of {size:,}", flush=True)
        loaded = self.expected.count - max(began, min(self.there, self.expected.count))
        if spent:
            print(f"  {loaded:,} loaded, {loaded / spent:,.0f} a second", flush=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
        return self.expected.count

    def verify(self) -> None:
        """Compare every balance with what adding and subtracting gives."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT account_id, credits_micros - debits_micros FROM ledger_balance")
            stood = dict(cursor.fetchall())
        found = np.array([stood[key] for key in self.accounts.tolist()])
        wrong = int((found != self.expected.balances).sum())
        check("every balance is the sum of its transfers", found=wrong, expected=0)
        check("every entry is there", found=self._count(), expected=self.expected.count)

    def costs(self) -> dict[str, float]:
        """Measure everything at the size there is."""
        size = self.expected.count
        chance = np.random.default_rng(size)
        accounts = [f"advertiser:{n}:prepaid" for n in chance.integers(0, ACCOUNTS, READS)]
        instants = [instant(n) for n in chance.integers(0, self.batch_count, READS).tolist()]
        reads = zip(accounts, instants, strict=True)
        self._verify_past(accounts[0], instants[0])
        costs = dict(_bytes(size))
        costs["balance, µs"] = _micros(
            partial(queries.balance, name=name, currency=CURRENCY) for name in accounts
        )
        costs["balance in the past, µs"] = _micros(
            partial(queries.balance_at, name=name, currency=CURRENCY, at=at) for name, at in reads
        )
        first = (self.batch_count // 10) << 17  # a page near the beginning
        costs["newest page of 50, ms"] = 1e-3 * _micros(
            partial(queries.entries_touching, account=name) for name in accounts[:PAGES]
        )
        oldest = _number_of(first)
        costs["page of 50 deep down, ms"] = 1e-3 * _micros(
            partial(queries.entries_touching, account=name, before=oldest)
            for name in accounts[:PAGES]
        )
        return costs | dict(_proofs(size) if size <= PROVED else ())

    def _verify_past(self, name: str, at: dt.datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(CASE WHEN credit_id = account.id THEN amount_micros"
                " ELSE -amount_micros END), 0)::bigint"
                " FROM ledger_account AS account"
                " JOIN ledger_transfer ON account.id IN (debit_id, credit_id)"
                " WHERE name = %s AND posted_at <= %s",
                [name, at],
            )
            [(expected,)] = cursor.fetchall()
        found = queries.balance_at(name=name, currency=CURRENCY, at=at)
        check("a balance in the past", found=found, expected=Money(expected, CURRENCY))


def instant(number: int) -> dt.datetime:
    """Return when a batch was posted."""
    return BEGAN + STEP * (number + 1)


def _number_of(posting: int) -> int:
    """Return the number of the first entry at or after a posting's place among the postings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM ledger_posting ORDER BY number OFFSET %s LIMIT 1", [posting >> 17]
        )
        [(number,)] = cursor.fetchall()
    return int(number)


def _bytes(size: int) -> Iterator[tuple[str, float]]:
    """Return bytes on disk per transfer: of tables, of indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT sum(pg_table_size(leaf)), sum(pg_indexes_size(leaf))
            FROM unnest(%s::regclass[]) AS root
            LEFT JOIN LATERAL pg_partition_tree(root) AS tree ON true
            CROSS JOIN LATERAL (SELECT coalesce(tree.relid, root) AS leaf) AS named
            WHERE tree.isleaf IS NOT FALSE""",
            [[f"ledger_{table}" for table in TABLES]],
        )
        [(tables, indexes)] = cursor.fetchall()
    yield "bytes per transfer, tables", float(tables) / size
    yield "bytes per transfer, indexes", float(indexes) / size


def _micros(calls: Iterable[Callable[[], object]]) -> float:
    """Return the median microseconds of a call."""
    seconds = []
    for call in calls:
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return median(seconds) * 1e6


def _proofs(size: int) -> Iterator[tuple[str, float]]:
    """Prove the books, whole, and where it can be only what is new."""
    began = time.perf_counter()
    since: dict[str, float] = {}
    seconds: dict[str, float] = {}

    def tell(invariant: str, done: int, total: int) -> None:
        since.setdefault(invariant, time.perf_counter())
        if done == total:
            seconds[invariant] = time.perf_counter() - since[invariant]

    check("the books are right", found=prove_books(at=instant(0), progress=tell), expected=[])
    took = time.perf_counter() - began
    yield "prove_books, s", took
    yield "prove_books per transfer, µs", took / size * 1e6
    for invariant in sorted(seconds, key=lambda name: -seconds[name])[:4]:
        print(f"  {seconds[invariant]:.1f} s: {invariant}", flush=True)
    began = time.perf_counter()
    check("what is new is right", found=prove_books(at=instant(0), full=False), expected=[])
    yield "prove_books, one of 60 parts, s", time.perf_counter() - began


def _measured(file: Path) -> list[Cost]:
    """Return what earlier runs measured in this database."""
    return [Cost(size, of) for size, of in json.loads(file.read_text())]


def main() -> None:
    """Run the benchmark."""
    books = Books()
    until = time.perf_counter() + LOADING_S
    found = [] if MEASURED is None or not MEASURED.exists() else _measured(MEASURED)
    for size in SIZES:
        reached = books.load(size, until=until)
        if reached < books.there or reached in {cost.size for cost in found}:
            continue  # an earlier run has measured it, or was stopped beyond it
        books.verify()
        found.append(Cost(reached, books.costs()))
        if MEASURED is not None:
            MEASURED.write_text(json.dumps([[cost.size, cost.of] for cost in found]))
        for name, amount in found[-1].of.items():
            print(f"{reached:>12,}  {name:<32}{amount:>12,.1f}", flush=True)
        if reached < size:
            print(f"stopped after {LOADING_S:.0f} s of loading, at {reached:,} of {SIZES[-1]:,}")
            break
    first, last = found[0], found[-1]
    print("".join(f"{cost.size:>14,}" for cost in found) + "  times, last by first")
    for name in first.of:
        amounts = [cost.of[name] for cost in found if name in cost.of]
        told = "".join(f"{amount:>14,.1f}" for amount in amounts).ljust(14 * len(found))
        print(f"{told}{amounts[-1] / amounts[0]:>8.2f}  {name}")
    for name in ("balance, µs", "balance in the past, µs"):
        check(
            f"{name[:-4]} does not grow",
            found=last.of[name] < MOST_TIMES * first.of[name],
            expected=True,
        )
    report(
        "ledger_growth",
        "balance_in_the_past",
        value=last.of["balance in the past, µs"],
        unit="us",
        baseline=first.of["balance in the past, µs"],
    )


main()
