"""Which views count, and why the others do not."""

import datetime as dt
import random
import uuid
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from takings.core import ids
from takings.events import queries
from takings.events.queries import Counts, Line, Outcome
from takings.events.rules.rows import EventRow
from takings.policies.queries import policy_at
from tests.events.naive import Post, outcomes, totals
from tests.make.events import make_segment, make_view
from tests.make.people import NOON, make_brand, make_creator, make_user
from tests.make.videos import make_creative, make_video

MIDNIGHT = NOON.replace(hour=0)
DAY = dt.timedelta(days=1)
POLICY = policy_at(at=NOON)
pytestmark = pytest.mark.usefixtures("lake")


def count(
    starts_at: dt.datetime = MIDNIGHT, ends_at: dt.datetime = MIDNIGHT + DAY, **pinned: int
) -> Counts:
    """Count the day of the story."""
    return queries.daily_counts(starts_at=starts_at, ends_at=ends_at, policy=POLICY, **pinned)


def by_outcome(counts: Counts) -> dict[str, int]:
    """Return views by outcome."""
    found: Counter[str] = Counter()
    for row in counts.rows:
        found[row.outcome] += row.views
    return dict(found)


def test_every_view_has_exactly_one_outcome() -> None:
    """The view table of the facts (12.3), under the house policy: 5 s or 30 %, three a day."""
    ada = make_creator()
    video = make_video(ada, duration_ms=60_000).pk
    short = make_video(ada, duration_ms=4_000).pk
    tom, ann, eve = (make_user(name).viewer_id for name in ("Tom", "Ann", "Eve"))

    def later(minutes: int) -> dt.datetime:
        return NOON + dt.timedelta(minutes=minutes)

    stolen = make_view(video, eve, 9_000, at=later(30))
    make_segment(
        make_view(video, tom, 300, at=later(1)),  # a: swiped away at 0.3 s
        make_view(video, tom, 6_000, at=later(2)),  # b: watched for 6 s
        make_view(video, tom, 6_000, at=later(3)),  # c: again
        make_view(video, tom, 5_000, at=later(4), surface="search"),  # d: exactly 5 s, by search
        make_view(video, tom, 31_000, at=later(5), surface="search"),  # e: the fourth that day
        make_view(video, ann, 4_999, at=later(6)),  # a moment too short
        make_view(short, ann, 1_200, at=later(7)),  # 30 % of a short clip
        make_view(short, ann, 1_199, at=later(8)),
        make_view(video, ann, 60_000, at=later(9), ua_class="bot"),  # i: a robot
        make_view(video, ada.user.viewer_id, 60_000, at=later(10)),  # her own
        make_view(uuid.uuid4(), ann, 60_000, at=later(11)),  # no such video
        make_view(video, ann, 60_000, at=later(12), received_at=later(13) + 7 * DAY),
        stolen,
        [replace(row, viewer_id=ann, id=ids.uuid7(at=later(31))) for row in stolen],
    )
    counts = count()
    assert by_outcome(counts) == {
        Outcome.TOO_SHORT: 3,
        Outcome.QUALIFIED: 4,
        Outcome.REPEAT: 1,
        Outcome.BOT: 1,
        Outcome.OWN_VIEW: 1,
        Outcome.UNKNOWN_VIDEO: 1,
        Outcome.LATE: 1,
        Outcome.DUPLICATE: 2,
    }
    assert sum(row.views for row in counts.rows) == 14
    traced = queries.views_of(line=Line(video, NOON.date(), "DE"), policy=POLICY)
    assert [view.outcome for view in traced[:5]] == ["too_short", *["qualified"] * 3, "repeat"]
    assert len({view.viewer for view in traced[:5]}) == 1
    assert len(traced) == 11


def test_a_retried_batch_counts_once() -> None:
    video = make_video(make_creator()).pk
    watched = make_view(video, make_user().viewer_id, 6_000)
    make_segment(watched, name="first")
    before = count()
    make_segment(watched, watched, name="retried")
    after = count()
    assert (after.rows, after.digest) == (before.rows, before.digest)
    assert after.snapshot_id != before.snapshot_id
    assert count(snapshot_id=before.snapshot_id) == before


def test_periods_that_meet_inside_a_day_count_each_view_once() -> None:
    """The fourth view of the day is a repeat although it is the first of its period."""
    video = make_video(make_creator()).pk
    tom = make_user().viewer_id
    hour = dt.timedelta(hours=1)
    make_segment(*(make_view(video, tom, 6_000, at=MIDNIGHT + hour * n) for n in (9, 10, 11, 12)))
    edge = make_view(video, make_user().viewer_id, 6_000, at=NOON - dt.timedelta(seconds=3))
    make_segment(edge)  # began before noon, was watched long enough only after it
    morning, evening = count(MIDNIGHT, NOON), count(NOON, MIDNIGHT + DAY)
    assert by_outcome(morning) == {"qualified": 4}
    assert by_outcome(evening) == {"repeat": 1}
    assert by_outcome(count()) == {"qualified": 4, "repeat": 1}
    assert by_outcome(count(MIDNIGHT + DAY, MIDNIGHT + 2 * DAY)) == {}


def test_a_view_across_midnight_belongs_to_the_day_it_began() -> None:
    video = make_video(make_creator()).pk
    at = MIDNIGHT - dt.timedelta(seconds=2)
    make_segment(make_view(video, make_user().viewer_id, 6_000, at=at))
    (row,) = count(MIDNIGHT - DAY, MIDNIGHT + DAY).rows
    assert (row.day, row.views, row.watched_ms, row.outcome) == (at.date(), 1, 6_000, "qualified")


def test_views_are_counted_where_they_were_watched() -> None:
    video = make_video(make_creator()).pk
    make_segment(
        make_view(video, make_user().viewer_id, 6_000, country="FR"),
        make_view(video, make_user().viewer_id, 7_000, country="FR"),
        make_view(video, make_user().viewer_id, 6_000, country="DE"),
    )
    assert [(row.country, row.views, row.watched_ms) for row in count().rows] == [
        ("DE", 1, 6_000),
        ("FR", 2, 13_000),
    ]


def test_mutes_and_ad_events_make_no_view() -> None:
    video = make_video(make_creator()).pk
    watched = make_view(video, make_user().viewer_id, 9_000)
    make_segment(
        [replace(row, type=kind) for row, kind in zip(watched, ("mute", "ad_end"), strict=True)]
    )
    assert count().rows == ()


def test_a_creative_is_no_post_and_earns_nothing() -> None:
    brand_member = make_user()
    make_brand(member=brand_member)
    advert = make_creative(brand_member).pk
    make_segment(make_view(advert, make_user().viewer_id, 9_000))
    assert by_outcome(count()) == {"unknown_video": 1}


def test_an_empty_lake_has_counts_too() -> None:
    counts = count()
    assert (counts.snapshot_id, counts.rows) == (0, ())
    assert count(snapshot_id=0) == counts
    with pytest.raises(queries.NoSuchSnapshot, match="no snapshot 7"):
        count(snapshot_id=7)


def test_a_missing_or_damaged_file_is_named_and_nothing_is_counted(lake: Path) -> None:
    video = make_video(make_creator()).pk
    make_segment(make_view(video, make_user().viewer_id, 6_000))
    (path,) = lake.rglob("*.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(queries.LakeFileBroken, match=path.name):
        count()
    path.unlink()
    with pytest.raises(queries.LakeFileBroken, match=path.name):
        count()
    path.write_bytes(whole)
    assert by_outcome(count()) == {"qualified": 1}


def make_posts() -> dict[uuid.UUID, Post]:
    """Publish a video of four seconds, one of eight and one of a minute."""
    posts = {}
    for duration_ms in (4_000, 8_000, 60_000):
        creator = make_creator()
        video = make_video(creator, duration_ms=duration_ms)
        posts[video.pk] = Post(creator.user.viewer_id, duration_ms)
    return posts


def random_rows(dice: random.Random, posts: dict[uuid.UUID, Post], size: int) -> list[EventRow]:
    """Return events of so many showings over three days, with every kind of trouble among them."""
    viewers = [uuid.UUID(int=n + 1) for n in range(6)] + [post.owner_id for post in posts.values()]
    videos = [*posts, uuid.UUID(int=77)]
    rows: list[EventRow] = []
    for _ in range(size):
        at = MIDNIGHT + dt.timedelta(seconds=dice.randrange(3 * 86_400))
        watched = make_view(
            dice.choice(videos),
            dice.choice(viewers),
            dice.choice([0, 300, 1_200, 4_999, 5_000, 9_000]),
            at=at,
            seed=dice.getrandbits(40),
            country=dice.choice(["DE", "FR", "US"]),
            ua_class=dice.choice(["browser"] * 9 + ["bot"]),
            received_at=at + dice.choice([0, 1, 1, 1, 8]) * DAY,
        )
        if dice.random() < 0.1:
            watched += watched
        if dice.random() < 0.05:
            watched += [replace(watched[0], video_id=dice.choice(videos), country="JP")]
        rows += watched
    return rows


@pytest.mark.parametrize("seed", [1, 2])
def test_the_lake_counts_what_a_naive_count_does(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - dice of a test
    posts = make_posts()
    rows = random_rows(dice, posts, 2_000)
    dice.shuffle(rows)
    make_segment(rows[:1_500])
    make_segment(rows[1_500:])
    counts = count(MIDNIGHT, MIDNIGHT + 3 * DAY)
    judged = outcomes(rows, posts=posts, policy=POLICY)
    assert {outcome for _, outcome in judged} == {
        *("qualified", "duplicate", "unknown_video", "bot", "own_view", "late", "too_short"),
        "repeat",
    }
    expected = totals(judged)
    assert {
        (row.day, row.country, row.video_id, row.outcome): row.views for row in counts.rows
    } == expected
    edge = MIDNIGHT + dt.timedelta(hours=31, milliseconds=1)
    halves = [count(MIDNIGHT, edge), count(edge, MIDNIGHT + 3 * DAY)]
    assert sum((Counter(by_outcome(half)) for half in halves), Counter()) == by_outcome(counts)
    showing, outcome = dice.choice(judged)
    if outcome != "duplicate":
        assert queries.view(view_id=showing.view_id, policy=POLICY).outcome == outcome


def test_a_view_that_never_was_is_not_found() -> None:
    for view_id in (uuid.uuid4(), ids.uuid7(at=NOON)):
        with pytest.raises(queries.NoSuchView, match=str(view_id)):
            queries.view(view_id=view_id, policy=POLICY)
