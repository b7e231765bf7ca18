"""The feed: its order, its reasons, and pages that neither repeat nor skip."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from takings.audience import actions, queries
from takings.audience.queries import FeedItem, NoSuchPost, Watcher
from takings.audience.rules import (
    BadCursor,
    Grounds,
    Place,
    explain,
    rank,
    read_cursor,
    write_cursor,
)
from takings.videos.models import Status, Visibility
from tests.make.audience import make_likes, make_post, make_watcher
from tests.make.people import NOON, make_creator, make_user

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def feed(watcher: Watcher, *, at: dt.datetime = NOON, size: int = 50) -> list[FeedItem]:
    return list(queries.feed_page(watcher=watcher, place=Place(at), size=size).items)


def titles(items: list[FeedItem]) -> list[str]:
    return [item.title for item in items]


@pytest.mark.django_db
def test_fresh_posts_come_first_and_each_says_why() -> None:
    make_post(title="old", at=NOON - 3 * DAY)
    make_post(title="new", at=NOON - HOUR)
    shown = feed(make_watcher())
    assert titles(shown) == ["new", "old"]
    assert shown[0].why == "New in the last 24 hours."
    assert shown[1].why == "Published on 30 October, and you have not watched it yet."


@pytest.mark.django_db
def test_likes_lift_a_post_by_half_a_day_for_every_tenfold() -> None:
    loved = make_post(title="loved", at=NOON - 30 * HOUR)
    make_post(title="newer", at=NOON - 25 * HOUR)
    make_likes(loved, 2)
    shown = feed(make_watcher())
    assert titles(shown) == ["loved", "newer"]
    assert (shown[0].likes, shown[0].why) == (
        2,
        "Liked by 2 viewers, and you have not watched it yet.",
    )


@pytest.mark.django_db
def test_a_followed_creator_comes_first_within_two_days() -> None:
    ada, viewer = make_creator("Ada"), make_user()
    make_post(ada, title="followed", at=NOON - 2 * DAY)
    make_post(title="stranger", at=NOON - HOUR)
    actions.follow(user=viewer, creator=ada, at=NOON - HOUR)
    shown = feed(make_watcher(viewer))
    assert titles(shown) == ["followed", "stranger"]
    assert shown[0].why == f"From @{ada.handle}, whom you follow."
    assert titles(feed(make_watcher())) == ["stranger", "followed"]


@pytest.mark.django_db
def test_what_was_watched_goes_to_the_end_for_that_viewer_only() -> None:
    seen, fresh = make_post(title="seen"), make_post(title="fresh", at=NOON - DAY)
    watcher = make_watcher()
    actions.mark_seen(sightings=[(watcher.viewer_id, seen.pk, NOON - HOUR)])
    shown = feed(watcher)
    assert titles(shown) == ["fresh", "seen"]
    assert shown[1].why == "You have watched this before; nothing unwatched is left ahead of it."
    assert titles(feed(make_watcher())) == ["seen", "fresh"]
    assert shown[0].id == fresh.pk


@pytest.mark.django_db
def test_only_ready_public_posts_are_shown() -> None:
    make_post(title="private", visibility=Visibility.PRIVATE)
    make_post(title="unlisted", visibility=Visibility.UNLISTED)
    make_post(title="coming", status=Status.TRANSCODING)
    make_post(title="tomorrow", at=NOON + DAY)
    make_post(title="public")
    assert titles(feed(make_watcher())) == ["public"]


@pytest.mark.django_db
def test_pages_repeat_and_skip_nothing_while_the_world_moves() -> None:
    ada, viewer = make_creator("Ada"), make_user()
    posts = [make_post(ada, title=f"{n}", at=NOON - n * HOUR) for n in range(11)]
    first_fan = make_likes(posts[9], 1, at=NOON - HOUR)[0]
    watcher, place = make_watcher(viewer), Place(NOON)
    expected = feed(watcher)
    collected: list[FeedItem] = []
    for step in range(10):
        page = queries.feed_page(watcher=watcher, place=place, size=3)
        collected += page.items
        later = NOON + (step + 1) * HOUR
        make_post(title="published meanwhile", at=later)
        actions.unlike(user=first_fan, video_id=posts[9].pk, at=later)
        make_likes(posts[10 - step], 3, at=later)
        actions.follow(user=viewer, creator=ada, at=later)
        actions.mark_seen(sightings=[(watcher.viewer_id, item.id, later) for item in page.items])
        if page.next is None:
            break
        place = read_cursor(page.next)
    assert collected == expected
    assert len(collected) == 11


@pytest.mark.django_db
def test_a_feed_opened_with_a_post_shows_it_first_and_once() -> None:
    posts = [make_post(title=f"{n}", at=NOON - n * HOUR) for n in range(12)]
    hidden = make_post(title="unlisted", visibility=Visibility.UNLISTED, at=NOON - 2 * DAY)
    watcher = make_watcher()
    page = queries.feed_from(video=hidden, watcher=watcher, at=NOON)
    shown = list(page.items)
    while page.next is not None:
        page = queries.feed_page(watcher=watcher, place=read_cursor(page.next))
        shown += page.items
    assert titles(shown) == ["unlisted", *(video.title for video in posts)]
    again = queries.feed_from(video=posts[5], watcher=watcher, at=NOON)
    assert titles(list(again.items)) == ["5", "0", "1", "2", "3", "4", "6", "7"]


@pytest.mark.django_db
def test_a_page_is_one_query_however_many_posts_likes_and_follows() -> None:
    viewer = make_user()
    for _ in range(5):
        make_likes(make_post(), 2)
    with CaptureQueriesContext(connection) as asked:
        assert len(feed(make_watcher(viewer))) == 5
    assert len(asked) == 1


@pytest.mark.django_db
def test_a_post_is_reached_by_its_address_unless_private() -> None:
    private = make_post(visibility=Visibility.PRIVATE)
    unlisted = make_post(visibility=Visibility.UNLISTED)
    assert queries.access_post(user_id=None, video_id=unlisted.pk) == unlisted
    assert queries.access_post(user_id=private.uploader_id, video_id=private.pk) == private
    for stranger in (None, make_user().pk):
        with pytest.raises(NoSuchPost):
            queries.access_post(user_id=stranger, video_id=private.pk)
    with pytest.raises(NoSuchPost):
        queries.access_post(user_id=None, video_id=uuid.uuid4())


@pytest.mark.django_db
@pytest.mark.parametrize("likes", [0, 1, 9, 10, 99])
def test_the_query_ranks_as_the_rule_says(likes: int) -> None:
    creator, viewer = make_creator(), make_user()
    video = make_post(creator)
    make_likes(video, min(likes, 10))
    actions.follow(user=viewer, creator=creator, at=NOON)
    item = feed(make_watcher(viewer))[0]
    published_s = int(NOON.timestamp())
    assert item.rank == rank(published_s=published_s, likes=item.likes, following=True)


PLACES = st.builds(
    Place,
    anchor=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1)).map(  # noqa: DTZ001
        lambda moment: moment.replace(microsecond=0, tzinfo=dt.UTC)
    ),
    seen=st.booleans(),
    rank=st.integers(-(2**62), 2**62),
    video_id=st.uuids(),
    opened_with=st.uuids(),
)


@given(PLACES)
def test_a_cursor_is_read_as_it_was_written(place: Place) -> None:
    assert read_cursor(write_cursor(place)) == place


@given(st.text())
def test_any_other_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(cursor)


def test_a_cursor_of_another_version_or_with_an_impossible_time_is_refused() -> None:
    given = write_cursor(Place(NOON))
    for changed in ("B" + given[1:], given[:2] + "_" * 9 + given[11:]):
        with pytest.raises(BadCursor):
            read_cursor(changed)


def test_one_like_is_one_viewer() -> None:
    grounds = Grounds("ada", NOON - 2 * DAY, likes=1, following=False, seen=False)
    assert explain(grounds, at=NOON) == "Liked by one viewer, and you have not watched it yet."
