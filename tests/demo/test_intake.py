"""A drawn clip takes the way of every upload, and what was stated beforehand proves true."""

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.audience.models import Like
from takings.core import ids
from takings.demo import actions
from takings.demo.actions.posts import UNKNOWN_BYTES, ClipsNotReady, announce_clip, order_clips
from takings.demo.rules.cast import CHANNELS, FAN, VIEWERS
from takings.people import actions as people
from takings.people.models import Creator
from takings.videos import queries
from takings.videos.actions import Details, Receiver, sweep_uploads
from takings.videos.jobs.prepare import prepare
from takings.videos.models import Status, Video
from tests.make.people import NOON, make_creator

pytestmark = pytest.mark.django_db(transaction=True)
PUBLISHED = NOON - dt.timedelta(days=20)


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_HOME=tmp_path):
        yield


def _announce(creator: Creator) -> Video:
    return announce_clip(
        clip="origami",
        user=creator.user,
        details=Details("The sheet breathes"),
        published_at=PUBLISHED,
        at=NOON,
    )


def test_a_clip_is_drawn_uploaded_and_prepared_as_it_was_announced() -> None:
    video = _announce(make_creator())
    assert (video.status, video.duration_ms, video.width) == (Status.UPLOADING, 6_000, 540)
    assert sweep_uploads(at=NOON + dt.timedelta(hours=1)) == (0, 0)  # it waits for its file

    actions.render_clip(clip="origami", video_id=video.pk, at=NOON)
    prepare(video_id=video.pk, now=lambda: NOON)

    made = Video.objects.get(pk=video.pk)
    assert made.status == Status.READY
    assert (made.duration_ms, made.width, made.height) == (6_000, 540, 960)
    assert made.has_audio
    assert made.published_at == PUBLISHED
    assert made.uploaded_at == ids.time_of(made.pk)
    assert (queries.served_folder(made.pk) / "poster.webp").exists()


def test_a_drawing_that_was_cut_off_goes_on_and_happens_once() -> None:
    video = _announce(make_creator())
    actions.render_clip(clip="origami", video_id=video.pk, at=NOON)
    whole = queries.source_path(video.pk).read_bytes()

    for left_over in (whole[:1_000], whole + b"from another version"):
        Video.objects.filter(pk=video.pk).update(status=Status.UPLOADING)
        queries.source_path(video.pk).unlink()
        with Receiver(video_id=video.pk, size_bytes=10**9, offset=0) as receiver:
            receiver.write(left_over)
        actions.render_clip(clip="origami", video_id=video.pk, at=NOON)
        assert queries.source_path(video.pk).read_bytes() == whole

    steps = list(video.steps.values_list("status", flat=True))
    actions.render_clip(clip="origami", video_id=video.pk, at=NOON)  # uploaded: nothing to do
    assert list(video.steps.values_list("status", flat=True)) == steps


def test_announcing_and_ordering_twice_is_announcing_and_ordering_once() -> None:
    creator = make_creator()
    video = _announce(creator)
    again = _announce(creator)
    assert (again.pk, again.source_bytes) == (video.pk, UNKNOWN_BYTES)

    order_clips()
    order_clips()
    orders = ProcrastinateJob.objects.filter(task_name__startswith="demo.")
    assert sorted(orders.values_list("task_name", flat=True)) == [
        "demo.applaud_clips",
        "demo.render_clip",
    ]


def test_a_clip_nobody_announced_is_not_drawn() -> None:
    actions.render_clip(clip="dunes", video_id=uuid.uuid4(), at=NOON)
    assert not Video.objects.exists()


def test_people_applaud_when_they_can_see_everything() -> None:
    for person in VIEWERS[:5]:
        profile = people.Profile(person.name, person.country)
        people.sign_up(email=person.email, password=None, profile=profile, at=NOON)
    channel = CHANNELS[0]
    user = people.sign_up(
        email=channel.person.email,
        password=None,
        profile=people.Profile(channel.person.name, "DE"),
        at=NOON,
    )
    creator = people.open_studio(user=user, handle=channel.handle, name="Mara", at=NOON)
    video = _announce(creator)

    with pytest.raises(ClipsNotReady):
        actions.applaud(at=NOON)
    assert not Like.objects.exists()

    Video.objects.filter(pk=video.pk).update(status=Status.READY)
    actions.applaud(at=NOON)
    actions.applaud(at=NOON)
    likes = Like.objects.count()
    assert 0 < likes < 5
    assert not Like.objects.filter(user__email=FAN.email).exists()
