"""Group commit: 256 callers at once, each with one transfer to the same account.

Value: transfers a second through `post_grouped`. Baseline: each caller's own transaction through
`post`. Both share a pool of connections that have posted before, and every caller waits for one;
the baseline may use all of them or the few that suit it best. The two take turns, to an account
without lanes and to one with 16, which is how the chart of accounts keeps callers apart where many
post to one account.
"""

from bench import _world

SERVER = _world.start(settings=_world.ROOMY)

import time  # noqa: E402 - Django's settings are read from here on
from collections.abc import Callable, Iterator, Sequence  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from statistics import median  # noqa: E402
from threading import Barrier, BoundedSemaphore, Thread  # noqa: E402
from uuid import UUID  # noqa: E402

import numpy as np  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402

from bench._shape import QUICK, check, report  # noqa: E402
from bench._transfers import CURRENCY, Source  # noqa: E402
from takings.core import clock  # noqa: E402
from takings.ledger.actions import post  # noqa: E402
from takings.ledger.actions.grouping import post_grouped  # noqa: E402
from takings.ledger.queries import balance, check_books  # noqa: E402
from takings.ledger.rules import EntryDraft, TransferDraft  # noqa: E402
from takings.money import Money  # noqa: E402

CALLERS = 256
TURNS = 1 if QUICK else 5
TURN_S = 2.0 if QUICK else 3.0
POOL = 32  # connections
FEW = 4
HOT = {"one lane": "advertiser:hot:prepaid", "16 lanes": "platform:revenue:ads"}
OPENING = 10**12
AMOUNT = Money(7, CURRENCY)
Send = Callable[[EntryDraft], None]


def alone(draft: EntryDraft) -> None:
    """Post in a transaction of the caller's own."""
    with transaction.atomic():
        post(drafts=[draft], at=clock.now())


def grouped(draft: EntryDraft) -> None:
    """Post together with whoever else is waiting."""
    [answer] = post_grouped(drafts=[draft], at=clock.now())
    assert answer.outcome.stands


@dataclass(frozen=True)
class Turn:
    """One caller's turn: the connections there are, and the seconds of its calls."""

    caller: int
    room: BoundedSemaphore
    done: list[float]


@dataclass
class Callers:
    """Callers that post one transfer after the other, each from an account of its own."""

    send: Send
    account: str
    connections: int
    supply: Iterator[tuple[int, UUID]]
    rates: list[float] = field(default_factory=list)
    calls_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    posted: int = 0

    def take_turn(self) -> None:
        """Let all of them call for a while."""
        room = BoundedSemaphore(self.connections)
        start = Barrier(CALLERS + 1)
        done: list[list[float]] = [[] for _ in range(CALLERS)]
        callers = [
            Thread(target=self._call, args=(start, Turn(n, room, done[n]))) for n in range(CALLERS)
        ]
        for caller in callers:
            caller.start()
        start.wait()
        began = time.perf_counter()
        for caller in callers:
            caller.join()
        took = time.perf_counter() - began
        calls = [call for of_one in done for call in of_one]
        self.calls_s += calls
        self.posted += len(calls)
        self.rates.append(len(calls) / took)

    def _call(self, start: Barrier, turn: Turn) -> None:
        start.wait()
        until = time.perf_counter() + TURN_S
        while (began := time.perf_counter()) < until:
            number, key = next(self.supply)  # of a list: a single step that no other thread divides
            move = TransferDraft(f"advertiser:{turn.caller}:prepaid", self.account, AMOUNT)
            draft = EntryDraft(
                id=key,
                kind="prepaid_moved",
                reference=f"transfer:{number}",
                policy_version="house@2026-01-01",
                occurred_at=clock.now(),
                memo="",
                transfers=(move,),
            )
            try:
                with turn.room:
                    self.send(draft)
                    connection.close()  # back into the pool, as at the end of a request
            except Exception as error:  # noqa: BLE001 - told at the end, which fails
                self.errors.append(repr(error))
                return
            turn.done.append(time.perf_counter() - began)

    @property
    def rate(self) -> float:
        """Transfers a second, of the median turn."""
        return median(self.rates)

    def told(self) -> str:
        """Rate and milliseconds of a call."""
        p50, p99 = (float(np.quantile(self.calls_s, q)) * 1e3 for q in (0.5, 0.99))
        return f"{self.rate:>8,.0f} a second, p50 {p50:.1f} ms, p99 {p99:.1f} ms"


def use_pool() -> None:
    """Let all threads share connections, and have them all made."""
    connection.close()
    options = connections.databases["default"].setdefault("OPTIONS", {})
    options["pool"] = {"min_size": POOL, "max_size": POOL, "timeout": 60}
    connection.ensure_connection()
    connection.close()
    connection.pool.wait(60)  # type: ignore[attr-defined]  # PostgreSQL's has it


def open_accounts(ids: Sequence[UUID]) -> None:
    """Put money into the accounts of the callers."""
    moves = tuple(
        TransferDraft(f"opening:{CURRENCY}", f"advertiser:{n}:prepaid", Money(OPENING, CURRENCY))
        for n in range(CALLERS)
    )
    opening = EntryDraft(
        id=ids[-1],
        kind="opening_posted",
        reference="opening",
        policy_version="house@2026-01-01",
        occurred_at=clock.now(),
        memo="",
        transfers=moves,
    )
    post(drafts=[opening], at=clock.now())
    connection.close()


def verify(found: Sequence[Callers]) -> None:
    """Compare what the hot accounts hold with what was acknowledged, and prove the books."""
    check("no call failed", found=[e for one in found for e in one.errors][:3], expected=[])
    total = 0
    for account in HOT.values():
        count_of = sum(one.posted for one in found if one.account == account)
        held = balance(name=account, currency=CURRENCY)
        check(f"{account} holds {count_of:,} transfers", found=held, expected=AMOUNT * count_of)
        total += count_of
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) - 1 FROM ledger_entry")
        [(entries,)] = cursor.fetchall()
    check("every acknowledged transfer has its entry", found=entries, expected=total)
    check("the books are right", found=check_books(), expected=[])


def main() -> None:
    """Run the benchmark."""
    ids = Source(seed=1).batch(400_000, load="one hot").uuids()
    use_pool()
    open_accounts(ids)
    supply = iter(list(enumerate(ids)))
    everyone: list[Callers] = []
    ratios = []
    for lanes, account in HOT.items():
        warming = Callers(alone, account, POOL, supply)
        ours = Callers(grouped, account, CALLERS, supply)
        theirs = [Callers(alone, account, size, supply) for size in (FEW, POOL)]
        warming.take_turn()  # a connection's first call makes its plans
        for _ in range(TURNS):
            for callers in (ours, *theirs):
                callers.take_turn()
        best = max(theirs, key=lambda callers: callers.rate)
        print(f"{lanes}, grouped:               {ours.told()}")
        for callers in theirs:
            print(f"{lanes}, alone, {callers.connections:>2} connections: {callers.told()}")
        print(f"{lanes}: {ours.rate / best.rate:.1f} times", flush=True)
        everyone += [warming, ours, *theirs]
        ratios.append((ours.rate, best.rate))
    verify(everyone)
    value, baseline = ratios[0]
    report("ledger_group", "grouped_transfers", value=value, unit="1/s", baseline=baseline)


main()
