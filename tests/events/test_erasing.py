"""Erasing somebody from the lake: nobody can tell who it was, and every count stays."""

import datetime as dt
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pyarrow import parquet

from takings.core import ids
from takings.events import actions, jobs, queries
from takings.events.actions import erasing
from takings.events.models import Erasure, LakeFile
from takings.events.queries.snapshots import EVERYTHING, arrow, plan_files, reading
from takings.events.rules.pairs import from_pair, to_pair
from takings.events.rules.pseudonyms import fresh_network, pseudonym
from takings.people.models import StaffAct, User
from takings.policies.queries import policy_at
from tests.make.events import make_segment, make_view
from tests.make.people import NOON, make_creator, make_operator, make_user
from tests.make.videos import make_video

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
LATER = NOON + 3 * DAY
count = partial(queries.daily_counts, starts_at=NOON - 9 * DAY, ends_at=NOON + 9 * DAY)


def erase(viewer: uuid.UUID, *, at: dt.datetime = LATER) -> Erasure:
    """Request an erasure and go on with it."""
    actions.request_erasure(
        erasure_id=ids.uuid7(at=at),
        viewer_id=viewer,
        operator=User.objects.filter(is_staff=True).first() or make_operator(),
        reason="They asked for it.",
        at=at,
    )
    (made,) = actions.continue_erasures(at=at)
    return made


def rows() -> list[dict[str, object]]:
    """Return every event of the lake."""
    with reading(plan_files(where=EVERYTHING)) as engine:
        return list(arrow(engine, "SELECT * FROM events ORDER BY id_hi, id_lo").to_pylist())


def bytes_of(viewer: uuid.UUID, folder: Path) -> Iterator[Path]:
    """Yield every data file of the lake that holds this viewer's id."""
    high, low = to_pair(viewer)
    for path in folder.rglob("*.parquet"):
        table = parquet.read_table(path, partitioning=None)
        pairs = zip(table["viewer_hi"].to_pylist(), table["viewer_lo"].to_pylist(), strict=True)
        if (high, low) in pairs:
            yield path


def test_a_person_becomes_a_stranger_of_each_day_and_every_count_stays(lake: Path) -> None:
    video = make_video(make_creator()).pk
    one, other = make_user().viewer_id, make_user().viewer_id
    for day in range(2):
        at = NOON + day * DAY
        theirs = [make_view(video, one, 9_000, at=at + n * MINUTE, network=7) for n in range(5)]
        make_segment(*theirs, name=f"theirs-{day}")
        make_segment(make_view(video, other, 9_000, at=at, network=7), name=f"next-door-{day}")
    make_segment(make_view(video, other, 9_000, at=NOON, network=8), name="elsewhere")
    elsewhere = LakeFile.objects.latest("pk")
    policy = policy_at(at=NOON)
    named, before, known = plan_files(where=EVERYTHING).snapshot_id, count(policy=policy), rows()
    made = erase(one)
    assert count(policy=policy).digest == before.digest
    now = rows()
    strangers = {
        (row["day"], from_pair(int(str(row["viewer_hi"])), int(str(row["viewer_lo"]))))
        for row in now
    } - {(day, other) for day in (NOON.date(), (NOON + DAY).date())}
    assert len(strangers) == len({viewer for _, viewer in strangers}) == 2
    assert one not in {viewer for _, viewer in strangers}
    renamed = {(row["day"], row["network"]) for row in now}
    assert len(renamed) == 3
    assert 7 not in {network for _, network in renamed}
    kept = [name for name in known[0] if name not in ("viewer_hi", "viewer_lo", "network")]
    assert [[row[name] for name in kept] for row in now] == [
        [row[name] for name in kept] for row in known
    ]
    assert list(bytes_of(one, lake)) == []
    assert (made.row_count, made.file_count) == (20, 4)
    assert not LakeFile.objects.get(pk=elsewhere.pk).removed
    with pytest.raises(queries.EventsGone, match="since somebody in it was erased"):
        count(policy=policy, snapshot_id=named)


def test_what_was_done_is_kept_but_not_for_whom(lake: Path) -> None:
    one = make_user().viewer_id
    make_segment(make_view(make_video(make_creator()).pk, one, 9_000))
    made = erase(one)
    assert (made.finished_at, made.viewer_id) == (None, one)
    jobs.continue_erasures(timestamp=0)  # the clock of today is long after
    made.refresh_from_db()
    assert made.finished_at is not None
    assert (made.viewer_id, made.key, made.row_count) == (None, None, 2)
    act = StaffAct.objects.get(act="erase_events")
    assert (act.target, act.reason) == (str(made), "They asked for it.")
    assert actions.continue_erasures(at=LATER) == []
    operator = User.objects.get(is_staff=True)
    with pytest.raises(actions.ErasureTaken):
        actions.request_erasure(
            erasure_id=made.pk, viewer_id=one, operator=operator, reason="Again", at=LATER
        )
    assert StaffAct.objects.count() == 1
    assert list(bytes_of(one, lake)) == []


def test_events_of_the_last_day_wait_until_their_ads_are_charged(lake: Path) -> None:
    video, one = make_video(make_creator()).pk, make_user().viewer_id
    make_segment(make_view(video, one, 9_000, ad="a token that names them"))
    early = NOON + dt.timedelta(hours=5)
    made = erase(one, at=early)
    assert (made.row_count, made.finished_at) == (0, None)
    assert {row["ad"] for row in rows()} == {"a token that names them"}
    assert erase(one, at=early).pk == made.pk
    (made,) = actions.continue_erasures(at=NOON + 2 * DAY)
    assert made.finished_at == NOON + 2 * DAY
    assert {row["ad"] for row in rows()} == {None}
    assert list(bytes_of(one, lake)) == []


def test_older_versions_lose_them_too_and_views_of_own_videos_stay(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takings.events.actions.compacting.MOST_FILES", 1)
    creator = make_creator()
    own, other, one = make_video(creator).pk, make_video(make_creator()).pk, creator.user.viewer_id
    make_segment(make_view(other, one, 9_000))
    make_segment(make_view(own, one, 9_000, at=NOON + MINUTE))
    actions.compact_lake(at=NOON)
    before = count(policy=policy_at(at=NOON))
    assert "own_view" in {row.outcome for row in before.rows}
    made = erase(one)
    assert (made.row_count, made.file_count) == (2, 2)
    assert count(policy=policy_at(at=NOON)).digest == before.digest
    assert LakeFile.objects.filter(gone="erased").count() == 2
    assert len(list(bytes_of(one, lake))) == 2  # their own video's: the crumb, and the whole
    (made,) = actions.continue_erasures(at=LATER + DAY)
    assert made.finished_at == LATER + DAY


def test_a_day_that_somebody_else_rewrites_is_left_for_the_next_time(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_user().viewer_id
    make_segment(make_view(make_video(make_creator()).pk, one, 9_000))
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "rewrite_files", lambda **_: False)
        assert erase(one).row_count == 0
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "name_of", lambda _: "taken out a moment ago")
        assert erase(one).row_count == 0
    assert len(list(bytes_of(one, lake))) == 1
    assert erase(one).row_count == 2
    assert list(bytes_of(one, lake)) == []


@pytest.mark.usefixtures("lake")
def test_an_erasure_that_another_worker_finishes_meanwhile_is_left_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def finish(**_: object) -> None:
        Erasure.objects.update(finished_at=LATER, viewer_id=None, key=None)

    monkeypatch.setattr(erasing, "ship_segments", finish)
    assert erase(make_user().viewer_id).finished_at == LATER


def test_what_a_killed_run_left_undeleted_is_deleted_by_the_next(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_user().viewer_id
    make_segment(make_view(make_video(make_creator()).pk, one, 9_000))

    def die(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "delete_lake_files", die)
        with pytest.raises(KeyboardInterrupt):
            erase(one)
    assert len(list(bytes_of(one, lake))) == 1
    (made,) = actions.continue_erasures(at=LATER)
    assert list(bytes_of(one, lake)) == []
    assert made.file_count == 1
    assert queries.lake_stats().row_count == 2


def test_a_pseudonym_holds_for_a_day_and_a_key() -> None:
    day, key = NOON.date(), b"k" * 32
    assert pseudonym(key=key, day=day) == pseudonym(key=key, day=day)
    assert pseudonym(key=key, day=day) != pseudonym(key=key, day=day + DAY)
    assert pseudonym(key=key, day=day) != pseudonym(key=b"l" * 32, day=day)
    fresh = {fresh_network(key=key, day=day, network=network) for network in range(1, 100)}
    assert len(fresh) == 99
    assert all(0 < network < 1 << 63 for network in fresh)
