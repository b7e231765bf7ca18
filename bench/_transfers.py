"""Transfers between ten thousand accounts, the same ones every time, for whoever moves money."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from takings.ledger.rules.calls import Call

ACCOUNTS = 10_000
OPENING_MICROS = 10**14  # of ten thousand accounts together less than 2⁶³
TOO_MUCH_MICROS = 10**17  # more than any account ever has
ZIPF = 1.1
CURRENCY = "USD"
LOADS = ("uniform", "zipf 1.1", "one hot")
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Transfers as columns: accounts count from 0, amounts are micro-units."""

    ids: NDArray[np.void]
    references: list[str]
    debits: Integers
    credits: Integers
    amounts: Integers

    @property
    def size(self) -> int:
        """How many transfers."""
        return len(self.amounts)

    def uuids(self) -> list[UUID]:
        """Return the ids as objects."""
        return [UUID(bytes=id.tobytes()) for id in self.ids]  # noqa: A001 - as in the books


class Source:
    """Makes batches; every transfer has a time-ordered id and a reference of its own."""

    def __init__(self, *, seed: int, made: int = 0) -> None:
        """Draw the ranks of the accounts once: rank and number of an account are unrelated."""
        self._random = np.random.default_rng(seed)
        self._made = made
        weights = 1 / np.arange(1, ACCOUNTS + 1) ** ZIPF
        self._upto = np.cumsum(weights) / weights.sum()
        self._ranked = self._random.permutation(ACCOUNTS)

    def batch(self, size: int, *, load: str, refused: int = 0) -> Batch:
        """Return the next batch; ``refused`` of its transfers ask for more than there can be."""
        debits = self._accounts(size, load="uniform" if load == "one hot" else load)
        taken = self._accounts(size, load=load)
        taken = np.where(taken == debits, (taken + 1) % ACCOUNTS, taken)
        if load == "one hot":
            debits = np.where(debits == 0, 1, debits)
            taken = np.zeros(size, np.int64)
        amounts = self._random.integers(1, 1_000, size)
        amounts[self._random.choice(size, refused, replace=False)] = TOO_MUCH_MICROS
        first, self._made = self._made, self._made + size
        references = [f"transfer:{number}" for number in range(first, first + size)]
        return Batch(self._ids(first, size), references, debits, taken, amounts)

    def _accounts(self, size: int, *, load: str) -> Integers:
        if load == "zipf 1.1":
            ranks = np.searchsorted(self._upto, self._random.random(size))
            return self._ranked[np.minimum(ranks, ACCOUNTS - 1)]
        return self._random.integers(0, ACCOUNTS, size)

    def _ids(self, first: int, size: int) -> NDArray[np.void]:
        """Return UUIDs of version 7 (RFC 9562): 48 bits of time, here a count, 74 of chance."""
        rows = np.zeros((size, 16), np.uint8)
        rows[:, 6:] = self._random.integers(0, 256, (size, 10), dtype=np.uint8)
        ticks = np.arange(first, first + size, dtype=">u8") + 1_790_000_000_000
        rows[:, :6] = ticks.view(np.uint8).reshape(size, 8)[:, 2:]
        rows[:, 6] = rows[:, 6] & 0x0F | 0x70
        rows[:, 8] = rows[:, 8] & 0x3F | 0x80
        return np.ascontiguousarray(rows).view("V16").ravel()


class Expected:
    """What every account must stand at, by adding and subtracting, and nothing else."""

    def __init__(self) -> None:
        """Begin where the accounts were opened."""
        self.balances = np.full(ACCOUNTS, OPENING_MICROS, np.int64)
        self.count = 0
        self.refused = 0

    def add(self, batch: Batch) -> None:
        """Take in a batch that was posted; what asked for too much was refused."""
        stands = batch.amounts < TOO_MUCH_MICROS
        np.subtract.at(self.balances, batch.debits[stands], batch.amounts[stands])
        np.add.at(self.balances, batch.credits[stands], batch.amounts[stands])
        self.count += int(stands.sum())
        self.refused += int((~stands).sum())


def call_of_batch(batch: Batch, *, accounts: Integers, at: dt.datetime) -> Call:
    """Return the batch as a call: one entry per transfer; ``accounts`` are the ledger's ids."""
    return Call(
        ids=batch.ids,
        kinds=("prepaid_moved",),
        references=batch.references,
        policy_versions=("house@2026-01-01",),
        occurred_at=(at,),
        debits=accounts[batch.debits],
        credits=accounts[batch.credits],
        amounts=batch.amounts,
        currencies=(CURRENCY,),
    )


def cpu_seconds(pid: int) -> float | None:
    """Return what a process has computed so far, where the system tells (Linux)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return None
