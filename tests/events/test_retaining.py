"""How long events are kept, and what is said where they are gone."""

import datetime as dt
import os
import uuid
from functools import partial
from pathlib import Path

import pytest

from takings.events import actions, queries
from takings.events.models import LakeFile, Retention, Snapshot
from takings.events.queries.keeping import SettledAt
from takings.policies.queries import policy_at
from takings.settlement import jobs
from takings.settlement.models import DryRun, Period
from takings.settlement.queries import settled_at
from tests.make.events import make_segment, make_view
from tests.make.people import NOON, make_creator
from tests.make.videos import make_video

VIEWER = uuid.UUID("0193a0c0-0000-7000-8000-000000000002")
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
LATER = NOON + 500 * DAY
count = partial(queries.daily_counts, starts_at=NOON - 3 * DAY, ends_at=NOON + 3 * DAY)


def settled(*days: dt.date) -> SettledAt:
    """Say that these days were settled at noon of the first of ours."""
    return lambda day: NOON if day in days else None


def retain(*days: dt.date, at: dt.datetime = LATER, keep_days: int = 400) -> Retention:
    """Drop these days, if they are old enough."""
    return actions.retain_lake(settled_at=settled(*days), keep_days=keep_days, at=at)


def name(snapshot_id: int) -> None:
    """Write this version of the lake down, as a dry run of a close does."""
    period = Period.objects.create(
        name="2026-11",
        starts_at=NOON.replace(day=1, hour=0),
        ends_at=NOON.replace(month=12, day=1, hour=0),
        policy_version=policy_at(at=NOON).version,
    )
    DryRun.objects.create(
        id=uuid.uuid4(),
        period=period,
        made_at=NOON,
        policy_version=period.policy_version,
        snapshot_id=snapshot_id,
        counts_digest="",
        pools_digest="",
        lines_digest="",
        line_count=0,
    )


def test_a_day_goes_when_it_was_settled_long_enough_ago_and_no_sooner(lake: Path) -> None:
    video = make_video(make_creator()).pk
    for n in range(2):
        make_segment(make_view(video, VIEWER, 9_000, at=NOON + n * DAY))
    early = retain(NOON.date(), at=NOON + 400 * DAY - MINUTE)
    assert (early.day_count, early.row_count) == (0, 0)
    assert queries.lake_stats().row_count == 4
    open_still = retain()
    assert open_still.day_count == 0
    done = retain(NOON.date(), at=NOON + 400 * DAY)
    assert (done.day_count, done.row_count, done.file_count, done.keep_days) == (1, 2, 1, 400)
    assert queries.lake_stats().row_count == 2
    assert [file.day for file in queries.lake_files(first=NOON.date(), last=LATER.date())] == [
        (NOON + DAY).date()
    ]
    assert len(list(lake.rglob("*.parquet"))) == 1
    assert retain(NOON.date()).day_count == 0
    assert Retention.objects.count() == 4
    assert str(done) == f"retention of {NOON + 400 * DAY:%Y-%m-%d %H:%M}"


def test_a_named_version_stays_and_says_which_of_its_days_are_gone(lake: Path) -> None:
    video = make_video(make_creator()).pk
    make_segment(make_view(video, VIEWER, 9_000))
    make_segment(make_view(video, VIEWER, 9_000, at=NOON + DAY))
    policy = policy_at(at=NOON)
    whole, next_day = count(policy=policy), partial(count, starts_at=NOON + DAY / 2)
    before = next_day(policy=policy)
    name(whole.snapshot_id)
    make_segment(make_view(video, VIEWER, 9_000, at=NOON + DAY + MINUTE))
    retain(NOON.date())
    with pytest.raises(queries.EventsGone, match=f"for {NOON.date()} any more.*older than is kept"):
        count(policy=policy, snapshot_id=whole.snapshot_id)
    assert next_day(policy=policy, snapshot_id=whole.snapshot_id).digest == before.digest
    assert len(list(lake.rglob("*.parquet"))) == 2


def test_a_version_that_nobody_named_is_given_up_and_its_files_go(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takings.events.actions.compacting.MOST_FILES", 1)
    video = make_video(make_creator()).pk
    for n in range(3):
        make_segment(make_view(video, VIEWER, 9_000, at=NOON + n * MINUTE))
    policy = policy_at(at=NOON)
    crumbs = count(policy=policy)
    first = Snapshot.objects.earliest("number").pk
    actions.compact_lake(at=NOON)
    assert len(list(lake.rglob("*.parquet"))) == 4
    lists = len(list(lake.rglob("*.avro")))
    done = retain()
    assert (done.snapshot_count, done.file_count, done.day_count) == (3, 3, 0)
    assert len(list(lake.rglob("*.parquet"))) == 1
    assert len(list(lake.rglob("*.avro"))) < lists
    assert count(policy=policy).digest == crumbs.digest
    assert actions.verify_files(at=LATER).file_count == 1
    with pytest.raises(queries.SnapshotExpired, match=f"Version {first} .* nothing had named it"):
        count(policy=policy, snapshot_id=first)
    make_segment(make_view(video, VIEWER, 9_000, at=NOON + 9 * MINUTE))
    assert queries.lake_stats().row_count == 8
    assert retain(at=LATER).snapshot_count == 1


def test_what_a_dead_process_left_goes_after_a_day(lake: Path) -> None:
    make_segment(make_view(make_video(make_creator()).pk, VIEWER, 9_000))
    (whole,) = lake.rglob("*.parquet")
    stray = whole.with_name("stray.parquet")
    stray.write_bytes(whole.read_bytes())
    whole_seconds = int(stray.stat().st_mtime)  # what is between them is rounded on the way
    os.utime(stray, (whole_seconds, whole_seconds))
    young = dt.datetime.fromtimestamp(whole_seconds, tz=dt.UTC)
    assert retain(at=young + DAY).stray_count == 0
    os.utime(stray, (0, 0))
    assert retain(at=young + DAY).stray_count == 1
    assert list(lake.rglob("*.parquet")) == [whole]


def test_a_run_that_died_before_it_deleted_is_finished_by_the_next(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_segment(make_view(make_video(make_creator()).pk, VIEWER, 9_000))

    def die(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("takings.events.actions.retaining.delete_lake_files", die)
        with pytest.raises(KeyboardInterrupt):
            retain(NOON.date())
    assert LakeFile.objects.get().deleted_at is None
    done = retain(NOON.date())
    assert (done.day_count, done.row_count, done.file_count) == (1, 2, 1)
    assert list(lake.rglob("*.parquet")) == []
    assert queries.lake_stats().row_count == 0


@pytest.mark.usefixtures("lake")
def test_an_empty_lake_has_nothing_to_drop() -> None:
    jobs.retain_lake(timestamp=0)
    assert Retention.objects.get().file_count == 0


@pytest.mark.django_db
def test_a_day_is_settled_when_every_period_in_it_is_closed() -> None:
    day, version = NOON.date(), policy_at(at=NOON).version
    midnight = NOON.replace(hour=0)
    assert settled_at(day) is None
    make = partial(Period.objects.create, policy_version=version)
    make(
        name="first",
        starts_at=midnight - DAY,
        ends_at=NOON,
        status="closed",
        closed_at=NOON + DAY,
    )
    assert settled_at(day - DAY) == NOON + DAY
    assert settled_at(day) is None
    second = make(name="second", starts_at=NOON, ends_at=midnight + 2 * DAY)
    assert settled_at(day) is None
    Period.objects.filter(pk=second.pk).update(status="closed", closed_at=NOON + 3 * DAY)
    assert settled_at(day) == NOON + 3 * DAY
