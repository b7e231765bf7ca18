"""Backups on the real PostgreSQL: made while entries are posted, brought back elsewhere, proved."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from config.database import addresses_of
from config.grants import grant
from takings.core import clock
from takings.core.progress import silent
from takings.host.backup import making, restoring
from takings.host.backup.making import BackupFolderUnfit, BackupForbidden, NoRoomForBackup
from takings.host.backup.manifest import BackupDamaged, Manifest, NotABackup, read_manifest
from takings.host.backup.restoring import ArchiveEndsEarlier, BeforeTheBackup, HomeInUse
from takings.host.backup.tools import ToolFailed, dump_database, load_database
from takings.host.postgres.archive import (
    NOTE,
    OFF,
    SCRIPT,
    ArchiveOfAnother,
    ArchiveUnfit,
    archive_of,
    choose_archive,
)
from takings.host.postgres.place import HalfRestored, check_whole, erase
from takings.host.postgres.program import find_program
from takings.host.postgres.server import open_server
from tests.make.product import until

pytestmark = [pytest.mark.processes, pytest.mark.django_db]  # whose tables are copied
ROOT = Path(__file__).parents[2]
DAY = dt.timedelta(days=1)
SOURCE = "files/media/1/source"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry that somebody else posted."""

    id: str
    begun_at: dt.datetime
    acknowledged_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Story:
    """A home that archives its log, and was backed up while entries were posted.

    At ``instant``, after the backup, entries were being posted as well.
    """

    shelf: Path
    home: Path
    backup: Path
    made: Manifest
    entries: Sequence[Entry]
    instant: dt.datetime


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a command on this home."""
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return kept | {"TAKINGS_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def takings(home: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the command line."""
    return subprocess.run(
        [sys.executable, "-m", "config.cli", *words],
        env=surroundings(home, **more),
        capture_output=True,
        text=True,
        check=False,
    )


def back_up(home: Path, folder: Path, *, url: str = "") -> Manifest:
    wish = making.Wish(home=home, folder=folder, url=url)
    return making.make_backup(wish=wish, progress=silent, now=clock.now)


def restore(
    folder: Path,
    home: Path,
    *,
    to: dt.datetime | None = None,
    archive: Path | None = None,
) -> None:
    wish = restoring.Wish(folder=folder, home=home, to=to, archive=archive)
    with restoring.restored(wish=wish, progress=silent):
        pass


def posted_in(home: Path) -> set[str]:
    with open_server(home=home) as server, psycopg.connect(server.url) as session:
        return {str(row[0]) for row in session.execute("SELECT id FROM ledger_entry")}


def tables_of_the_tests() -> str:
    """Return the address of the tests' own database."""
    made = connection.settings_dict
    return f"postgresql://{made['USER']}@/{made['NAME']}?host={quote(made['HOST'])}"


@pytest.fixture(scope="module")
def shelf() -> Iterator[Path]:
    """Give a folder that PostgreSQL's system user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="takings-backup-"))
    folder.chmod(0o711)
    yield folder
    for home in folder.glob("*home"):
        erase(home=home)
    shutil.rmtree(folder)


@pytest.fixture
def target(shelf: Path) -> Iterator[Path]:
    """Give the path of a data home that is not there yet."""
    home = shelf / "new-home"
    yield home
    if home.exists():
        erase(home=home)
        shutil.rmtree(home)


@pytest.fixture(scope="module")
def story(shelf: Path, django_db_setup: None) -> Story:  # noqa: ARG001 - makes the tables
    """Live it once: it takes seconds."""
    home, backup = shelf / "home", shelf / "backup"
    (home / "media" / "1").mkdir(parents=True)
    home.chmod(0o711)
    (home / "media" / "1" / "source").write_bytes(b"a video" * 1000)
    (home / "secret.key").touch(mode=0o600)
    (home / "secret.key").write_text("the secret")
    choose_archive(home=home, folder=str(shelf / "archive"))
    dump = shelf / "tables.dump"
    dump_database(url=tables_of_the_tests(), program=find_program(), file=dump, progress=silent)
    with open_server(home=home) as server:
        load_database(url=server.url, program=find_program(), file=dump)
        addresses = addresses_of(server=server)
        with psycopg.connect(addresses.owner, autocommit=True) as owner:
            grant(owner, app_url=addresses.app)
        with posting(home, url=addresses.app) as said:
            await_lines(said, more=20)
            made = back_up(home, backup)
            await_lines(said, more=20)
            instant = clock.now()
            await_lines(said, more=20)
    return Story(
        shelf=shelf, home=home, backup=backup, made=made, entries=told(said), instant=instant
    )


@contextmanager
def posting(home: Path, *, url: str) -> Iterator[Path]:
    """Let another process post entries; gives the file in which it says which."""
    said = home / "said.log"
    with (
        said.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "tests.host.poster"],
            stdin=subprocess.PIPE,
            stdout=output,
            env=surroundings(home, DATABASE_URL=url),
        ) as poster,
    ):
        yield said
        assert poster.stdin is not None
        poster.stdin.close()
        assert poster.wait(60) == 0


def await_lines(said: Path, *, more: int) -> None:
    enough = len(said.read_bytes().splitlines()) + more
    until("entries are posted", lambda: len(said.read_bytes().splitlines()) >= enough)


def told(said: Path) -> list[Entry]:
    rows = (line.split() for line in said.read_text().splitlines())
    moment = dt.datetime.fromisoformat
    return [
        Entry(id=row[0], begun_at=moment(row[1]), acknowledged_at=moment(row[2])) for row in rows
    ]


def older_home(story: Story) -> Path:
    """Make a home with a file that the backup lacks, and one that was changed since."""
    older = story.shelf / "older"
    for name, text in (("1", b"changed since"), ("2", b"newer than the backup")):
        (older / "media" / name).mkdir(parents=True)
        (older / "media" / name / "source").write_bytes(text)
    return older


def test_a_backup_made_under_load_comes_back_elsewhere_with_right_books(
    story: Story, target: Path
) -> None:
    older = older_home(story)
    words = ["restore", str(story.backup), "--home", str(target), "--files-from", str(older)]
    done = takings(story.home, *words)
    assert done.returncode == 0, done.stderr
    assert "The books are right." in done.stdout
    assert "The event lake is whole: 2 events in 1 files." in done.stdout
    early = {one.id for one in story.entries if one.acknowledged_at < story.made.began_at}
    found = posted_in(target)
    assert len(early) >= 20
    assert early <= found < {one.id for one in story.entries}
    assert (target / "media/1/source").read_bytes() == b"a video" * 1000
    assert (target / "media/2/source").read_bytes() == b"newer than the backup"
    assert (target / "secret.key").stat().st_mode & 0o777 == 0o600
    assert archive_of(home=target) is None


def test_a_restore_that_ended_halfway_starts_nothing_and_begins_anew(
    story: Story, target: Path
) -> None:
    with pytest.raises(ArchiveEndsEarlier, match=f"it happened at {story.instant:%Y-%m-%d}"):
        restore(story.backup, target, to=story.instant + DAY)
    with pytest.raises(HalfRestored, match=f"takings restore {story.backup}"):
        check_whole(home=target)
    (target / "media" / "left").write_text("by the first attempt")
    restore(story.backup, target, to=story.instant)
    check_whole(home=target)
    assert not (target / "media" / "left").exists()
    assert_is_of_the_instant(story, target)


def assert_is_of_the_instant(story: Story, home: Path) -> None:
    """Hold what came back against what the poster was told."""
    found = posted_in(home)
    assert {one.id for one in story.entries if one.acknowledged_at < story.instant} <= found
    assert {one.id for one in story.entries if one.begun_at > story.instant} & found == set()
    assert found > {one.id for one in story.entries if one.begun_at < story.made.finished_at}
    proved = takings(home, "check-books")
    assert "The books are right." in proved.stdout, proved.stdout + proved.stderr


def test_an_instant_before_the_backup_is_refused(story: Story, target: Path) -> None:
    with pytest.raises(BeforeTheBackup, match="take one that was made before"):
        restore(story.backup, target, to=story.made.began_at)
    assert not target.exists()


def test_an_archive_that_is_not_there_is_refused(story: Story, target: Path) -> None:
    with pytest.raises(ArchiveUnfit, match="not there"):
        restore(story.backup, target, to=story.instant, archive=story.shelf / "none")


@pytest.mark.parametrize("path", [SOURCE, "database/PG_VERSION", "files.sha256", "manifest.json"])
def test_a_damaged_file_is_named_and_refused(story: Story, target: Path, path: str) -> None:
    whole = (story.backup / path).read_bytes()
    try:
        (story.backup / path).write_bytes(whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:])
        with pytest.raises(BackupDamaged, match=f"damaged: {path}"):
            restore(story.backup, target)
        assert not target.exists()
    finally:
        (story.backup / path).write_bytes(whole)


def test_a_missing_file_is_named_and_refused(story: Story, target: Path) -> None:
    aside = story.shelf / "aside"
    (story.backup / SOURCE).rename(aside)
    try:
        with pytest.raises(BackupDamaged, match=f"damaged: {SOURCE} is missing"):
            restore(story.backup, target)
    finally:
        aside.rename(story.backup / SOURCE)


def test_a_backup_that_was_killed_is_none_and_the_next_one_clears_it_away(
    story: Story, target: Path
) -> None:
    folder = story.shelf / "killed"
    unfinished = story.shelf / "killed.unfinished"
    begun = subprocess.Popen(
        [sys.executable, "-m", "config.cli", "backup", str(folder)],
        env=surroundings(story.home),
        stderr=subprocess.DEVNULL,
    )
    until("the copy is begun", (unfinished / "database").exists)
    begun.kill()
    begun.wait()
    assert not folder.exists()
    with pytest.raises(NotABackup, match="it was interrupted"):
        restore(unfinished, target)
    done = takings(story.home, "backup", str(folder))
    assert done.returncode == 0, done.stderr
    assert "secrets of this home are in it" in done.stdout
    assert not unfinished.exists()
    assert folder.stat().st_mode & 0o777 == 0o700
    subprocess.run(["sha256sum", "-c", "--quiet", "files.sha256"], cwd=folder, check=True)


def test_a_home_in_use_is_refused_and_nothing_in_it_changes(story: Story) -> None:
    before = sorted(path.name for path in story.home.iterdir())
    with pytest.raises(HomeInUse, match="is not empty"):
        restore(story.backup, story.home)
    assert sorted(path.name for path in story.home.iterdir()) == before


def test_a_database_elsewhere_is_dumped_and_loaded_into_an_empty_one(
    story: Story, target: Path
) -> None:
    folder = story.shelf / "dump"
    with open_server(home=story.home) as server:
        assert back_up(story.home, folder, url=server.url).kind == "dump"
    done = takings(story.home, "restore", str(folder), "--home", str(target))
    assert "The books are right." in done.stdout, done.stdout + done.stderr
    assert posted_in(target) == {one.id for one in story.entries}
    shutil.rmtree(folder)


def test_where_a_backup_cannot_be_made_is_said(story: Story) -> None:
    with pytest.raises(BackupFolderUnfit, match="is not empty"):
        back_up(story.home, story.backup)
    with pytest.raises(BackupFolderUnfit, match="lies in the data home"):
        back_up(story.home, story.home / "backup")
    with pytest.raises(BackupForbidden, match="File exists"):
        back_up(story.home, story.backup / "manifest.json" / "backup")
    assert read_manifest(folder=story.backup) == story.made


def test_a_disk_without_room_is_said(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=7_000_000))
    with pytest.raises(NoRoomForBackup, match=r"no room for this backup \(7 MB free, \d+ needed\)"):
        back_up(story.home, story.shelf / "full")
    assert not list(story.shelf.glob("full*"))


def test_a_tool_that_gives_up_is_quoted(story: Story) -> None:
    with pytest.raises(ToolFailed, match="nobody-listens-here"):
        back_up(story.home, story.shelf / "none", url="postgresql:///x?host=/nobody-listens-here")
    assert not list(story.shelf.glob("none*"))


def archive_piece(folder: Path, path: Path, name: str) -> int:
    return subprocess.run(
        ["/bin/sh", "-c", SCRIPT, "sh", folder, path, name], stderr=subprocess.DEVNULL, check=False
    ).returncode


def test_a_piece_is_archived_again_without_harm_and_never_over_another(tmp_path: Path) -> None:
    piece, archive = tmp_path / "piece", tmp_path / "archive"
    archive.mkdir()
    piece.write_bytes(b"log" * 1000)
    (archive / ".01.draft").write_bytes(b"left by a killed one")
    assert archive_piece(archive, piece, "01") == 0
    kept = (archive / "01.gz").read_bytes()
    assert archive_piece(archive, piece, "01") == 0
    piece.write_bytes(b"other" * 1000)
    assert archive_piece(archive, piece, "01") != 0
    assert (archive / "01.gz").read_bytes() == kept
    assert [path.name for path in archive.iterdir()] == ["01.gz"]


def test_an_archive_holds_one_database_and_lies_outside_of_its_home(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnfit, match="lies in the data home"):
        choose_archive(home=tmp_path, folder=str(tmp_path / "archive"))
    choose_archive(home=tmp_path, folder="/elsewhere")
    assert archive_of(home=tmp_path) == Path("/elsewhere")
    choose_archive(home=tmp_path, folder=OFF)
    assert not (tmp_path / NOTE).exists()


def test_the_archive_of_another_database_is_refused(story: Story, home: Path) -> None:
    choose_archive(home=home, folder=str(story.shelf / "archive"))
    with pytest.raises(ArchiveOfAnother, match="of another database"), open_server(home=home):
        pass
