"""Old months go into files and come back: nothing is lost between any two steps, all is proved."""

import datetime as dt
import gzip
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from takings.core.errors import Refusal
from takings.ledger.actions import archiving, reverse, seal_entries
from takings.ledger.actions.archiving import archive_transfers, attach_transfers
from takings.ledger.models import Archive, ArchiveSum, Transfer
from takings.ledger.queries import (
    TransfersArchived,
    archived_entries,
    archived_months,
    balance_at,
    check_books,
    entries_touching,
    entry_proof,
)
from takings.ledger.queries.archives import need_transfers
from takings.ledger.queries.turnovers import turnovers
from takings.ledger.rules.archives import Contents
from tests.make.ledger import all_balances, make_posted, make_prepaid, move, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

NEXT = dt.datetime(2026, 12, 3, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2027, 1, 5, 12, tzinfo=dt.UTC)
FIRST = dt.date(2026, 12, 1)
PREPAID, RESERVED = "advertiser:7:prepaid", "advertiser:8:prepaid"


def make_months() -> UUID:
    """Post into November and December, with a reversal across; returns an entry of November."""
    posted = make_prepaid("100")
    make_posted(move("bank", "advertiser:8:prepaid", "7"))
    undone = make_prepaid("5").entry_id
    reverse(entry_id=undone, id=UUID(int=77), at=NEXT, memo="")
    make_posted(move("bank", PREPAID, "1"), at=NEXT)
    seal_entries(at=NEXT)
    return posted.entry_id


def archive(folder: Path) -> list[Archive]:
    return archive_transfers(before=FIRST, folder=folder, at=LATER)


def rows() -> list[tuple[object, ...]]:
    columns = ("entry_id", "position", "posted_at", "debit_id", "credit_id", "amount_micros")
    return list(Transfer.objects.order_by("entry_id", "position").values_list(*columns))


def broken() -> set[tuple[str, str]]:
    return {(finding.invariant, finding.row) for finding in check_books()}


def test_a_month_goes_into_a_file_and_comes_back_to_the_same_rows(tmp_path: Path) -> None:
    make_months()
    before, balances = rows(), all_balances()
    [archived] = archive(tmp_path)
    file = tmp_path / "transfers-2026-11.csv.gz"
    assert str(archived) == "transfers of 2026-11"
    assert [one.file_name for one in archived_months()] == [file.name]
    assert len(gzip.decompress(file.read_bytes()).splitlines()) == 1 + 3
    assert len(rows()) == len(before) - 3
    assert all_balances() == balances
    assert balance_at(name=PREPAID, currency="USD", at=NOON) == usd("105")
    assert str(ArchiveSum.objects.order_by("id")[0]).endswith(f"in archive {archived.pk}")
    assert check_books() == []
    assert archive(tmp_path) == []
    back = attach_transfers(file=file, at=LATER)
    assert (back.is_archived, archived_months(), rows()) == (False, [], before)
    assert attach_transfers(file=file, at=LATER) == back
    assert check_books() == []
    assert len(archive(tmp_path)) == 1
    assert check_books() == []


def test_what_an_entry_moved_is_asked_of_its_file(tmp_path: Path) -> None:
    entry_id = make_months()
    whole = turnovers(name=PREPAID, currency="USD", by="month")
    archive(tmp_path)
    assert turnovers(name=PREPAID, currency="USD", by="month") == whole
    days = turnovers(name=PREPAID, currency="USD", by="day")
    assert [one.first for one in days] == [dt.date(2026, 11, 2), dt.date(2026, 12, 3)]
    assert archived_entries(ids=[entry_id, UUID(int=77)]) == {entry_id}
    with pytest.raises(TransfersArchived, match="2026-11"):
        entry_proof(id=entry_id)
    with pytest.raises(Refusal):
        reverse(entry_id=entry_id, id=UUID(int=78), at=LATER, memo="")
    with pytest.raises(TransfersArchived, match="2026-11"):
        need_transfers()
    assert [line.number for line in entries_touching(account=PREPAID)]
    attach_transfers(file=tmp_path / "transfers-2026-11.csv.gz", at=LATER)
    assert archived_entries(ids=[entry_id]) == set()
    need_transfers()


def test_nothing_is_posted_into_an_archived_month(tmp_path: Path) -> None:
    make_months()
    archive(tmp_path)
    balances = all_balances()
    with pytest.raises(DatabaseError, match="is archived"), transaction.atomic():
        make_posted(move("opening:USD", "advertiser:9:prepaid", "1"))
    assert all_balances() == balances
    attach_transfers(file=tmp_path / "transfers-2026-11.csv.gz", at=LATER)
    make_posted(move("opening:USD", "advertiser:9:prepaid", "1"))
    assert check_books() == []


@pytest.mark.parametrize("step", ["_write", "contents_of", "_digest"])
def test_killed_between_any_two_steps_nothing_is_lost(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_months()
    before = rows()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(archiving, step, die)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        archive(tmp_path)
    monkeypatch.undo()
    assert rows() == before
    assert check_books() == []
    with transaction.atomic():
        archive(tmp_path)
        transaction.set_rollback(True)
    assert (rows(), archived_months()) == (before, [])
    [archived] = archive(tmp_path)
    assert archived.transfer_count == 3
    assert [file.name for file in tmp_path.iterdir()] == [archived.file_name]
    assert check_books() == []


def test_another_file_is_never_written_over(tmp_path: Path) -> None:
    make_months()
    file, before = tmp_path / "transfers-2026-11.csv.gz", rows()
    file.write_text("the archive of another house")
    with pytest.raises(archiving.OtherArchive), transaction.atomic():
        archive(tmp_path)
    assert file.read_text() == "the archive of another house"
    assert rows() == before


def test_a_file_that_does_not_hold_the_month_is_no_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_months()
    before = rows()
    other = Contents(0, {})
    with monkeypatch.context() as patch:
        patch.setattr(archiving, "contents_of", lambda _: other)
        with pytest.raises(archiving.ArchiveBroken), transaction.atomic():
            archive(tmp_path)
    assert rows() == before
    archive(tmp_path)
    file = tmp_path / "transfers-2026-11.csv.gz"
    with monkeypatch.context() as patch:
        patch.setattr(archiving, "_contents", lambda _: other)
        with pytest.raises(archiving.ArchiveBroken), transaction.atomic():
            attach_transfers(file=file, at=LATER)
    assert len(archived_months()) == 1
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(archiving.UnknownArchive, match="SHA-256"):
        attach_transfers(file=file, at=LATER)


def test_what_is_wrong_or_not_sealed_or_not_over_is_not_archived(tmp_path: Path) -> None:
    make_prepaid("1")
    with pytest.raises(archiving.MonthIsNotOver, match="2027-01"):
        archive_transfers(before=dt.date(2027, 2, 1), folder=tmp_path, at=LATER)
    with pytest.raises(archiving.NotAllSealed, match="2026-11"), transaction.atomic():
        archive(tmp_path)
    seal_entries(at=NEXT)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_entry SET memo = 'forged'")
        with pytest.raises(archiving.BooksAreWrong, match="1 rows"):
            archive(tmp_path)
        transaction.set_rollback(True)
    assert list(tmp_path.iterdir()) == []


def test_a_month_in_which_nothing_was_posted_has_no_file(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_open_month('2026-10-01')")
    make_months()
    assert [one.month for one in archive(tmp_path)] == [dt.date(2026, 11, 1)]
    assert [file.name for file in tmp_path.iterdir()] == ["transfers-2026-11.csv.gz"]
    assert check_books() == []


def test_sums_of_an_archive_that_were_changed_are_found(tmp_path: Path) -> None:
    make_months()
    [archived] = archive(tmp_path)
    law = "an archived month comes to what its entries and accounts say"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("archive", "archivesum"):
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_archivesum SET credits_micros = 1 WHERE credits_micros > 0")
        found = broken()
        cursor.execute("UPDATE ledger_archive SET transfer_count = 9")
        assert (law, f"archive:{archived.pk}") in broken()
        transaction.set_rollback(True)
    assert {row.partition(":")[0] for invariant, row in found if invariant == law} == {"account"}
    assert "every balance equals the sum of its transfers" in {invariant for invariant, _ in found}
