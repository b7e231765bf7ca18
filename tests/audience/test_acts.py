"""Following and liking: once is once, however often one clicks."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from takings.audience import actions, queries
from takings.audience.actions import OwnChannel
from takings.audience.models import Follow, Like, Sighting
from takings.audience.queries import NoSuchPost
from takings.videos.models import Visibility
from tests.make.audience import make_post
from tests.make.people import NOON, make_creator, make_user

LATER = NOON + dt.timedelta(hours=1)


@pytest.mark.django_db
def test_liking_twice_is_liking_once_and_a_like_can_be_taken_back() -> None:
    viewer, video = make_user(), make_post()
    for at in (NOON, LATER):
        actions.like(user=viewer, video_id=video.pk, at=at)
    assert [like.liked_at for like in Like.objects.all()] == [NOON]
    for _ in range(2):
        actions.unlike(user=viewer, video_id=video.pk, at=LATER)
    actions.like(user=viewer, video_id=video.pk, at=LATER)
    assert Like.objects.filter(ended_at__isnull=True).count() == 1
    assert Like.objects.count() == 2
    assert str(Like.objects.first()) == "Viewer likes Loop"


@pytest.mark.django_db(transaction=True)
def test_ten_taps_at_once_are_one_like() -> None:
    viewer, video = make_user(), make_post()

    def tap(_number: int) -> None:
        try:
            actions.like(user=viewer, video_id=video.pk, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tap, range(10)))
    assert Like.objects.count() == 1


@pytest.mark.django_db
def test_a_private_post_cannot_be_liked_by_others() -> None:
    hidden = make_post(visibility=Visibility.PRIVATE)
    with pytest.raises(NoSuchPost):
        actions.like(user=make_user(), video_id=hidden.pk, at=NOON)
    assert not Like.objects.exists()


@pytest.mark.django_db
def test_following_is_counted_once_and_never_oneself() -> None:
    ada, viewer = make_creator("Ada"), make_user()
    for at in (NOON, LATER):
        actions.follow(user=viewer, creator=ada, at=at)
    assert queries.follower_count(creator=ada) == 1
    assert queries.is_following(user=viewer, creator=ada)
    assert not queries.is_following(user=None, creator=ada)
    assert str(Follow.objects.get()) == f"Viewer follows @{ada.handle}"
    with pytest.raises(OwnChannel):
        actions.follow(user=ada.user, creator=ada, at=NOON)
    actions.unfollow(user=viewer, creator=ada, at=LATER)
    assert queries.follower_count(creator=ada) == 0


@pytest.mark.django_db
def test_only_the_first_sighting_of_a_known_post_is_kept() -> None:
    viewer, video = uuid.uuid4(), make_post()
    actions.mark_seen(
        sightings=[(viewer, video.pk, LATER), (viewer, video.pk, NOON), (viewer, viewer, NOON)]
    )
    actions.mark_seen(sightings=[(viewer, video.pk, LATER)])
    assert [sighting.seen_at for sighting in Sighting.objects.all()] == [NOON]
    assert str(Sighting.objects.get()) == f"{viewer} saw {video.pk}"


@pytest.mark.django_db
def test_a_channel_shows_its_public_posts_newest_first() -> None:
    ada = make_creator()
    make_post(ada, title="hidden", visibility=Visibility.UNLISTED)
    make_post(ada, title="first", at=NOON)
    make_post(ada, title="second", at=LATER)
    make_post(title="someone else")
    assert [video.title for video in queries.posts_of(creator=ada)] == ["second", "first"]
