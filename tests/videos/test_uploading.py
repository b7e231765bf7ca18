"""Starting, sending, finishing and abandoning uploads."""

import datetime as dt
import os
import uuid
from pathlib import Path

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import ids
from takings.core.errors import Refusal
from takings.people.queries import NoStudio
from takings.videos import actions, queries
from takings.videos.actions import Details, Receiver, Source, receiving, uploading
from takings.videos.models import Purpose, Status, Step, Video
from takings.videos.queries import NoSuchVideo
from takings.videos.rules import refusals, tus
from tests.make.people import NOON, make_brand, make_creator, make_user
from tests.make.videos import make_track, make_uploading, make_video

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def source(size: int = 10, *, name: str = "clip.mp4", video_id: uuid.UUID | None = None) -> Source:
    return Source(video_id or ids.uuid7(at=NOON), name, size)


def test_a_creator_announces_a_post() -> None:
    ada = make_creator("Ada")
    track = make_track()
    announced = source(1234, name="Low Tide.MOV")
    video = actions.start_upload(
        user=ada.user,
        source=announced,
        purpose=Purpose.POST,
        details=Details(" Low tide ", "by the sea", "unlisted", (track.pk,)),
        at=NOON,
    )
    video.refresh_from_db()
    assert (video.pk, video.creator, video.uploader) == (announced.video_id, ada, ada.user)
    assert (video.title, video.visibility, video.status) == ("Low tide", "unlisted", "uploading")
    assert list(video.tracks.all()) == [track]
    assert str(video) == "Low tide"
    assert str(track) == "Harbour Lights — The Cranes"
    step = video.steps.get()
    assert (step.status, step.taken_by, step.taken_at) == (Status.UPLOADING, ada.user, NOON)
    assert str(step) == f"{video.pk} → uploading"


def test_announcing_again_is_announcing_once() -> None:
    ada = make_creator()
    announced = source()
    for _ in range(2):
        actions.start_upload(
            user=ada.user,
            source=announced,
            purpose=Purpose.POST,
            details=Details("Low tide"),
            at=NOON,
        )
    assert Video.objects.count() == Step.objects.count() == 1
    for thief, size in ((ada.user, 11), (make_creator("Eve").user, 10)):
        with pytest.raises(actions.IdTaken):
            actions.start_upload(
                user=thief,
                source=source(size, video_id=announced.video_id),
                purpose=Purpose.POST,
                details=Details("Low tide"),
                at=NOON,
            )
    assert Video.objects.count() == 1


@pytest.mark.parametrize(
    ("announced", "details", "refusal"),
    [
        (source(name="notes.txt"), Details("x"), refusals.NotAVideoName),
        (source(0), Details("x"), refusals.EmptyFile),
        (source(refusals.MAX_BYTES + 1), Details("x"), refusals.TooLarge),
        (source(), Details("x", track_ids=(404,)), actions.NoSuchTrack),
    ],
)
def test_what_cannot_be_a_video_is_refused_before_a_byte_is_sent(
    announced: Source, details: Details, refusal: type[Refusal]
) -> None:
    ada = make_creator()
    with pytest.raises(refusal):
        actions.start_upload(
            user=ada.user, source=announced, purpose=Purpose.POST, details=details, at=NOON
        )
    assert not Video.objects.exists()


def test_posts_need_a_studio_and_ads_need_a_brand() -> None:
    viewer = make_user()
    with pytest.raises(NoStudio):
        actions.start_upload(
            user=viewer, source=source(), purpose=Purpose.POST, details=Details("x"), at=NOON
        )
    with pytest.raises(actions.NoBrandYet):
        actions.start_upload(
            user=viewer, source=source(), purpose=Purpose.CREATIVE, details=Details("x"), at=NOON
        )
    assert not Video.objects.exists()
    make_brand(member=viewer)
    creative = actions.start_upload(
        user=viewer, source=source(), purpose=Purpose.CREATIVE, details=Details("x"), at=NOON
    )
    assert creative.creator is None


def test_one_person_has_few_unfinished_uploads() -> None:
    ada = make_creator()
    for _ in range(3):
        make_uploading(ada, content=b"x")
    with pytest.raises(actions.TooManyUploads, match="3 unfinished"):
        make_uploading(ada, content=b"x")
    make_uploading(make_creator("Ben"), content=b"x")
    assert Video.objects.count() == 4


def test_a_full_disk_takes_no_new_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "RESERVE_BYTES", 1 << 60)
    with pytest.raises(actions.NoRoom):
        make_uploading(make_creator(), content=b"x")
    assert not Video.objects.exists()


def test_pieces_continue_where_the_file_ends() -> None:
    video = make_uploading(make_creator(), content=b"0123456789")

    def send(offset: int, piece: bytes) -> int:
        return actions.receive_bytes(video_id=video.pk, size_bytes=10, offset=offset, piece=piece)

    assert queries.received_bytes(video.pk) == 0
    assert send(0, b"01234") == 5
    with pytest.raises(tus.WrongOffset, match="has 5 bytes"):
        send(4, b"4567")
    with pytest.raises(tus.BeyondLength):
        send(5, b"567890")
    assert queries.source_path(video.pk).read_bytes() == b"01234"
    assert send(5, b"56789") == 10
    assert queries.source_path(video.pk).read_bytes() == b"0123456789"


def test_one_connection_at_a_time_writes_to_an_upload() -> None:
    video = make_uploading(make_creator(), content=b"0123456789")
    with Receiver(video_id=video.pk, size_bytes=10, offset=0) as first:
        first.write(b"012")
        with pytest.raises(actions.BusyUpload):
            actions.receive_bytes(video_id=video.pk, size_bytes=10, offset=3, piece=b"345")
        with pytest.raises(tus.BeyondLength):
            first.write(b"34567890")
    assert queries.source_path(video.pk).read_bytes() == b"012"
    assert actions.receive_bytes(video_id=video.pk, size_bytes=10, offset=3, piece=b"345") == 6


def test_a_disk_that_fills_up_midway_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    video = make_uploading(make_creator(), content=b"0123456789")
    receiver = Receiver(video_id=video.pk, size_bytes=10, offset=0)
    ours = receiver._file  # noqa: SLF001 - the only way to fill a disk at will
    monkeypatch.setattr(receiver, "_file", full)
    with pytest.raises(actions.NoRoom):
        receiver.write(b"012")
    os.close(full)
    with pytest.raises(OSError, match="Bad file"):
        receiver.write(b"012")
    monkeypatch.setattr(receiver, "_file", ours)
    receiver.close()
    assert queries.received_bytes(video.pk) == 0


def test_finishing_orders_the_preparation_once() -> None:
    content = b"0123456789"
    video = make_uploading(make_creator(), content=content)
    with pytest.raises(actions.NotAllHere, match="0 of 10 bytes"):
        actions.finish_upload(video_id=video.pk, at=NOON)
    actions.receive_bytes(video_id=video.pk, size_bytes=10, offset=0, piece=content)
    for _ in range(2):
        assert actions.finish_upload(video_id=video.pk, at=NOON).status == Status.QUARANTINED
    orders = ProcrastinateJob.objects.filter(args__video_id=str(video.pk))
    assert [(job.task_name, job.queue_name) for job in orders] == [
        ("videos.prepare_video", "video")
    ]
    assert [step.status for step in video.steps.all()] == ["uploading", "quarantined"]


def test_nothing_can_be_finished_that_is_not_there() -> None:
    with pytest.raises(NoSuchVideo):
        actions.finish_upload(video_id=uuid.uuid4(), at=NOON)
    video = make_uploading(make_creator(), content=b"x")
    actions.cancel_upload(video_id=video.pk, why="Changed my mind.", by=video.uploader, at=NOON)
    with pytest.raises(tus.NoSuchUpload):
        actions.finish_upload(video_id=video.pk, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_upload_leaves_no_bytes() -> None:
    video = make_uploading(make_creator(), content=b"0123456789")
    actions.receive_bytes(video_id=video.pk, size_bytes=10, offset=0, piece=b"01234")
    actions.cancel_upload(video_id=video.pk, why="Changed my mind.", by=video.uploader, at=NOON)
    assert not queries.video_folder(video.pk).exists()
    video.refresh_from_db()
    assert video.status == Status.REMOVED
    assert video.steps.get(status=Status.REMOVED).why == "Changed my mind."


def test_a_finished_upload_cannot_be_cancelled() -> None:
    video = make_video(make_creator())
    with pytest.raises(tus.NoSuchUpload):
        actions.cancel_upload(video_id=video.pk, why="x", by=video.uploader, at=NOON)
    video.refresh_from_db()
    assert video.status == Status.READY


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finishes_what_is_complete_and_ends_what_is_abandoned() -> None:
    ada = make_creator()
    complete = make_uploading(ada, content=b"0123456789")
    actions.receive_bytes(video_id=complete.pk, size_bytes=10, offset=0, piece=b"0123456789")
    abandoned = make_uploading(ada, content=b"0123456789")
    fresh = make_uploading(ada, content=b"0123456789")
    actions.receive_bytes(video_id=fresh.pk, size_bytes=10, offset=0, piece=b"01234")
    touched = (NOON + DAY / 2).timestamp()
    os.utime(queries.source_path(fresh.pk), (touched, touched))
    assert actions.sweep_uploads(at=NOON + DAY) == (1, 1)
    statuses = {video.pk: video.status for video in Video.objects.all()}
    assert statuses == {
        complete.pk: Status.QUARANTINED,
        abandoned.pk: Status.REMOVED,
        fresh.pk: Status.UPLOADING,
    }
    assert uploading.expires_at(fresh) == NOON + DAY * 1.5
    assert actions.sweep_uploads(at=NOON + DAY) == (0, 0)


def test_the_sweep_clears_what_a_crash_left_of_removed_videos() -> None:
    video = make_video(make_creator())
    actions.remove(video_id=video.pk, by=video.uploader, why="", at=NOON)  # never commits here
    folder = queries.video_folder(video.pk)
    assert folder.exists()
    actions.sweep_uploads(at=NOON)
    assert not folder.exists()


def test_free_space_is_asked_where_media_will_lie(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_HOME = tmp_path / "not" / "made" / "yet"  # type: ignore[attr-defined]
    assert queries.disk_free_bytes() > 0


def test_a_folder_that_cannot_be_written_is_no_refusal(tmp_path: Path, settings: object) -> None:
    (tmp_path / "media").touch()  # a file where the folder should be
    settings.MEDIA_HOME = tmp_path / "media"  # type: ignore[attr-defined]
    with pytest.raises(NotADirectoryError):
        receiving.receive_bytes(video_id=uuid.uuid4(), size_bytes=1, offset=0, piece=b"x")
