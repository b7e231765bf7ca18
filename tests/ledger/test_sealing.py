"""Sealing: a gapless journal, proofs that a stranger checks, and every forgery found and named."""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from takings.ledger import jobs
from takings.ledger.actions import publish_head, reverse, seal_entries
from takings.ledger.models import Batch, SealedEntry, TreeHead, TreeNode, Unsealed
from takings.ledger.queries import (
    NotSealedYet,
    UnknownEntry,
    UnknownTreeHead,
    check_books,
    consistency_proof,
    entry_proof,
    head_checks,
    latest_head,
    sealed_checks,
)
from takings.ledger.queries.head_checks import HEADS
from takings.ledger.queries.sealed_checks import ENTRIES, JOURNAL, PLACES
from takings.ledger.rules.seals import is_signed, signing_key
from tests.make.ledger import make_posted, make_prepaid, move
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

KEY = signing_key("a secret of these tests")
PUBLIC = KEY.public_key().public_bytes_raw().hex()
VERIFIER = Path(__file__).parents[2] / "tools" / "verify_proof.py"
TABLES = ("entry", "transfer", "batch", "sealedentry", "treenode", "treehead")


@pytest.fixture(autouse=True)
def heads(tmp_path: Path) -> Iterator[Path]:
    """Give a file for tree heads, outside of the database."""
    file = tmp_path / "tree-heads.jsonl"
    with override_settings(TREE_HEADS=file):
        yield file


def seal(heads: Path, *, minutes: int = 0) -> int:
    """Seal what waits and publish the head."""
    at = NOON + dt.timedelta(minutes=minutes)
    count = seal_entries(at=at)
    publish_head(at=at, key=KEY, file=heads)
    return count


def make_journal(heads: Path) -> None:
    """Seal batches of 1, 2 and 3 entries."""
    for size in (1, 2, 3):
        for _ in range(size):
            make_prepaid("100")
        assert seal(heads, minutes=size) == size


def verify(proof: object, *words: str) -> str:
    """Let the stand-alone script judge a proof; return what it says."""
    done = subprocess.run(
        [sys.executable, "-I", VERIFIER, "-", *words],
        input=json.dumps(proof),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == done.stdout.startswith("RIGHT")
    return done.stdout + done.stderr


def forge(statements: str) -> set[tuple[str, str]]:
    """Change rows around the laws, as the owner of the tables could; return what is found."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        cursor.execute(statements)
        found = {(finding.invariant, finding.row) for finding in check_books()}
        transaction.set_rollback(True)
    return found


def test_batches_are_gapless_and_sealing_again_changes_nothing(heads: Path) -> None:
    make_journal(heads)
    assert list(Batch.objects.order_by("number").values_list("number", "entry_count")) == [
        (0, 1),
        (1, 2),
        (2, 3),
    ]
    assert not Unsealed.objects.exists()
    assert seal(heads) == 0
    assert SealedEntry.objects.count() == 6
    assert [json.loads(line)["size"] for line in heads.read_text().splitlines()] == [1, 2, 3]
    assert check_books() == []


def test_rows_of_the_journal_say_where_they_are(heads: Path) -> None:
    make_journal(heads)
    make_prepaid("1")
    assert str(Batch.objects.get(number=2)) == "batch 2"
    assert str(SealedEntry.objects.order_by("number")[1]) == "batch 1, position 0"
    assert str(TreeNode.objects.get(level=1, index=0)) == "level 1, index 0"
    assert str(TreeHead.objects.get(size=3)) == "tree of 3 batches"
    assert str(Unsealed.objects.get()).startswith("posting ")


def test_the_database_refuses_a_gap_and_every_change(heads: Path) -> None:
    make_journal(heads)
    gap = (
        "INSERT INTO ledger_batch (number, entry_count, entries_root, root, sealed_at)"
        " VALUES (4, 1, '', '', now())"
    )
    with pytest.raises(IntegrityError, match="batches_have_no_gaps"), transaction.atomic():
        connection.cursor().execute(gap + "; SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("batch", "sealedentry", "treenode", "treehead"):
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM ledger_{table}")  # noqa: S608 - our own names
    assert check_books() == []


def test_without_entries_there_is_nothing_to_sign(heads: Path) -> None:
    assert seal(heads) == 0
    assert latest_head() is None
    assert not heads.exists()


def test_a_stranger_can_check_an_entry_with_nothing_of_ours(heads: Path) -> None:
    make_journal(heads)
    posted = make_posted(move("bank", "advertiser:8:prepaid", "4.25"))
    with pytest.raises(NotSealedYet, match="every few seconds"):
        entry_proof(id=posted.entry_id)
    seal_entries(at=NOON)
    with pytest.raises(NotSealedYet):
        entry_proof(id=posted.entry_id)
    seal(heads)
    proof = entry_proof(id=posted.entry_id)
    entry = proof["entry"]
    assert isinstance(entry, dict)
    assert entry["transfers"] == [["bank", "advertiser:8:prepaid", "USD", 4_250_000]]
    assert str(posted.entry_id) in verify(proof, "--key", PUBLIC)
    assert "another key" in verify(proof, "--key", "00" * 32)
    entry["transfers"][0][3] = 4_250_001
    assert "not in its batch" in verify(proof)


def test_every_entry_of_every_batch_has_its_proof(heads: Path, tmp_path: Path) -> None:
    posted = [make_prepaid("1").entry_id]
    seal(heads)
    posted += [make_prepaid("1").entry_id for _ in range(4)]
    posted += [reverse(entry_id=posted[1], id=uuid4(), at=NOON, memo="é \n").entry_id]
    seal(heads)
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(latest_head()))
    for entry_id in posted[1:]:
        assert verify(entry_proof(id=entry_id), "--head", str(kept)).startswith("RIGHT")
    assert "the head you kept" in verify(entry_proof(id=posted[0]), "--head", str(kept))


def test_what_was_signed_before_is_a_prefix_of_what_is_signed_now(heads: Path) -> None:
    make_journal(heads)
    proof = consistency_proof(old=1, new=3)
    assert "prefix" in verify(proof, "--key", PUBLIC)
    assert verify(consistency_proof(old=2, new=2)).startswith("RIGHT")
    old = proof["old"]
    assert isinstance(old, dict)
    assert "no prefix" in verify({**proof, "path": []})
    assert "not signed" in verify({**proof, "old": {**old, "root": "00" * 32}})
    assert "no proof" in verify({"old": 1})
    for size in ((0, 3), (1, 9), (3, 1)):
        with pytest.raises(UnknownTreeHead):
            consistency_proof(old=size[0], new=size[1])
    with pytest.raises(UnknownEntry):
        entry_proof(id=uuid4())


FORGERIES = [
    ("UPDATE ledger_entry SET memo = 'x' WHERE number = {one}", ENTRIES, "entry:{id}"),
    (
        "UPDATE ledger_transfer SET amount_micros = 1 WHERE entry_number = {one}",
        ENTRIES,
        "entry:{id}",
    ),
    (
        (
            "DELETE FROM ledger_transfer WHERE entry_number = {one};"
            "DELETE FROM ledger_entry WHERE number = {one}"
        ),
        PLACES,
        "entry number:{one}",
    ),
    ("DELETE FROM ledger_sealedentry WHERE number = {one}", JOURNAL, "batch:1"),
    ("DELETE FROM ledger_sealedentry WHERE number = {one}", PLACES, "entry number:{one}"),
    ("INSERT INTO ledger_unsealed VALUES ({posting})", PLACES, "entry number:{one}"),
    (
        "INSERT INTO ledger_sealedentry (number, batch_id, position, leaf) VALUES (999, 2, 3, '')",
        PLACES,
        "entry number:999",
    ),
    (
        (
            "UPDATE ledger_sealedentry SET position = 9 WHERE number = {one};"
            "UPDATE ledger_sealedentry SET position = 0 WHERE number = {two};"
            "UPDATE ledger_sealedentry SET position = 1 WHERE number = {one}"
        ),
        JOURNAL,
        "batch:1",
    ),
    ("UPDATE ledger_batch SET sealed_at = now() WHERE number = 1", JOURNAL, "batch:1"),
    ("UPDATE ledger_batch SET entries_root = 'x' WHERE number = 1", JOURNAL, "batch:1"),
    (
        (
            "ALTER TABLE ledger_batch DROP CONSTRAINT batches_have_no_gaps;"
            "UPDATE ledger_batch SET number = 7 WHERE number = 2"
        ),
        JOURNAL,
        "batch:2",
    ),
    ("UPDATE ledger_treenode SET hash = 'x' WHERE level = 0 AND index = 2", JOURNAL, "batch:2"),
    ("UPDATE ledger_treehead SET signature = 'x' WHERE size = 2", HEADS, "tree head:2"),
    ("UPDATE ledger_treehead SET root = 'x' WHERE size = 2", HEADS, "tree head:2"),
    ("UPDATE ledger_treehead SET public_key = 'x' WHERE size = 2", HEADS, "tree head:2"),
    ("UPDATE ledger_treehead SET size = 9 WHERE size = 2", HEADS, "tree head:9"),
]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_row_is_found_and_named(heads: Path, forgery: tuple[str, str, str]) -> None:
    statements, invariant, row = forgery
    make_journal(heads)
    one, two = SealedEntry.objects.filter(batch_id=1).order_by("position")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_entry WHERE number = %s", [one.number])
        [entry_id] = cursor.fetchone()
    names = {"one": one.number, "two": two.number, "id": entry_id, "posting": one.number & -131072}
    assert (invariant, row.format(**names)) in forge(statements.format(**names))


def test_somebody_who_rewrites_every_row_is_betrayed_by_the_published_heads(heads: Path) -> None:
    make_journal(heads)
    published = heads.read_text()
    forged = json.loads(published.splitlines()[1])
    heads.write_text(published.replace(forged["root"], "00" * 32))
    assert forge("SELECT 1") == {(HEADS, "tree-heads.jsonl:2")}
    heads.write_text(published.replace('"size": 3', '"size": 4'))
    assert forge("SELECT 1") == {(HEADS, "tree-heads.jsonl:3")}
    heads.unlink()
    assert check_books() == []


def test_a_journal_read_in_pieces_is_proved_as_all_at_once(
    heads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_checks, "BATCH", 2)
    monkeypatch.setattr(sealed_checks, "ENTRIES_AT_ONCE", 4)
    monkeypatch.setattr(head_checks, "BATCH", 2)
    make_journal(heads)
    assert check_books() == []
    assert (JOURNAL, "batch:2") in forge("UPDATE ledger_batch SET root = 'x' WHERE number = 2")
    heads.write_text(heads.read_text().replace('"size": 3', '"size": 4'))
    assert forge("SELECT 1") == {(HEADS, "tree-heads.jsonl:3")}


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_is_sealed_later_and_nobody_waits(heads: Path) -> None:
    def seal_elsewhere() -> int:
        try:
            return seal(heads)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            make_prepaid("1")
            assert other.submit(seal_elsewhere).result() == 0
        make_prepaid("2")
        assert other.submit(seal_elsewhere).result() == 2
        assert other.submit(seal_elsewhere).result() == 0
    assert check_books() == []


def test_the_clock_seals_and_publishes(heads: Path) -> None:
    posted = make_prepaid("1")
    jobs.seal_entries()
    head = latest_head()
    assert head == json.loads(heads.read_text())
    assert verify(entry_proof(id=posted.entry_id), "--key", str(head["public_key"]))
    said = {name: value for name, value in head.items() if name != "signature"}
    signature = bytes.fromhex(str(head["signature"]))
    assert is_signed(said, signature=signature, public_key=bytes.fromhex(str(head["public_key"])))
