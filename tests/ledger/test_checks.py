"""``check_books`` finds what is broken and names the row; here rows are broken as their owner."""

from uuid import uuid4

import pytest
from django.db import connection

from takings.ledger.actions import reverse
from takings.ledger.models import Account
from takings.ledger.queries import Check, Finding, check_books, checks, entry, register_check
from takings.money import Money
from tests.make.ledger import make_posted, make_prepaid, move
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

PREPAID = "advertiser:7:prepaid"


def _break(*statements: str) -> None:
    """Change rows around the laws, as only the owner of the tables can."""
    tables = ("ledger_account", "ledger_entry", "ledger_transfer", "ledger_standing")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _id(name: str, code: str = "USD") -> int:
    return Account.objects.get(name=name, currency=code).pk


def _broken() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in check_books():
        found.setdefault(finding.invariant, []).append(f"{finding.row} {finding.sentence}")
    return found


def test_sound_books_have_no_findings_and_tell_their_progress() -> None:
    make_prepaid("10")
    told: list[tuple[str, int, int]] = []
    assert check_books(progress=lambda *step: told.append(step)) == []
    assert ("every balance equals the sum of its transfers", 1, 1) in told
    assert ("every entry has the transfers it was posted with", 1, 1) in told


def test_a_balance_written_by_hand_is_found() -> None:
    make_prepaid("10")
    account = _id(PREPAID)
    _break(f"UPDATE ledger_standing SET credits_micros = 11000000 WHERE account_id = {account}")  # noqa: S608 - our own text
    broken = _broken()
    [sums] = broken.pop("every balance equals the sum of its transfers")
    assert PREPAID in sums
    assert "0/11000000" in sums
    assert "0/10000000" in sums
    [trial] = broken.pop("the trial balance is zero per currency")
    assert "currency:USD" in trial
    [audit] = broken.pop("every posting is what a second implementation decides")
    assert f"account:{_id(PREPAID)}" in audit
    assert "it stands at 0/11000000 with 0/0 held, decided again at 0/10000000" in audit
    [lane] = broken.pop("every lane repeats its newest standing")
    assert f"lane 0 of {PREPAID}" in lane
    assert broken == {}


def test_an_account_below_its_floor_is_found() -> None:
    make_prepaid("10")
    _break(
        "ALTER TABLE ledger_standing DROP CONSTRAINT balance_not_below_floor",
        f"UPDATE ledger_standing SET debits_micros = 10000001 WHERE account_id = {_id(PREPAID)}",  # noqa: S608 - our own text
    )
    [floor] = _broken()["no account is below its floor"]
    assert f"{PREPAID} stood at -1 after posting" in floor
    assert "its floor is 0" in floor


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (
            (
                "ALTER TABLE ledger_transfer DROP CONSTRAINT amount_is_positive",
                "UPDATE ledger_transfer SET amount_micros = -5",
            ),
            "-5 USD",
        ),
        (
            (
                "ALTER TABLE ledger_transfer DROP CONSTRAINT accounts_differ",
                "UPDATE ledger_transfer SET debit_id = credit_id",
            ),
            f"{PREPAID} → {PREPAID}",
        ),
        (
            (
                "ALTER TABLE ledger_transfer DROP CONSTRAINT accounts_share_a_currency",
                "UPDATE ledger_transfer SET currency = 'EUR'",
            ),
            "EUR",
        ),
    ],
)
def test_a_transfer_that_breaks_its_law_is_found(statements: tuple[str, ...], says: str) -> None:
    make_prepaid("10")
    _break(*statements)
    invariant = "every transfer joins two different accounts of its currency with a positive amount"
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_number || ':' || position FROM ledger_transfer")
        [row] = cursor.fetchone()
    [found] = _broken()[invariant]
    assert f"transfer:{row}" in found
    assert says in found


def test_coins_that_were_never_issued_are_found() -> None:
    make_posted(move("coins:issued", "viewer:3:coins", Money.parse(5, "COIN")))
    wallet = _id("viewer:3:coins", "COIN")
    _break(f"UPDATE ledger_standing SET credits_micros = 6000000 WHERE account_id = {wallet}")  # noqa: S608 - our own text
    [coins] = _broken()["coins in wallets are the coins issued"]
    assert "wallets hold 6000000, issued are 5000000" in coins


def test_a_reversal_that_does_not_undo_is_found() -> None:
    posted = make_prepaid("10")
    undo = uuid4()
    reverse(entry_id=posted.entry_id, id=undo, at=NOON, memo="")
    number = entry(id=undo).number
    _break(f"UPDATE ledger_transfer SET amount_micros = 9000000 WHERE entry_number = {number}")  # noqa: S608 - our own text
    found = _broken()["a reversal returns every account to its former balance"]
    assert len(found) == 2
    assert all(f"entry:{undo}" in finding for finding in found)


def test_an_account_that_is_not_of_the_chart_is_found() -> None:
    make_prepaid("10")
    _break(
        "UPDATE ledger_account SET name = 'secret' WHERE name = 'bank'",
        f"UPDATE ledger_account SET floor_micros = -5 WHERE name = '{PREPAID}'",  # noqa: S608 - our own text
        "INSERT INTO ledger_account (id, name, currency, side)"
        " VALUES (99 * 531441 + ledger_currency_number('COIN'), 'fx:EUR', 'COIN', 'credit')",
    )
    found = _broken()["every account is as the chart of accounts says"]
    assert len(found) == 3
    for says in (
        "“secret” is not an account of the chart",
        "another side or floor than advertiser:<id>:prepaid",
        "fx:EUR may not hold COIN",
    ):
        assert sum(says in finding for finding in found) == 1


def test_an_entry_that_lost_or_gained_a_transfer_is_found() -> None:
    thinned = make_prepaid("10")
    _break(
        f"UPDATE ledger_entry SET transfer_count = 2 WHERE id = '{thinned.entry_id}'",  # noqa: S608 - our own text
    )
    found = _broken()["every entry has the transfers it was posted with"]
    assert found == [f"entry:{thinned.entry_id} it was posted with 2 transfers and has 1"]


def test_a_hold_that_the_accounts_do_not_know_is_found() -> None:
    make_prepaid("10")
    _break(
        f"UPDATE ledger_standing SET held_debits_micros = 7 WHERE account_id = {_id(PREPAID)}",  # noqa: S608 - our own text
    )
    [found] = _broken()["what is held on every account is the sum of its open holds"]
    assert f"{PREPAID} has 7/0 held but its open holds sum to 0/0" in found


def test_an_app_adds_its_own_invariant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_registered", {})
    law = "tests have the last word"
    register_check(Check(law, lambda _: [Finding(law, "test:1", "they do")]))
    assert check_books() == [Finding(law, "test:1", "they do")]
