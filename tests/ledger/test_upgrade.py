"""Books of an older release are moved over: the same balances, the same past, the same seals."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).parents[2]
NAME = "takings_before"

BEFORE = """
INSERT INTO ledger_account (name, currency, side, floor_micros, debits_micros, credits_micros)
VALUES ('bank', 'USD', 'debit', 0, 0, 0), ('advertiser:7:prepaid', 'USD', 'credit', 0, 0, 0),
    ('coins:issued', 'COIN', 'debit', 0, 0, 0), ('viewer:3:coins', 'COIN', 'credit', 0, 0, 0),
    ('provider:stripe', 'USD', 'debit', 0, 0, 0);
INSERT INTO ledger_entry (id, kind, reference, policy_version, memo, occurred_at, posted_at,
    transfer_count, digest, reverses_id)
VALUES
    ('00000000-0000-0000-0000-000000000001', 'paid', 'r:1', 'house@2026-01-01', '',
        '2026-09-30 12:00Z', '2026-09-30 12:00Z', 1, '', NULL),
    ('00000000-0000-0000-0000-000000000002', 'paid', 'r:2', 'house@2026-01-01', '',
        '2026-10-01 12:00Z', '2026-10-01 12:00Z', 2, '', NULL),
    ('00000000-0000-0000-0000-000000000003', 'entry_reversed', 'r:1', 'house@2026-01-01', '',
        '2026-10-02 12:00Z', '2026-10-02 12:00Z', 1, '', '00000000-0000-0000-0000-000000000001');
INSERT INTO ledger_transfer (entry_id, position, debit_id, credit_id, currency, amount_micros)
SELECT entry::uuid, position, d.id, c.id, d.currency, amount FROM (VALUES
    ('00000000-0000-0000-0000-000000000001', 0, 'bank', 'advertiser:7:prepaid', 10000000),
    ('00000000-0000-0000-0000-000000000002', 0, 'bank', 'advertiser:7:prepaid', 3000000),
    ('00000000-0000-0000-0000-000000000002', 1, 'coins:issued', 'viewer:3:coins', 5000000),
    ('00000000-0000-0000-0000-000000000003', 0, 'advertiser:7:prepaid', 'bank', 10000000)
) AS t (entry, position, debit, credit, amount)
JOIN ledger_account d ON d.name = t.debit JOIN ledger_account c ON c.name = t.credit;
"""

AFTER = """
import datetime as dt, json, django
django.setup()
from uuid import UUID
from takings.ledger.actions import post, seal_entries
from takings.ledger.queries import balance, balance_at, check_books, entries_touching, entry
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
at = dt.datetime(2026, 9, 30, 18, tzinfo=dt.UTC)
prepaid = dict(name="advertiser:7:prepaid", currency="USD")
old = [line.number for line in entries_touching(account="advertiser:7:prepaid")]
again = EntryDraft(UUID(int=2), "paid", "r:2", "house@2026-01-01", at, "", (
    TransferDraft("bank", "advertiser:7:prepaid", Money(3_000_000, "USD")),
    TransferDraft("coins:issued", "viewer:3:coins", Money(5_000_000, "COIN"))))
new = EntryDraft(UUID(int=9), "paid", "r:9", "house@2026-01-01", at, "", again.transfers[:1])
outcomes = [posted.outcome for posted in post(drafts=[again, new], at=at)]
print(json.dumps({
    "then": balance_at(**prepaid, at=at).micros, "now": balance(**prepaid).micros,
    "old": old, "outcomes": outcomes, "is_later": entry(id=UUID(int=9)).number > max(old),
    "sealed": seal_entries(at=at),
    "wrong": [str(f) for f in check_books() if "policy" not in f.invariant],
}))
"""


@pytest.fixture
def before(django_db_setup: None) -> Iterator[dict[str, str]]:  # noqa: ARG001 - the server runs
    settings = connection.settings_dict
    address = f"host={settings['HOST']} user={settings['USER']}"
    url = f"postgresql://{settings['USER']}@/{NAME}?host={settings['HOST']}"
    with psycopg.connect(f"{address} dbname=postgres", autocommit=True) as session:
        session.execute(f"CREATE DATABASE {NAME}")
        yield os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        session.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def _run(surroundings: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_was_posted_before_stays_what_it_was(before: dict[str, str]) -> None:
    _run(before, "manage.py", "migrate", "ledger", "0004")
    with psycopg.connect(before["DATABASE_URL"]) as session:
        session.execute(BEFORE)
    _run(before, "manage.py", "migrate")
    assert json.loads(_run(before, "-c", AFTER).splitlines()[-1]) == {
        "then": 10_000_000,
        "now": 6_000_000,
        "old": [3, 2, 1],
        "outcomes": ["already_posted", "posted"],
        "is_later": True,
        "sealed": 4,
        "wrong": [],
    }
