"""The database refuses too: each law is broken here by raw SQL, and holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from takings.ledger.models import Account
from takings.ledger.queries import check_books
from tests.make.ledger import all_balances, make_prepaid

pytestmark = pytest.mark.django_db

LARGEST = 2**63 - 1
PREPAID = "advertiser:7:prepaid"
TABLES = ("entry", "transfer", "posting", "standing", "lane", "hold", "holdend", "refusal")
LOCKS = ("periodlock", "accountchange")

Value = str | int | None


def _sql(statement: str, *values: Value) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def _refused(because: str, statement: str, *values: Value) -> None:
    before = all_balances()
    with pytest.raises(DatabaseError, match=because):
        _sql(statement, *values)
    assert all_balances() == before
    assert check_books() == []


def _account(name: str, code: str = "USD") -> int:
    return Account.objects.get(name=name, currency=code).pk


@contextmanager
def _as_owner(table: str) -> Iterator[None]:
    """Lift the law that rows come by posting alone, as only the owner can: see what else holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER rows_come_by_posting")
        yield
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER rows_come_by_posting")


ENTRY = """INSERT INTO ledger_entry (id, number, kind, reference, policy_version, memo, occurred_at,
    posted_at, transfer_count) VALUES (%s, %s, %s, 'r', 'p', '', now(), now(), %s)"""
TRANSFER = """INSERT INTO ledger_transfer
    (entry_number, position, posted_at, debit_id, credit_id, currency, amount_micros)
    VALUES (1, 0, now(), %s, %s, %s, %s)"""
STANDING = """INSERT INTO ledger_standing (account_id, lane, posted_at, posting, debits_micros,
    credits_micros, is_credit, floor_micros, step) VALUES (1, 0, now(), 1, %s, %s, %s, %s, 1)"""


@pytest.fixture(autouse=True)
def _books() -> None:
    make_prepaid("100")


@pytest.mark.parametrize("table", ["account", *TABLES, *LOCKS])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_posted_refuses_delete_and_truncate(table: str, statement: str) -> None:
    _refused("never change", statement.format(f"ledger_{table}"))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("entry", "memo"),
        ("transfer", "currency"),
        ("posting", "item_count"),
        ("standing", "lane"),
        ("hold", "memo"),
        ("holdend", "outcome"),
        ("refusal", "code"),
        ("periodlock", "reason"),
        ("accountchange", "reason"),
    ],
)
def test_what_is_posted_refuses_update(table: str, column: str) -> None:
    _refused("never change", f"UPDATE ledger_{table} SET {column} = {column}")  # noqa: S608 - our own text


def test_a_month_of_transfers_refuses_as_all_of_them_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableoid::regclass::text FROM ledger_transfer")
        [month] = cursor.fetchone()
    _refused("never change", f"DELETE FROM {month}")  # noqa: S608 - our own text
    _refused("never change", f"TRUNCATE {month}")
    _refused(
        "ledger_post alone",
        f"INSERT INTO {month} SELECT * FROM {month}",  # noqa: S608 - our own text
    )


@pytest.mark.parametrize("table", ["account", *TABLES])
def test_rows_come_by_posting_alone(table: str) -> None:
    _refused("ledger_post alone", f"INSERT INTO ledger_{table} SELECT * FROM ledger_{table}")  # noqa: S608 - our own text


def test_a_lane_is_overwritten_by_posting_alone() -> None:
    _refused("ledger_post alone", "UPDATE ledger_lane SET credits_micros = 0")


@pytest.mark.parametrize(
    "change",
    ["name = 'bank:2'", "currency = 'EUR'", "side = 'debit'", "floor_micros = -1", "id = 0"],
)
def test_an_account_keeps_its_name_side_floor_and_currency(change: str) -> None:
    _refused("never changes", f"UPDATE ledger_account SET {change} WHERE name LIKE 'adv%%'")  # noqa: S608 - our own text


def test_an_account_is_one_per_currency_and_its_id_and_side_are_right() -> None:
    insert = """INSERT INTO ledger_account (id, name, currency, side)
        VALUES (99 * 531441 + ledger_currency_number(%s), %s, 'USD', %s)"""
    with _as_owner("ledger_account"):
        _refused("account_is_one_per_currency", insert, "USD", "bank", "debit")
        _refused("side_is_debit_or_credit", insert, "USD", "fx:USD", "middle")
        _refused("account_id_carries_its_currency", insert, "EUR", "fx:USD", "credit")


@pytest.mark.parametrize("micros", [0, -1])
def test_an_amount_is_positive(micros: int) -> None:
    with _as_owner("ledger_transfer"):
        _refused("amount_is_positive", TRANSFER, _account("bank"), _account(PREPAID), "USD", micros)


def test_accounts_differ_and_share_a_currency() -> None:
    bank, prepaid = _account("bank"), _account(PREPAID)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_currency_number('EUR') - ledger_currency_number('USD')")
        [further] = cursor.fetchone()
    with _as_owner("ledger_transfer"):
        _refused("accounts_differ", TRANSFER, bank, bank, "USD", 1)
        _refused("accounts_share_a_currency", TRANSFER, bank + further, prepaid, "USD", 1)
        _refused("accounts_share_a_currency", TRANSFER, prepaid, bank + further, "USD", 1)
        _refused("accounts_share_a_currency", TRANSFER, bank, prepaid, "EUR", 1)


def test_a_standing_is_not_below_its_floor() -> None:
    with _as_owner("ledger_standing"):
        _refused("balance_not_below_floor", STANDING, 1, 0, "true", 0)
        _refused("balance_not_below_floor", STANDING, 0, 1, "false", 0)
        _refused("totals_never_below_zero", STANDING, -1, 0, "true", None)


def test_totals_stay_within_bigint() -> None:
    with _as_owner("ledger_standing"):
        _refused("out of range", STANDING, LARGEST + 1, 0, "false", None)


def test_an_entry_names_its_fact_and_has_transfers() -> None:
    with _as_owner("ledger_entry"):
        _refused("entry_names_its_fact_and_policy", ENTRY, str(uuid4()), 1, "", 1)
        _refused("entry_has_transfers", ENTRY, str(uuid4()), 1, "forged", 0)
