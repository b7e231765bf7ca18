"""The auditor decides every posting again: what could not have been posted is found and named."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from takings.ledger.actions import (
    expire_holds,
    hold,
    post,
    post_each,
    post_hold,
    prove_books,
    reverse,
    void_hold,
)
from takings.ledger.models import Account, Posting, Proof
from takings.ledger.queries import audit_rows, check_books, entry
from takings.ledger.queries.audit import AUDIT, OWNED
from takings.ledger.queries.settled import settled_number
from tests.make.ledger import make_entry, make_posted, make_prepaid, move
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

PREPAID, RESERVED = "advertiser:7:prepaid", "advertiser:7:reserved"
TABLES = ("account", "entry", "transfer", "standing", "posting", "hold", "holdend", "refusal")
HOUR = dt.timedelta(hours=1)


def forge(*statements: str) -> set[tuple[str, str]]:
    """Change rows around the laws, as the owner of the tables could; return what is found."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        found = {
            (finding.row, finding.sentence.partition(": ")[2] or finding.sentence)
            for finding in check_books()
            if finding.invariant in {AUDIT, OWNED}
        }
        transaction.set_rollback(True)
    return found


def number_of(id_: UUID) -> int:
    return entry(id=id_).number


def account(name: str) -> int:
    return Account.objects.get(name=name).pk


def make_life() -> dict[str, UUID]:
    """Post everything there is: entries, holds and their ends, a reversal, a refusal."""
    names = ("paid", "held", "voided", "due", "part", "undone", "undo", "refused")
    ids = {name: uuid4() for name in names}
    lease = move(PREPAID, RESERVED, "10")
    post(drafts=[make_entry(move("bank", PREPAID, "100"), id=ids["paid"])], at=NOON)
    for name in ("held", "voided", "due"):
        expires = NOON + HOUR if name == "due" else None
        hold(drafts=[make_entry(lease, id=ids[name])], expires_at=expires, at=NOON)
    post_hold(hold_id=ids["held"], id=ids["part"], at=NOON)
    void_hold(hold_id=ids["voided"], at=NOON)
    assert expire_holds(at=NOON + 2 * HOUR) == 1
    post(drafts=[make_entry(lease, id=ids["undone"])], at=NOON + 2 * HOUR)
    reverse(entry_id=ids["undone"], id=ids["undo"], at=NOON + 3 * HOUR, memo="")
    too_much = make_entry(move(PREPAID, RESERVED, "500"), id=ids["refused"])
    [[answer]] = post_each(groups=[[too_much]], at=NOON + 3 * HOUR)
    assert answer.outcome == "insufficient_funds"
    return ids


def test_everything_that_was_posted_is_decided_again_alike() -> None:
    make_life()
    assert forge("SELECT 1") == set()


FORGERIES: dict[str, tuple[str, str, str]] = {
    "an amount": (
        "UPDATE ledger_transfer SET amount_micros = 99000000 WHERE entry_number = {paid_number}",
        "account:{prepaid}",
        "it stands at 0/100000000 with 0/0 held, decided again at 0/99000000 with 0/0 held",
    ),
    "an overdraft": (
        "UPDATE ledger_transfer SET amount_micros = 900000000 WHERE entry_number = {part_number}",
        "entry:{part}",
        "decided again it is not_what_is_held",
    ),
    "an account": (
        (
            "UPDATE ledger_transfer SET debit_id = 7 * 531441 + debit_id %% 531441"
            " WHERE entry_number = {paid_number}"
        ),
        "entry:{paid}",
        "decided again it is unknown_account",
    ),
    "a hold that was never": (
        "UPDATE ledger_hold SET number = 9000000000000 WHERE id = '{voided}'",
        "hold end:{voided}",
        "decided again it is unknown_hold",
    ),
    "an expiry before its time": (
        "UPDATE ledger_hold SET expires_at = '2030-01-01' WHERE id = '{due}'",
        "hold end:{due}",
        "decided again it is hold_not_due",
    ),
    "a refused id that was posted": (
        "UPDATE ledger_refusal SET id = '{undone}', number = 1 WHERE id = '{refused}'",
        "entry:{undone}",
        "decided again it is insufficient_funds",
    ),
    "a refusal of what was posted before": (
        "UPDATE ledger_refusal SET id = '{undone}' WHERE id = '{refused}'",
        "refusal:{undone}",
        "it was refused though it had been posted before",
    ),
    "a refusal for no reason": (
        "UPDATE ledger_refusal SET code = 11 WHERE id = '{refused}'",
        "refusal:{refused}",
        "nothing there was could be period_locked",
    ),
    "a refusal that is not remembered": (
        "UPDATE ledger_refusal SET code = 8 WHERE id = '{refused}'",
        "refusal:{refused}",
        "unknown_account is not remembered",
    ),
    "a refusal of another time": (
        "UPDATE ledger_refusal SET refused_at = now() WHERE id = '{refused}'",
        "refusal:{refused}",
        "it says that it was refused at",
    ),
    "an id that is two things": (
        "UPDATE ledger_hold SET id = '{undone}' WHERE id = '{due}';",
        "entry:{undone}",
        "decided again it is same_id_other_content",
    ),
    "a second reversal": (
        (
            "DROP INDEX entry_is_reversed_once;"
            "UPDATE ledger_entry SET reverses_id = '{undone}' WHERE id IN ('{part}', '{undo}')"
        ),
        "entry:{undo}",
        "decided again it is already_reversed",
    ),
    "a standing of nobody": (
        (
            "INSERT INTO ledger_standing (posting, account_id, lane, posted_at, debits_micros,"
            " credits_micros, is_credit, floor_micros, step) SELECT posting + 5, account_id, lane,"
            " posted_at, debits_micros, credits_micros, is_credit, floor_micros, step"
            " FROM ledger_standing WHERE posting = {paid_number} AND account_id = {prepaid}"
        ),
        "account:{prepaid}",
        "no posting has the number",
    ),
    "a standing that is gone": (
        "DELETE FROM ledger_standing WHERE posting = {undo_number} AND account_id = {prepaid}",
        "account:{prepaid}",
        "it was moved, and what it stands at was not written",
    ),
    "a floor of its own": (
        "UPDATE ledger_standing SET floor_micros = -5 WHERE account_id = {prepaid}",
        "account:{prepaid}",
        "its side or floor there is not that of the account",
    ),
    "an order of its own": (
        (
            "UPDATE ledger_standing SET posting = 8000000000000 WHERE posting = {paid_number}"
            " AND account_id = {prepaid}"
        ),
        "account:{prepaid}",
        "no posting has the number",
    ),
    "an entry without a posting": (
        "UPDATE ledger_entry SET number = number + 7 WHERE id = '{paid}'",
        "entry:{paid}",
        "no posting has the number",
    ),
    "a posting without items": (
        "UPDATE ledger_entry SET number = number + 7 WHERE id = '{paid}'",
        "posting:{paid_number}",
        "it left nothing behind",
    ),
    "a hold without a posting": (
        "UPDATE ledger_hold SET number = number + 7 WHERE id = '{voided}'",
        "hold:{voided}",
        "no posting has the number",
    ),
    "an end of a hold without a posting": (
        "UPDATE ledger_holdend SET number = number + 7 WHERE hold_id = '{voided}'",
        "hold end:{voided}",
        "no posting has the number",
    ),
    "a reversal without a posting": (
        "UPDATE ledger_entry SET number = number + 7 WHERE id = '{undo}'",
        "entry:{undo}",
        "no posting has the number",
    ),
    "a refusal without a posting": (
        "UPDATE ledger_refusal SET number = {paid_number} + 7 WHERE id = '{refused}'",
        "refusal:{refused}",
        "no posting has the number",
    ),
    "an entry of no posting and its transfers of another time": (
        (
            "UPDATE ledger_entry SET number = number + 7 WHERE id = '{paid}';"
            "UPDATE ledger_transfer SET entry_number = entry_number + 7,"
            " posted_at = posted_at - interval '1 second' WHERE entry_number = {paid_number}"
        ),
        "entry:{paid}",
        "no posting has the number",
    ),
    "a reversal of what has no transfers": (
        "DELETE FROM ledger_transfer WHERE entry_number = {undone_number}",
        "entry:{undo}",
        "decided again it is not_its_reversal",
    ),
    "an entry of another time": (
        "UPDATE ledger_entry SET posted_at = now() WHERE id = '{paid}'",
        "entry:{paid}",
        "it says that it was posted at",
    ),
    "a transfer of another time": (
        (
            "UPDATE ledger_transfer SET posted_at = posted_at - interval '1 second'"
            " WHERE entry_number = {paid_number}"
        ),
        "posting:{paid_number}",
        "its transfers say that they were posted at another time",
    ),
    "two items of one number": (
        "UPDATE ledger_refusal SET number = {paid_number} WHERE id = '{refused}'",
        "posting:{paid_number}",
        "two of its items have one number",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_could_not_have_been_posted_is_found_and_named(forgery: str) -> None:
    ids = make_life()
    names: dict[str, object] = {**ids, "prepaid": account(PREPAID)}
    for name in ("paid", "part", "undone", "undo"):
        names[f"{name}_number"] = number_of(ids[name])
    statement, row, says = FORGERIES[forgery]
    constraint = "ALTER TABLE ledger_standing DROP CONSTRAINT balance_not_below_floor"
    links = "ALTER TABLE ledger_holdend DROP CONSTRAINT ledger_holdend_hold_id_fkey"
    found = forge(constraint, links, statement.replace("%%", "%").format(**names))
    assert [
        sentence
        for where, sentence in found
        if where == row.format(**names) and sentence.startswith(says)
    ], found


def test_pieces_of_a_few_items_are_decided_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_rows, "ITEMS", 2)
    drafts = [make_entry(move("bank", PREPAID, "1")) for _ in range(3)]
    post(drafts=drafts, at=NOON)  # more than a piece has, and a piece by itself
    ids = make_life()
    assert forge("SELECT 1") == set()
    forged = "UPDATE ledger_transfer SET amount_micros = 9 WHERE entry_number = {}"
    found = forge(forged.format(number_of(ids["undone"])))
    assert (f"entry:{ids['undo']}", "decided again it is not_its_reversal") in found


def test_an_account_written_out_of_order_is_found() -> None:
    make_prepaid("1")
    make_prepaid("1")
    first = Posting.objects.order_by("number").values_list("number", flat=True)[0]
    found = forge(
        "UPDATE ledger_standing SET posted_at = posted_at + interval '1 hour'"  # noqa: S608 - our own text
        f" WHERE account_id = {account(PREPAID)} AND posting = {first}"
    )
    says = "what it stood at before was written by a later posting"
    assert (f"account:{account(PREPAID)}", says) in found


def test_a_hold_that_is_posted_by_a_clock_that_is_behind_is_no_difference() -> None:
    make_prepaid("10")
    id_ = uuid4()
    lease = move(PREPAID, RESERVED, "5")
    hold(drafts=[make_entry(lease, id=id_)], expires_at=NOON + HOUR, at=NOON)
    make_posted(move("bank", PREPAID, "1"), at=NOON + 2 * HOUR)
    post_hold(hold_id=id_, id=uuid4(), at=NOON)
    assert forge("SELECT 1") == set()


def _elsewhere(call: Callable[[], object]) -> object:
    def run() -> object:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(run).result(timeout=60)


@pytest.mark.django_db(transaction=True)
def test_a_posting_that_commits_late_is_never_skipped() -> None:
    make_prepaid("1")
    before = settled_number(known=-1)
    with transaction.atomic():
        make_prepaid("1", brand=8)
        _elsewhere(lambda: make_posted(move("opening:USD", "advertiser:9:prepaid", "1")))
        assert _elsewhere(lambda: settled_number(known=before, patience_s=0.1)) == before
        _elsewhere(lambda: prove_books(at=NOON, full=False))
        assert Proof.objects.order_by("-id")[0].upto < Posting.objects.order_by("-number")[0].number
    assert settled_number(known=before) == Posting.objects.order_by("-number")[0].number
    assert prove_books(at=NOON, full=False) == []
    assert Proof.objects.order_by("-id")[0].upto == Posting.objects.order_by("-number")[0].number
