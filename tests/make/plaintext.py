"""hledger and Beancount, run as people run them; their answers in our names and micro-units."""

import csv
import datetime as dt
import os
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from beancount import loader
from beancount.core import data

from takings.core import ids
from takings.core.errors import Refusal
from takings.ledger.actions import post, reverse
from takings.ledger.queries import balances
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.ledger.rules.plaintext import from_beancount, from_hledger
from takings.money import Money

Balances = dict[tuple[str, str], int]
"""Micro-units by account and currency; debits are plus. What is zero is left out."""

START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
DAYS = 91
FIAT = (
    *("bank", "provider:stripe", "provider:Stripe", "platform:fees", "platform:loss"),
    *("advertiser:7:prepaid", "advertiser:7:reserved", "pool:feed_ads:DE:2026-11.2"),
    *("creator:12:pending", "creator:12:payable", "coins:liability", "escrow:deal:9"),
    *("platform:revenue:ads", "tax:DE:vat", "tax:de:vat", "tax:dE:vat", "tax:De:vat"),
    *("rights:north-records", "rights:-_.", "rights:0--n", "fx:EUR", "opening:EUR"),
)
COINS = (
    *("coins:issued", "viewer:0192f2c8-7b1e-7000-8000-000000000001:coins"),
    *("viewer:3:coins", "viewer:3:bonus_coins"),
)
MEMOS = (
    "",
    "Bank transfer",
    "Überweisung für Köln, 北京 – “bezahlt” €",
    'Paid"\n2026-10-01 * "Forged"\n  Assets:Bank  1.000000 USD\n  Equity:X',
    "Paid\r\n\r\n2026-10-01 * Forged\n    assets:bank  1.000000 USD\n    equity:x\n",
    "; comment | note, date:2020-01-01, reference:forged [2020-01-02] (7) = 1 USD",
    "back\\slash \\n and \\",
    " spaces  at both ends ",
    "100 % %0A \u2028\u2029\x0b\x85\u202e\u200f\ufeff👩‍🎤",
    "   ",
    "(12) !",
)


def hledger(path: Path, *words: str) -> str:
    """Return what hledger prints about a file; it must find nothing wrong."""
    done = ask_hledger(path, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask_hledger(path: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Ask hledger about a file, whatever it answers."""
    program = shutil.which("hledger")
    if program is None:
        pytest.fail("hledger is missing; install it: apt-get install -y hledger", pytrace=False)
    return _run(program, "-f", str(path), *words)


def ask_bean_check(path: Path) -> "subprocess.CompletedProcess[str]":
    """Let Beancount's own checker look at a file."""
    return _run(str(Path(sys.executable).with_name("bean-check")), "--no-cache", str(path))


def hledger_balances(path: Path, *words: str) -> Balances:
    """Return what hledger adds up."""
    printed = hledger(path, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv", *words)
    rows = csv.DictReader(printed.splitlines())
    found = {
        (from_hledger(row["account"]), row["commodity"]): _micros(Decimal(row["balance"]))
        for row in rows
    }
    return _without_zeros(found)


def beancount_entries(path: Path) -> data.Directives:
    """Return what Beancount reads; it must find nothing wrong."""
    entries, errors, _ = loader.load_file(path)
    assert errors == []
    return entries


def beancount_balances(path: Path, *, before: dt.date = dt.date.max) -> Balances:
    """Return what Beancount's postings add up to."""
    found: Balances = defaultdict(int)
    for entry in beancount_entries(path):
        if isinstance(entry, data.Transaction) and entry.date < before:
            for posting in entry.postings:
                assert posting.units is not None
                number, code = posting.units
                assert isinstance(number, Decimal)
                found[from_beancount(posting.account), code] += _micros(number)
    return _without_zeros(found)


def our_balances() -> Balances:
    """Return what the books say of themselves."""
    return _without_zeros(
        {
            (row.name, row.balance.currency): row.debits.micros - row.credits.micros
            for row in balances(prefix="")
        }
    )


def make_history(*, seed: int, entry_count: int) -> list[EntryDraft]:
    """Post random entries in four currencies over three months, undo some; returns those posted."""
    dice = random.Random(seed)  # noqa: S311 - a story, not a secret
    posted: list[EntryDraft] = []
    while len(posted) < entry_count:
        draft = _draft(dice)
        try:
            post(drafts=[draft], at=draft.occurred_at + dt.timedelta(hours=dice.randrange(72)))
        except Refusal:
            continue  # a floor held
        posted.append(draft)
        if dice.random() < 1 / 6:
            _undo(dice.choice(posted).id, memo=dice.choice(MEMOS), dice=dice)
    return posted


def _draft(dice: random.Random) -> EntryDraft:
    return EntryDraft(
        id=UUID(int=dice.getrandbits(128), version=4),
        kind="story_told",
        reference=dice.choice(["receipt:77", 'deal:"; 9', "order, id:1\n2026-10-01 x"]),
        policy_version="house@2026-01-01",
        occurred_at=START + dt.timedelta(minutes=dice.randrange(DAYS * 24 * 60)),
        memo=dice.choice(MEMOS),
        transfers=tuple(_transfer(dice) for _ in range(dice.randint(1, 4))),
    )


def _transfer(dice: random.Random) -> TransferDraft:
    accounts, codes = dice.choice([(FIAT, ("USD", "EUR", "JPY")), (COINS, ("COIN",))])
    debit, credit = dice.sample(accounts, 2)
    amount = dice.choice([1, 4_250, dice.randrange(1, 10**7), dice.randrange(1, 10**16)])
    return TransferDraft(debit, credit, Money(amount, dice.choice(codes)))


def _undo(entry_id: UUID, *, memo: str, dice: random.Random) -> None:
    at = START + dt.timedelta(days=dice.randrange(DAYS))
    try:
        reverse(entry_id=entry_id, id=ids.derived("undo", entry_id), at=at, memo=memo)
    except Refusal:
        return  # the money has moved on


def _micros(number: Decimal) -> int:
    micros = number.scaleb(6)
    assert micros == micros.to_integral_value()
    return int(micros)


def _without_zeros(found: Balances) -> Balances:
    return {key: micros for key, micros in found.items() if micros}


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
