"""What becomes of a video after its upload: prepared, changed, captioned, removed, watched."""

import datetime as dt
import shutil
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from takings.people.models import User
from takings.people.queries import NotSignedIn
from takings.videos import actions, queries
from takings.videos.actions import Details
from takings.videos.models import Status, Video
from takings.videos.queries import NoSuchVideo
from takings.videos.rules import captions, details, files
from takings.videos.rules.status import WrongMoment
from tests.make.people import NOON, make_brand, make_creator, make_operator, make_user
from tests.make.videos import (
    make_creative,
    make_draft,
    make_quarantined,
    make_track,
    make_uploading,
    make_video,
)

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
LATER = NOON + 3 * HOUR
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"


def test_a_prepared_video_is_ready_and_dated() -> None:
    video = make_video(make_creator(), duration_ms=7_500)
    assert (video.status, video.progress_bp, video.duration_ms) == (Status.READY, 10_000, 7_500)
    assert (video.width, video.height, video.has_audio) == (1080, 1920, True)
    assert video.published_at == NOON
    assert [step.status for step in video.steps.all()] == [
        "uploading",
        "quarantined",
        "transcoding",
        "ready",
    ]
    assert not list(queries.video_folder(video.pk).glob("draft-*"))


def test_becoming_ready_twice_changes_nothing() -> None:
    video = make_video(make_creator())
    draft = make_draft(video.pk, 1_000)
    again = actions.mark_ready(video_id=video.pk, draft=draft, at=LATER)
    assert (again.duration_ms, again.published_at) == (8_000, NOON)
    assert not draft.exists()
    assert actions.mark_ready(video_id=video.pk, draft=None, at=LATER).steps.count() == 4


def test_media_that_are_published_already_win_over_a_second_draft() -> None:
    video = make_quarantined(make_creator(), content=b"clip")
    actions.begin_preparing(video_id=video.pk, at=NOON)
    make_draft(video.pk, 5_000).rename(queries.served_folder(video.pk))
    ready = actions.mark_ready(video_id=video.pk, draft=make_draft(video.pk, 9_000), at=NOON)
    assert ready.duration_ms == 5_000


def test_a_worker_begins_only_what_waits() -> None:
    ada = make_creator()
    assert actions.begin_preparing(video_id=uuid.uuid4(), at=NOON) is None
    uploading = make_uploading(ada, content=b"x")
    assert actions.begin_preparing(video_id=uploading.pk, at=NOON) is None
    waiting = make_quarantined(ada, content=b"x")
    for _ in range(2):  # the second is the attempt after a crash
        begun = actions.begin_preparing(video_id=waiting.pk, at=NOON)
        assert begun is not None
        assert begun.status == Status.TRANSCODING
    assert waiting.steps.count() == 3
    assert actions.note_progress(video_id=waiting.pk, progress_bp=4_200)
    assert not actions.note_progress(video_id=uploading.pk, progress_bp=4_200)
    waiting.refresh_from_db()
    assert waiting.progress_bp == 4_200


def test_a_refused_video_keeps_its_file_and_may_be_tried_again() -> None:
    video = make_quarantined(make_creator(), content=b"clip")
    assert actions.mark_refused(video_id=video.pk, why="No.", at=NOON).status == "quarantined"
    actions.begin_preparing(video_id=video.pk, at=NOON)
    refused = actions.mark_refused(video_id=video.pk, why="It is damaged.", at=NOON)
    assert (refused.status, refused.refused_why) == (Status.REFUSED, "It is damaged.")
    assert queries.source_path(video.pk).read_bytes() == b"clip"
    again = actions.prepare_again(video_id=video.pk, by=video.uploader, at=LATER)
    assert (again.status, again.refused_why, again.progress_bp) == (Status.QUARANTINED, "", 0)
    with pytest.raises(WrongMoment):
        actions.prepare_again(video_id=video.pk, by=video.uploader, at=LATER)
    actions.begin_preparing(video_id=video.pk, at=NOON)
    assert actions.give_up(video_id=video.pk, at=NOON).refused_why.startswith("We could not")


def test_the_owner_changes_what_a_video_says() -> None:
    video = make_video(make_creator(), details=Details("Low tide", visibility="private"))
    assert video.published_at is None
    track = make_track()
    wanted = Details("High tide", "at night", "public", (track.pk,))
    actions.change_details(video_id=video.pk, details=wanted, at=LATER)
    video.refresh_from_db()
    assert (video.title, video.description, video.visibility) == ("High tide", "at night", "public")
    assert video.published_at == LATER
    assert list(video.tracks.all()) == [track]
    for visibility in ("private", "unlisted"):
        hidden = Details("High tide", visibility=visibility)
        video = actions.change_details(video_id=video.pk, details=hidden, at=LATER + HOUR)
    assert video.published_at == LATER


def test_bad_details_change_nothing() -> None:
    video = make_video(make_creator())
    with pytest.raises(details.BadTitle):
        actions.change_details(video_id=video.pk, details=Details(""), at=LATER)
    with pytest.raises(actions.NoSuchTrack):
        actions.change_details(
            video_id=video.pk, details=Details("New", track_ids=(404,)), at=LATER
        )
    video.refresh_from_db()
    assert video.title == "Low tide"


def test_captions_are_kept_beside_the_video_and_taken_away() -> None:
    video = make_video(make_creator())
    assert queries.captions_of(video) == []
    video = actions.set_captions(video_id=video.pk, content=VTT, language="en")
    [listed] = queries.captions_of(video)
    assert (listed.language, listed.url) == ("en", f"/media/{video.pk}/captions.vtt")
    path = queries.access_media(user_id=None, video_id=video.pk).path(files.CAPTIONS)
    assert path.read_bytes() == VTT
    with pytest.raises(captions.BadCaptions):
        actions.set_captions(video_id=video.pk, content=b"nonsense", language="en")
    with pytest.raises(captions.BadLanguage):
        actions.set_captions(video_id=video.pk, content=VTT, language="?")
    assert path.read_bytes() == VTT
    video = actions.remove_captions(video_id=video.pk)
    assert queries.captions_of(video) == []
    assert not path.exists()
    actions.remove_captions(video_id=video.pk)


@pytest.mark.django_db(transaction=True)
def test_a_removed_video_is_gone_but_its_row_stays_for_the_books() -> None:
    ada = make_creator()
    video = make_video(ada)
    for _ in range(2):
        actions.remove(video_id=video.pk, by=ada.user, why="Too cold.", at=LATER)
    assert not queries.video_folder(video.pk).exists()
    step = video.steps.get(status=Status.REMOVED)
    assert (step.taken_by, step.why) == (ada.user, "Too cold.")
    for gone in (
        lambda: actions.change_details(video_id=video.pk, details=Details("x"), at=LATER),
        lambda: actions.set_captions(video_id=video.pk, content=VTT, language="en"),
        lambda: queries.access_media(user_id=ada.user.pk, video_id=video.pk),
        lambda: queries.access_own_video(user=ada.user, video_id=video.pk),
    ):
        with pytest.raises(NoSuchVideo):
            gone()
    assert Video.objects.get(pk=video.pk).title == "Low tide"


def may_watch(video: Video, user: User | None) -> bool:
    try:
        media = queries.access_media(user_id=user.pk if user else None, video_id=video.pk)
    except NoSuchVideo:
        return False
    assert media.path("720p/0.m4s") == queries.served_folder(video.pk) / "720p" / "0.m4s"
    return True


def test_the_gate_over_media_bytes() -> None:
    ada, stranger, operator = make_creator(), make_user("Sam"), make_operator()
    brand_member = make_user("Bea")
    make_brand(member=brand_member)
    public = make_video(ada)
    unlisted = make_video(ada, details=Details("x", visibility="unlisted"))
    private = make_video(ada, details=Details("x", visibility="private"))
    creative = make_creative(brand_member)
    waiting = make_quarantined(ada, content=b"clip")
    everyone = (None, stranger, operator, ada.user)
    for open_to_all in (public, unlisted, creative):
        assert all(may_watch(open_to_all, user) for user in everyone)
        assert queries.access_media(user_id=None, video_id=open_to_all.pk).is_open_to_all
    for closed in (private, waiting):
        assert [may_watch(closed, user) for user in everyone] == [False, False, True, True]
        assert not queries.access_media(user_id=ada.user.pk, video_id=closed.pk).is_open_to_all
    with pytest.raises(NoSuchVideo):
        queries.access_media(user_id=operator.pk, video_id=uuid.uuid4())
    with pytest.raises(files.NoSuchFile):
        queries.access_media(user_id=None, video_id=public.pk).path("../source")


def test_lists_show_what_they_should() -> None:
    ada, ben = make_creator("Ada"), make_creator("Ben")
    first, second = make_video(ada), make_video(ada, at=LATER)
    hidden = make_video(ada, details=Details("x", visibility="unlisted"), at=LATER)
    make_video(ben)
    assert list(queries.public_videos(creator=ada)) == [second, first]
    assert set(queries.own_videos(user=ada.user)) == {first, second, hidden}
    assert queries.access_own_video(user=ada.user, video_id=first.pk) == first
    with pytest.raises(NoSuchVideo):
        queries.access_own_video(user=ben.user, video_id=first.pk)
    with pytest.raises(NotSignedIn):
        queries.own_videos(user=AnonymousUser())
    harbour, anchor = make_track("Harbour"), make_track("Anchor")
    assert queries.tracks() == [anchor, harbour]


def test_the_database_refuses_what_must_never_be() -> None:
    video = make_video(make_creator())
    for wrong in ({"duration_ms": 0}, {"progress_bp": 10_001}, {"creator": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Video.objects.filter(pk=video.pk).update(**wrong)


def test_a_missing_folder_is_made_for_captions() -> None:
    video = make_video(make_creator())
    shutil.rmtree(queries.video_folder(video.pk))
    actions.set_captions(video_id=video.pk, content=VTT, language="de")
    assert (queries.video_folder(video.pk) / files.CAPTIONS).exists()
