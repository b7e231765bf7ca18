"""From quarantine to ready or refused; the worker's side of the story."""

import datetime as dt
import shutil
import uuid
from pathlib import Path

from django.db import transaction

from takings.people.models import User
from takings.videos.actions.steps import locked, take_step
from takings.videos.actions.uploading import order_preparation
from takings.videos.models import Status, Video
from takings.videos.queries import served_folder
from takings.videos.rules import files
from takings.videos.rules.made import read_made
from takings.videos.rules.refusals import GaveUp


@transaction.atomic
def begin_preparing(*, video_id: uuid.UUID, at: dt.datetime) -> Video | None:
    """Say that a worker has the video; None when there is nothing to prepare (any more).

    A second attempt after a crash finds it being prepared already and simply goes on.
    """
    video = Video.objects.select_for_update().filter(pk=video_id).first()
    if video is None or video.status not in {Status.QUARANTINED, Status.TRANSCODING}:
        return None
    if video.status == Status.QUARANTINED:
        video.progress_bp = 0
        take_step(video=video, status=Status.TRANSCODING, at=at)
    return video


def note_progress(*, video_id: uuid.UUID, progress_bp: int) -> bool:
    """Show how far the preparation is; False when it is not wanted any more (removed)."""
    wanted = Video.objects.filter(pk=video_id, status=Status.TRANSCODING)
    return wanted.update(progress_bp=progress_bp) == 1


@transaction.atomic
def mark_ready(*, video_id: uuid.UUID, draft: Path | None, at: dt.datetime) -> Video:
    """Publish a finished draft folder by one rename and open the video.

    ``draft`` None adopts media that an earlier attempt published before it died. Publishing
    twice changes nothing; a video removed meanwhile stays removed.
    """
    video = locked(video_id)
    served = served_folder(video_id)
    if video.status != Status.TRANSCODING:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        return video
    if draft is not None and not served.exists():
        draft.rename(served)
    made = read_made((served / files.MADE).read_text())
    video.progress_bp = 10_000
    video.duration_ms, video.has_audio = made.duration_ms, made.has_audio
    video.width, video.height = made.width, made.height
    take_step(video=video, status=Status.READY, at=at)
    return video


@transaction.atomic
def mark_refused(*, video_id: uuid.UUID, why: str, at: dt.datetime) -> Video:
    """Refuse a file with the sentence its uploader reads. The source stays until they remove it."""
    video = locked(video_id)
    if video.status == Status.TRANSCODING:
        video.refused_why = why
        take_step(video=video, status=Status.REFUSED, why=why, at=at)
    return video


@transaction.atomic
def prepare_again(*, video_id: uuid.UUID, by: User, at: dt.datetime) -> Video:
    """Send a refused video through once more. Refuses ``WrongMoment`` for any other."""
    video = locked(video_id)
    video.refused_why, video.progress_bp = "", 0
    take_step(video=video, status=Status.QUARANTINED, by=by, why="Tried again.", at=at)
    order_preparation(video_id)
    return video


def give_up(*, video_id: uuid.UUID, at: dt.datetime) -> Video:
    """Refuse after the last attempt failed for a reason that is ours."""
    return mark_refused(video_id=video_id, why=str(GaveUp()), at=at)
