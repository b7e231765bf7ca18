"""Days that were counted are kept, and counted again only when what they depend on changed."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.db.models import Sum

from takings.events import actions, queries
from takings.events.actions.counting import drop_partials
from takings.events.models import Partial
from takings.events.queries import Counts, ViewerWatched
from takings.events.rules.days import DaysCounted, TellDays, tell_nobody
from takings.policies.queries import policy, policy_at
from takings.policies.rules import Policy
from takings.videos.models import Video
from tests.make.events import make_segment, make_view
from tests.make.people import NOON, make_creator, make_user
from tests.make.videos import make_video

DAY = dt.timedelta(days=1)
MIDNIGHT = NOON.replace(hour=0)
POLICY = policy_at(at=NOON)
BY_MEMBER = policy("house@2027-01-01")
pytestmark = pytest.mark.usefixtures("lake")


def refresh(
    days: int = 3, *, rules: Policy = POLICY, tell: TellDays = tell_nobody
) -> list[tuple[dt.date, str]]:
    """Count some days from the first; returns what had to be counted."""
    ends_at = MIDNIGHT + days * DAY
    found = actions.count_days(starts_at=MIDNIGHT, ends_at=ends_at, policy=rules, tell=tell)
    return [(partial.day, partial.kind) for partial in found]


def count(starts_at: dt.datetime = MIDNIGHT, days: int = 3) -> Counts:
    """Count from an instant to the end of so many days."""
    return queries.daily_counts(starts_at=starts_at, ends_at=MIDNIGHT + days * DAY, policy=POLICY)


def test_a_day_is_counted_once_and_again_when_an_event_arrives_late() -> None:
    video, tom = make_video(make_creator()).pk, make_user().viewer_id
    make_segment(*(make_view(video, tom, 6_000, at=NOON + n * DAY) for n in range(3)))
    directly = count()
    assert len(refresh()) == 3
    assert refresh() == []
    assert count() == directly
    make_segment(make_view(video, make_user("Ann").viewer_id, 6_000, at=NOON + DAY), name="late")
    assert refresh() == [((NOON + DAY).date(), "counts")]
    assert refresh() == []
    after = count()
    assert after.digest != directly.digest
    assert [row.views for row in after.rows] == [1, 2, 1]
    pinned = queries.daily_counts(
        starts_at=MIDNIGHT,
        ends_at=MIDNIGHT + 3 * DAY,
        policy=POLICY,
        snapshot_id=directly.snapshot_id,
    )
    assert pinned == directly


def test_counting_tells_how_far_it_is_and_goes_on_where_it_was_stopped() -> None:
    video, tom = make_video(make_creator()).pk, make_user().viewer_id
    make_segment(*(make_view(video, tom, 6_000, at=NOON + n * DAY) for n in range(3)))
    directly = count()
    told: list[DaysCounted] = []

    def stop_after_two_days(now: DaysCounted) -> None:
        told.append(now)
        if now.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(tell=stop_after_two_days)
    assert [(now.done, now.day_count, now.event_count) for now in told] == [
        (0, 3, 0),
        (1, 3, 2),
        (2, 3, 4),
    ]
    kept = Partial.objects.aggregate(read=Sum("event_byte_count"), took=Sum("took_ms"))
    assert (told[-1].byte_count, told[-1].took_ms) == (kept["read"], kept["took"])
    assert refresh(tell=told.append) == [((NOON + 2 * DAY).date(), "counts")]
    assert [(now.done, now.day_count) for now in told[3:]] == [(0, 1), (1, 1)]
    assert count() == directly
    assert refresh(tell=told.append) == []
    assert told[-1] == DaysCounted(day_count=0)


def test_a_partial_says_what_it_was_made_from() -> None:
    video = make_video(make_creator()).pk
    segment = make_segment(make_view(video, make_user().viewer_id, 6_000))
    refresh(1)
    partial = Partial.objects.get()
    assert (partial.day, partial.kind, partial.policy_version) == (
        NOON.date(),
        "counts",
        "house@2026-01-01",
    )
    assert (partial.row_count, partial.event_count) == (1, 2)
    assert partial.snapshot_id == segment.snapshot_id
    assert partial.name.endswith(f"-{partial.digest[:16]}.parquet")
    assert str(partial) == f"{NOON.date()} {partial.name}"


def test_a_file_that_is_missing_or_damaged_is_not_used(lake: Path) -> None:
    video = make_video(make_creator()).pk
    make_segment(make_view(video, make_user().viewer_id, 6_000))
    before = count(days=1)
    refresh(1)
    (path,) = (lake / "lake" / "partials").rglob("*.parquet")
    path.write_bytes(path.read_bytes().replace(b"qualified", b"too_short"))
    assert count(days=1) == before
    assert refresh(1) == [(NOON.date(), "counts")]
    path.unlink()
    assert count(days=1) == before
    assert refresh(1) == [(NOON.date(), "counts")]
    assert Partial.objects.count() == 1


def test_a_video_of_another_length_is_counted_again_and_two_counts_of_a_day_stay(
    lake: Path,
) -> None:
    ada = make_creator()
    video = make_video(ada, duration_ms=60_000)
    make_segment(make_view(video.pk, make_user().viewer_id, 3_000))
    refresh(1)
    assert [row.outcome for row in count(days=1).rows] == ["too_short"]
    make_video(ada)  # of which nobody saw anything yet
    assert refresh(1) == []
    for number, (duration_ms, outcome) in enumerate(((8_000, "qualified"), (50_000, "too_short"))):
        Video.objects.filter(pk=video.pk).update(duration_ms=duration_ms)
        assert [row.outcome for row in count(days=1).rows] == [outcome]
        assert refresh(1) == [(NOON.date(), "counts")], number
        assert [row.outcome for row in count(days=1).rows] == [outcome]
    assert len(list((lake / "lake" / "partials").rglob("*.parquet"))) == 2
    assert Partial.objects.count() == 2


def test_a_period_that_begins_inside_a_day_counts_that_day_for_itself() -> None:
    video, tom = make_video(make_creator()).pk, make_user().viewer_id
    hour = dt.timedelta(hours=1)
    make_segment(*(make_view(video, tom, 6_000, at=MIDNIGHT + hour * n) for n in (9, 11, 13, 33)))
    halves = count(NOON)
    found = actions.count_days(starts_at=NOON, ends_at=MIDNIGHT + 3 * DAY, policy=POLICY)
    assert [partial.day for partial in found] == [(NOON + DAY).date()]
    assert count(NOON) == halves
    assert [(row.day, row.views) for row in halves.rows] == [
        (NOON.date(), 1),
        ((NOON + DAY).date(), 1),
    ]


def test_who_watched_what_is_kept_where_a_product_is_shared_by_it() -> None:
    ada = make_creator()
    video, other = make_video(ada).pk, make_video(ada).pk
    tom, ann, bob = sorted(make_user(name).viewer_id for name in ("Tom", "Ann", "Bob"))
    make_segment(
        make_view(video, tom, 6_000, country="FR"),
        make_view(video, tom, 7_000, country="FR", at=NOON + DAY),
        make_view(other, tom, 8_000, at=NOON + DAY),
        make_view(video, ann, 9_000),
        make_view(video, ann, 10),
        make_view(video, bob, 9_000),
    )

    def watched(*viewers: uuid.UUID) -> list[ViewerWatched]:
        ends_at = MIDNIGHT + 2 * DAY
        return queries.watching(
            starts_at=MIDNIGHT, ends_at=ends_at, policy=BY_MEMBER, viewers=viewers
        )

    expected = sorted(
        [
            ViewerWatched(tom, NOON.date(), "FR", video, 1, 6_000),
            ViewerWatched(tom, (NOON + DAY).date(), "FR", video, 1, 7_000),
            ViewerWatched(tom, (NOON + DAY).date(), "DE", other, 1, 8_000),
            ViewerWatched(ann, NOON.date(), "DE", video, 1, 9_000),
        ]
    )
    assert watched(tom, ann) == expected
    assert refresh(1, rules=BY_MEMBER) == [(NOON.date(), "counts"), (NOON.date(), "watching")]
    assert watched(tom, ann) == expected  # one day from its partial, the other now
    assert refresh(2, rules=BY_MEMBER) == [
        ((NOON + DAY).date(), "counts"),
        ((NOON + DAY).date(), "watching"),
    ]
    assert watched(tom, ann) == expected
    assert watched() == []
    drop_partials(day=NOON.date())
    assert watched(tom, ann) == expected
    assert refresh(2, rules=BY_MEMBER) == [(NOON.date(), "counts"), (NOON.date(), "watching")]


def test_nothing_was_watched_in_an_empty_lake() -> None:
    tom = make_user().viewer_id
    found = queries.watching(
        starts_at=MIDNIGHT, ends_at=MIDNIGHT + DAY, policy=POLICY, viewers=[tom]
    )
    assert found == []
    assert refresh() == []
