"""The database refuses too: each law is broken here by raw SQL, and holds."""

from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from takings.ledger.queries import check_books
from tests.make.ledger import all_balances, make_prepaid

pytestmark = pytest.mark.django_db

LARGEST = 2**63 - 1
PREPAID = "advertiser:7:prepaid"


Value = str | int | UUID


def _sql(statement: str, *values: Value) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _refused(because: str, statement: str, *values: Value) -> None:
    before = all_balances()
    with pytest.raises(DatabaseError, match=because):
        _sql(statement, *values)
    assert all_balances() == before
    assert check_books() == []


def _account(name: str, code: str = "USD") -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM ledger_account WHERE name = %s AND currency = %s", [name, code]
        )
        return int(cursor.fetchone()[0])


ENTRY = """INSERT INTO ledger_entry (id, kind, reference, policy_version, memo, occurred_at,
    posted_at, transfer_count, digest) VALUES (%s, %s, 'r', 'p', '', now(), now(), %s, '')"""
TRANSFER = """INSERT INTO ledger_transfer
    (entry_id, position, debit_id, credit_id, currency, amount_micros)
    VALUES (%s, %s, %s, %s, %s, %s)"""


def _forge(*, kind: str = "forged", transfer_count: int = 1) -> UUID:
    entry_id = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(ENTRY, [entry_id, kind, transfer_count])
    return entry_id


@pytest.fixture(autouse=True)
def _books() -> None:
    make_prepaid("100")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET memo = 'x'",
        "UPDATE ledger_transfer SET amount_micros = 1",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_transfer",
        "DELETE FROM ledger_account",
        "TRUNCATE ledger_entry CASCADE",
        "TRUNCATE ledger_transfer",
        "TRUNCATE ledger_account CASCADE",
    ],
)
def test_what_is_posted_refuses_update_delete_and_truncate(statement: str) -> None:
    _refused("never change", statement)


@pytest.mark.parametrize(
    "change",
    ["name = 'bank:2'", "currency = 'EUR'", "side = 'debit'", "floor_micros = -1", "id = 0"],
)
def test_an_account_keeps_its_name_side_floor_and_currency(change: str) -> None:
    _refused("never changes", f"UPDATE ledger_account SET {change} WHERE name LIKE 'adv%%'")  # noqa: S608 - our own text


def test_a_balance_moves_only_by_transfers() -> None:
    _refused("only by transfers", "UPDATE ledger_account SET credits_micros = credits_micros + 1")


@pytest.mark.parametrize("totals", [(1, 0), (0, 1)])
def test_an_account_starts_at_zero(totals: tuple[int, int]) -> None:
    _refused(
        "start at zero",
        """INSERT INTO ledger_account (name, currency, side, debits_micros, credits_micros)
        VALUES ('fx:USD', 'USD', 'credit', %s, %s)""",
        *totals,
    )


def test_an_account_is_one_per_currency_and_has_a_side() -> None:
    insert = """INSERT INTO ledger_account (name, currency, side, debits_micros, credits_micros)
        VALUES (%s, 'USD', %s, 0, 0)"""
    _refused("account_is_one_per_currency", insert, "bank", "debit")
    _refused("side_is_debit_or_credit", insert, "fx:USD", "middle")


def _forged_transfer(because: str, *columns: Value) -> None:
    """Try to insert (debit, credit, currency, micro-units) under a forged entry."""
    before = all_balances()
    with transaction.atomic():
        entry_id = _forge()
        with pytest.raises(DatabaseError, match=because):
            _sql(TRANSFER, entry_id, 0, *columns)
        transaction.set_rollback(True)
    assert all_balances() == before


@pytest.mark.parametrize("micros", [0, -1])
def test_an_amount_is_positive(micros: int) -> None:
    _forged_transfer("amount_is_positive", _account("bank"), _account(PREPAID), "USD", micros)


def test_accounts_differ() -> None:
    _forged_transfer("accounts_differ", _account("bank"), _account("bank"), "USD", 1)


def test_accounts_share_a_currency() -> None:
    bank, prepaid = _account("bank"), _account(PREPAID)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_account (name, currency, side, debits_micros, credits_micros)
            VALUES ('bank', 'EUR', 'debit', 0, 0)"""
        )
    euros = _account("bank", "EUR")
    _forged_transfer("accounts_share_a_currency_debit", euros, prepaid, "USD", 1)
    _forged_transfer("accounts_share_a_currency_credit", prepaid, euros, "USD", 1)
    _forged_transfer("accounts_share_a_currency_debit", bank, prepaid, "EUR", 1)


def test_a_balance_is_not_below_its_floor() -> None:
    bank, prepaid = _account("bank"), _account(PREPAID)
    _forged_transfer("balance_not_below_floor", prepaid, bank, "USD", 100_000_001)


def test_totals_stay_within_bigint() -> None:
    _forged_transfer("out of range", _account("bank"), _account(PREPAID), "USD", LARGEST)


def test_an_entry_names_its_fact() -> None:
    _refused("entry_names_its_fact_and_policy", ENTRY, uuid4(), "", 1)


def test_an_entry_has_transfers() -> None:
    _refused("entry_has_transfers", ENTRY, uuid4(), "forged", 0)
    _refused("must have exactly 1 transfers", ENTRY, uuid4(), "forged", 1)


def test_an_entry_takes_no_more_transfers_later() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_entry")
        [entry_id] = cursor.fetchone()
    bank, prepaid = _account("bank"), _account(PREPAID)
    _refused("takes no more", TRANSFER, entry_id, 1, bank, prepaid, "USD", 1)
    _refused("transfer_has_its_place", TRANSFER, entry_id, 0, bank, prepaid, "USD", 1)


def test_a_raw_transfer_moves_the_balances_itself() -> None:
    """Even around our code no row can exist that the balances do not know."""
    with transaction.atomic():
        entry_id = _forge()
        _sql(TRANSFER, entry_id, 0, _account("bank"), _account(PREPAID), "USD", 5)
    assert all_balances()[PREPAID, "USD"] == 100_000_005
    [finding] = [f for f in check_books() if "digest" in f.sentence]
    assert finding.row == f"entry:{entry_id}"
