"""The register of the lake's files: what names exactly what was read, and is it still whole."""

import dataclasses
import datetime as dt
import hashlib
import uuid
from functools import partial
from pathlib import Path

import pytest
from pyarrow import parquet

from takings.events import actions, queries
from takings.events.models import LakeFile, Operation, Snapshot
from takings.events.queries.checking import check_files
from takings.events.queries.snapshots import EVERYTHING, plan_files, reading
from takings.events.rules.views import Counts
from takings.policies.queries import policy_at
from tests.make.events import forget_newest, make_segment, make_view
from tests.make.people import NOON

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
VIEWER = uuid.UUID("0193a0c0-0000-7000-8000-000000000002")
DAY, MINUTE, SECOND = dt.timedelta(days=1), dt.timedelta(minutes=1), dt.timedelta(seconds=1)
files = partial(queries.lake_files, first=NOON.date() - DAY, last=NOON.date() + DAY)


def counts() -> Counts:
    """Count the views of these days."""
    return queries.daily_counts(starts_at=NOON - DAY, ends_at=NOON + DAY, policy=policy_at(at=NOON))


def sha256_of(folder: Path, file: LakeFile) -> str:
    """Return the SHA-256 of the bytes on the disk."""
    return hashlib.sha256(path_of(folder, file).read_bytes()).hexdigest()


def path_of(folder: Path, file: LakeFile) -> Path:
    """Return where a file lies."""
    return folder / "lake" / "takings" / "events" / file.name


def make_files(count: int = 2) -> list[LakeFile]:
    """Write so many files of two events each, a minute apart."""
    for n in range(count):
        make_segment(make_view(VIDEO, VIEWER, 9_000, at=NOON + n * MINUTE))
    return files()


def test_every_file_is_listed_with_what_is_in_it(lake: Path) -> None:
    made = make_segment(
        make_view(VIDEO, VIEWER, 9_000), make_view(VIDEO, VIEWER, 0, at=NOON + MINUTE)
    )
    (file,) = files()
    assert (file.day, file.row_count, file.removed) == (NOON.date(), 3, None)
    assert file.byte_count == path_of(lake, file).stat().st_size
    assert file.sha256 == sha256_of(lake, file)
    assert (file.first_received_at, file.last_received_at) == (
        NOON + SECOND,
        NOON + MINUTE + SECOND,
    )
    assert (file.first_view_at, file.last_view_at) == (NOON, NOON + MINUTE)
    assert file.added_id == made.snapshot_id
    assert str(file) == file.name
    assert str(file.added) == str(made.snapshot_id)


@pytest.mark.usefixtures("lake")
def test_a_version_is_named_by_the_hashes_of_its_files() -> None:
    first, second = make_files()
    older = Snapshot.objects.earliest("number").pk
    named = queries.manifest(where=EVERYTHING)
    hashes = sorted([first.sha256, second.sha256])
    assert named.digest == hashlib.sha256("".join(f"{h}\n" for h in hashes).encode()).hexdigest()
    assert dict(named.files) == {file.name: file.sha256 for file in (first, second)}
    assert (named.row_count, named.byte_count) == (4, first.byte_count + second.byte_count)
    of_older = queries.manifest(where=EVERYTHING, snapshot_id=older)
    assert [name for name, _ in of_older.files] == [
        file.name for file in (first, second) if file.added_id == older
    ]
    forget_newest()
    assert queries.manifest(where=EVERYTHING) == named  # what is not recorded is read


@pytest.mark.usefixtures("lake")
def test_the_register_knows_what_belonged_to_every_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("takings.events.actions.compacting.MOST_FILES", 2)
    crumbs = make_files(3)
    before = queries.lake_stats().snapshot_id
    forget_newest()  # a crash before the last was recorded; compacting records it first
    actions.compact_lake(at=NOON)
    (whole,) = files()
    assert whole.row_count == 6
    assert whole.added.operation == Operation.COMPACTED
    assert [file.name for file in files(snapshot_id=before)] == [file.name for file in crumbs]
    assert files(snapshot_id=whole.added_id) == [whole]
    with pytest.raises(queries.NoSuchSnapshot, match="no snapshot 5"):
        files(snapshot_id=5)


@pytest.mark.usefixtures("lake")
def test_a_hash_that_a_crash_left_unknown_is_found_when_the_file_is_read() -> None:
    (file,) = make_files(1)
    forget_newest()
    actions.ship_segments(at=NOON)
    assert actions.drop_shipped(at=NOON) == 0
    (found,) = files()
    assert (found.name, found.sha256) == (file.name, "")
    done = actions.verify_files(at=NOON)
    assert (done.file_count, done.byte_count, done.broken) == (1, file.byte_count, ())
    (found,) = files()
    assert (found.sha256, found.verified_at) == (file.sha256, NOON)


@pytest.mark.usefixtures("lake")
def test_a_run_that_was_stopped_goes_on_where_it_was() -> None:
    make_files(2)
    told: list[tuple[str, int, int]] = []

    def stop(step: str, done: int, total: int) -> None:
        told.append((step, done, total))
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.verify_files(at=NOON, progress=stop)
    assert actions.verify_files(at=NOON).file_count == 1
    done = actions.verify_files(at=NOON)
    assert (done.file_count, done.fresh_count) == (0, 2)
    done = actions.verify_files(at=NOON, again=True)
    assert (done.file_count, done.fresh_count) == (2, 0)
    assert actions.verify_files(at=NOON + DAY + SECOND, day=NOON.date()).file_count == 2
    assert actions.verify_files(at=NOON + DAY + SECOND, day=NOON.date() - DAY).file_count == 0


def spoil(path: Path, *, at: int) -> None:
    """Change some bytes; the size stays."""
    data = bytearray(path.read_bytes())
    data[at : at + 8 if at >= 0 else None] = b"\xff" * 8
    path.write_bytes(bytes(data))


def test_a_missing_a_cut_and_a_spoilt_file_are_refused_by_name_and_nothing_is_counted(
    lake: Path,
) -> None:
    gone, cut, torn, changed = make_files(4)
    path_of(lake, gone).unlink()
    path_of(lake, cut).write_bytes(path_of(lake, cut).read_bytes()[:-1])
    spoil(path_of(lake, torn), at=-8)
    spoil(path_of(lake, changed), at=200)
    with pytest.raises(queries.LakeFileBroken, match="Nothing was counted"):
        counts()
    broken = actions.verify_files(at=NOON).broken
    said = {refusal.facts["file"]: str(refusal) for refusal in broken}
    assert f"expected {gone.byte_count:,} bytes, found no file." in said[gone.name]
    assert f"expected {cut.byte_count:,} bytes, found {cut.byte_count - 1:,}." in said[cut.name]
    assert "expected 2 events, found Parquet" in said[torn.name]
    assert f"expected SHA-256 {changed.sha256}, found " in said[changed.name]
    assert f"(events of {NOON.date()})" in said[changed.name]
    assert not LakeFile.objects.exclude(verified_at=None).exists()


def test_eight_changed_bytes_that_an_engine_would_sum_up_are_found_before_a_count(
    lake: Path,
) -> None:
    (changed,) = make_files(1)
    spoil(path_of(lake, changed), at=200)
    with pytest.raises(queries.LakeFileBroken, match=f"expected SHA-256 {changed.sha256}"):
        counts()


def test_a_file_changed_within_is_named_when_an_engine_stumbles(lake: Path) -> None:
    whole, changed = make_files(2)
    path = path_of(lake, changed)
    footer = parquet.read_metadata(path).serialized_size + 8
    for at in range(4, changed.byte_count - footer - 8, 8):
        spoil(path, at=at)
    with pytest.raises(queries.LakeFileBroken, match=changed.name):
        counts()
    assert whole.name in dict(queries.manifest(where=EVERYTHING).files)


@pytest.mark.usefixtures("lake")
def test_a_footer_with_other_rows_is_refused() -> None:
    make_files(1)
    (planned,) = plan_files(where=EVERYTHING).planned
    with pytest.raises(queries.LakeFileBroken, match="expected 3 events, found 2"):
        check_files([dataclasses.replace(planned, row_count=3)])


def test_a_lake_without_its_list_of_files_is_refused_by_name(lake: Path) -> None:
    make_files(1)
    for path in lake.rglob("snap-*.avro"):
        path.unlink()
    with pytest.raises(queries.LakeFileBroken, match=r"metadata/snap-.*\(what it consists of\)"):
        plan_files(where=EVERYTHING)


@pytest.mark.usefixtures("lake")
def test_an_error_of_ours_is_not_blamed_on_a_file() -> None:
    make_files(1)
    with (
        pytest.raises(Exception, match="Could not convert"),
        reading(plan_files(where=EVERYTHING)) as engine,
    ):
        engine.sql("SELECT CAST(type AS BIGINT) FROM events").fetchall()
