"""Proofs go on where the last one stopped; what is old has its turn within 60 of them."""

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from takings.ledger.actions import prove_books, publish_head, seal_entries
from takings.ledger.models import Posting, Proof
from takings.ledger.queries import checks
from takings.ledger.queries.checks import what_is_new
from takings.ledger.queries.sealed_checks import JOURNAL
from takings.ledger.rules import stretches
from takings.ledger.rules.seals import signing_key
from takings.ledger.rules.stretches import ITEMS_OF_A_POSTING, Span, old_spans
from tests.ledger.test_sealing import FORGERIES, TABLES
from tests.make.ledger import make_prepaid
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

KEY = signing_key("a secret of these tests")


@pytest.fixture(autouse=True)
def heads(tmp_path: Path) -> Iterator[Path]:
    """Give a file for tree heads, outside of the database."""
    file = tmp_path / "tree-heads.jsonl"
    with override_settings(TREE_HEADS=file):
        yield file


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few published heads lie in several blocks."""
    monkeypatch.setattr(checks, "BYTES_OF_A_BLOCK", 100)


TURNS = 6
"""How many runs it takes until what is old was proved again, in these tests."""


@pytest.fixture
def _few_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "TURNS", TURNS)
    monkeypatch.setattr(stretches, "TURNS", TURNS)


def make_journal(heads: Path) -> None:
    """Seal batches of 1, 2 and 3 entries."""
    for size in (1, 2, 3):
        for _ in range(size):
            make_prepaid("100")
        at = NOON + dt.timedelta(minutes=size)
        seal_entries(at=at)
        publish_head(at=at, key=KEY, file=heads)


def prove(*, full: bool = False) -> set[tuple[str, str]]:
    """Prove what is new; return the invariants that are broken, with their rows."""
    found = prove_books(at=NOON, full=full)
    return {(finding.invariant, finding.row) for finding in found}


def forged(statements: str) -> None:
    """Change rows around the laws, as the owner of the tables could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        cursor.execute(statements)


def names() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.number, id FROM ledger_sealedentry s JOIN ledger_entry USING (number)"
            " WHERE batch_id = 1 ORDER BY position"
        )
        (one, entry_id), (two, _) = cursor.fetchall()
    return {"one": one, "two": two, "id": entry_id, "posting": one & -ITEMS_OF_A_POSTING}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_in_what_is_new_is_found_at_once(
    heads: Path, forgery: tuple[str, str, str]
) -> None:
    statements, invariant, row = forgery
    prove(full=True)
    make_journal(heads)
    known = names()
    with transaction.atomic():
        forged(statements.format(**known))
        assert (invariant, row.format(**known)) in prove()
        transaction.set_rollback(True)


@pytest.mark.usefixtures("_few_turns")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_in_what_is_old_is_found_when_its_turn_comes(
    heads: Path, forgery: tuple[str, str, str]
) -> None:
    statements, invariant, row = forgery
    make_journal(heads)
    assert prove() == set()
    known = names()
    with transaction.atomic():
        forged(statements.format(**known))
        assert any((invariant, row.format(**known)) in prove() for _ in range(TURNS))
        transaction.set_rollback(True)


@pytest.mark.usefixtures("_few_turns")
def test_the_last_batch_is_missed_when_its_turn_comes(heads: Path) -> None:
    make_journal(heads)
    assert [prove(), prove()] == [set(), set()]  # the turn of batch 2 is the next
    with transaction.atomic():
        forged(
            "DELETE FROM ledger_sealedentry WHERE batch_id = 2;"
            "DELETE FROM ledger_batch WHERE number = 2"
        )
        assert (JOURNAL, "batch:2") in prove()
        transaction.set_rollback(True)


@pytest.mark.no_cover
def test_an_old_amount_is_found_by_the_auditor_within_60_runs(heads: Path) -> None:
    make_journal(heads)
    assert prove(full=True) == set()
    with transaction.atomic():
        forged("UPDATE ledger_transfer SET amount_micros = 1")
        rows = [row for _ in range(60) for invariant, row in prove() if "second" in invariant]
        assert len(rows) == 2 * Posting.objects.count()
        transaction.set_rollback(True)


@pytest.mark.usefixtures("_few_turns")
def test_a_published_head_that_was_changed_later_is_found_when_its_turn_comes(heads: Path) -> None:
    make_journal(heads)
    assert prove() == set()
    lines = heads.read_text().splitlines(keepends=True)
    heads.write_text("".join((lines[0], lines[1].replace('"root": "', '"root": "00'), lines[2])))
    assert {row for _ in range(TURNS) for _, row in prove()} == {"tree-heads.jsonl:2"}
    heads.write_text("".join((lines[0], "nonsense\n", lines[2])))
    assert prove(full=True) == {
        ("every signed and published tree head is a prefix of the tree", "tree-heads.jsonl:2")
    }


def test_the_first_proof_is_a_full_one_and_later_ones_go_on_from_there(heads: Path) -> None:
    make_journal(heads)
    prove()
    first = Proof.objects.get()
    newest = Posting.objects.order_by("-number")[0].number
    assert (first.is_full, first.upto, first.batch_count) == (True, newest, 3)
    assert first.heads_bytes == heads.stat().st_size
    assert str(first) == f"proved up to {newest}"
    make_prepaid("1")
    scope = what_is_new()
    assert scope.items[-1].after == newest
    assert scope.settled_items[-1] == Span(newest, scope.settled)
    prove()
    assert list(Proof.objects.order_by("id").values_list("turn", "is_full")) == [
        (0, True),
        (1, False),
    ]
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        connection.cursor().execute("UPDATE ledger_proof SET upto = 0")


@pytest.mark.parametrize("upto", [0, 5, 59, 60, 1_000, 5_000, 1_000_000])
def test_in_60_turns_every_number_has_its_turn_once(upto: int) -> None:
    spans = [span for turn in range(60) for span in old_spans(upto=upto, turn=turn, width=2)]
    covered = sorted((span.after, span.upto) for span in spans)
    assert covered[0][0] == -1
    assert covered[-1][1] == upto
    assert all(one[1] == two[0] for one, two in itertools.pairwise(covered))
    assert max(len(old_spans(upto=upto, turn=t, width=2)) for t in range(60)) <= 64
