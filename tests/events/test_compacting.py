"""Few files of many: nothing else changes, and nothing that arrives meanwhile is lost."""

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from pyarrow import parquet

from takings.events import actions, jobs, queries
from takings.events.actions import compacting, rewriting
from takings.events.models import LakeFile, Segment, Snapshot
from takings.policies.queries import policy_at
from tests.make.events import make_segment, make_view
from tests.make.people import NOON, make_creator
from tests.make.videos import make_video

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
VIEWER = uuid.UUID("0193a0c0-0000-7000-8000-000000000002")
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three files of a day be too many."""
    monkeypatch.setattr(compacting, "MOST_FILES", 2)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen once, between the writing of the new files and their swap."""

    def arrange(happening: Callable[[], object]) -> None:
        write = rewriting.write_files

        def write_and_happen(*args: object, **options: object) -> object:
            monkeypatch.setattr(rewriting, "write_files", write)
            written = partial(write, *args, **options)()  # type: ignore[arg-type]  # as given
            happening()
            return written

        monkeypatch.setattr(rewriting, "write_files", write_and_happen)

    return arrange


def make_crumbs(count: int = 3, *, video: uuid.UUID = VIDEO) -> None:
    """Write so many small files of one day, two events each."""
    for n in range(count):
        make_segment(make_view(video, VIEWER, 9_000, at=NOON + n * MINUTE))


def test_many_small_files_become_one_and_nothing_else_changes(lake: Path) -> None:
    video = make_video(make_creator()).pk
    starts_at, ends_at = NOON - 2 * DAY, NOON + 2 * DAY
    count = partial(
        queries.daily_counts, starts_at=starts_at, ends_at=ends_at, policy=policy_at(at=NOON)
    )
    make_segment(
        make_view(video, VIEWER, 9_000, at=NOON - DAY), make_view(video, VIEWER, 9_000), name="both"
    )
    make_crumbs(2, video=video)
    assert len(list(lake.rglob("*.parquet"))) == 4
    before = count()
    jobs.compact_lake(timestamp=0)
    after = count()
    assert after.digest == before.digest
    assert after.snapshot_id != before.snapshot_id
    assert queries.lake_stats().file_count == 2
    assert count(snapshot_id=before.snapshot_id) == before
    assert actions.compact_lake(at=NOON) == []
    make_segment(make_view(video, VIEWER, 9_000), name="afterwards")
    names = list(Segment.objects.order_by("name").values_list("name", flat=True))
    assert len(names) == 4
    for name in names:
        found = list(queries.segment_events(segment=name, types=["heartbeat"]))
        assert len(found) == (2 if name == "both" else 1)
    assert LakeFile.objects.filter(removed=None).count() == 3
    assert Snapshot.objects.count() == 5


@pytest.mark.usefixtures("lake")
def test_a_large_day_is_written_in_several_files_and_large_ones_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_crumbs()
    monkeypatch.setattr(rewriting, "BATCH_ROWS", 1)
    monkeypatch.setattr(rewriting, "FILE_ROWS", 4)
    (done,) = actions.compact_lake(at=NOON)
    assert (done.day, done.row_count, done.file_count) == (NOON.date(), 6, 3)
    stats = queries.lake_stats()
    assert stats.row_count == 6
    assert 1 < stats.file_count < 6
    make_crumbs()
    monkeypatch.setattr(compacting, "SMALL_BYTES", 1)
    assert actions.compact_lake(at=NOON) == []


@pytest.mark.usefixtures("lake")
def test_what_arrives_while_a_day_is_rewritten_is_kept(
    meanwhile: Callable[[Callable[[], object]], None],
) -> None:
    make_crumbs()
    late = make_view(VIDEO, VIEWER, 9_000, at=NOON + 9 * MINUTE)
    meanwhile(partial(make_segment, late, name="late"))
    (done,) = actions.compact_lake(at=NOON)
    assert done.row_count == 6
    stats = queries.lake_stats()
    assert (stats.row_count, stats.file_count) == (8, 2)
    assert len(list(queries.segment_events(segment="late", types=["heartbeat"]))) == 1


def test_of_two_that_rewrite_a_day_at_once_one_gives_way(
    lake: Path, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    make_crumbs()
    inner: list[compacting.CompactedDay] = []
    meanwhile(lambda: inner.extend(actions.compact_lake(at=NOON)))
    assert actions.compact_lake(at=NOON) == []
    assert [day.row_count for day in inner] == [6]
    stats = queries.lake_stats()
    assert (stats.row_count, stats.file_count) == (6, 1)
    assert len(list(lake.rglob("*.parquet"))) == 4  # the crumbs of before, and one


def test_a_rewrite_that_lost_rows_changes_nothing(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_crumbs()
    before = queries.lake_stats()
    monkeypatch.setattr(compacting, "ORDERED", "SELECT * FROM events LIMIT 5")
    with pytest.raises(actions.RowsChanged, match="read 5 rows where the lake has 6"):
        actions.compact_lake(at=NOON)
    assert queries.lake_stats() == before
    assert len(list(lake.rglob("*.parquet"))) == 3


def test_a_day_with_a_broken_file_is_not_written_anew(lake: Path) -> None:
    make_crumbs()
    before = queries.lake_stats()
    damaged = next(lake.rglob("*.parquet"))
    parquet.write_table(parquet.read_table(damaged).slice(0, 1), damaged)
    with pytest.raises(queries.LakeFileBroken, match=f"{damaged.name} of the event lake"):
        actions.compact_lake(at=NOON)
    assert queries.lake_stats() == before


@pytest.mark.usefixtures("lake")
def test_there_is_nothing_to_compact_in_an_empty_lake() -> None:
    assert actions.compact_lake(at=NOON) == []
