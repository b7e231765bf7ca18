"""Starting, finishing and abandoning uploads."""

import datetime as dt
import shutil
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.core import clock
from takings.core.errors import Conflict, Forbidden, TooMuch
from takings.people.models import Creator, User
from takings.people.queries import access_own_creator, brands_of
from takings.videos.actions.receiving import NoRoom
from takings.videos.actions.steps import locked, take_step, tracks_named
from takings.videos.models import Purpose, Status, Step, Video, Visibility
from takings.videos.queries import (
    check_level,
    disk_free_bytes,
    levels_of,
    received_bytes,
    source_path,
    video_folder,
)
from takings.videos.rules.details import Details, check_details
from takings.videos.rules.intake import check_bytes, check_name
from takings.videos.rules.tus import NoSuchUpload

MAX_OPEN_UPLOADS: Final = 3
UPLOAD_LIFE: Final = dt.timedelta(hours=24)
RESERVE_BYTES: Final = 1024**3  # the database and the event log must never meet a full disk


class TooManyUploads(TooMuch):
    """One person, a few files at a time."""

    code = "too_many_uploads"
    sentence = "You have {open} unfinished uploads. Finish or cancel one before starting another."


class IdTaken(Conflict):
    """The same id was used for another file."""

    code = "id_taken"
    sentence = "This upload's id belongs to another file. Start the upload again."


class NoBrandYet(Forbidden):
    """Ad creatives are uploaded by brands."""

    code = "no_brand_yet"
    sentence = "Open a brand before you upload an ad."


class NotAllHere(Conflict):
    """Finishing needs every byte."""

    code = "not_all_here"
    sentence = "{held} of {size} bytes have arrived; send the rest."


@dataclass(frozen=True, slots=True)
class Source:
    """A file about to be sent. ``video_id`` is chosen by the sender: sending again is no copy."""

    video_id: uuid.UUID
    name: str
    size_bytes: int


@transaction.atomic
def start_upload(
    *, user: User, source: Source, purpose: Purpose, details: Details, at: dt.datetime
) -> Video:
    """Announce a file; its bytes follow through ``Receiver``. The same call again changes nothing.

    Refuses ``NotAVideoName``, ``EmptyFile``, ``TooLarge``, bad details, ``NoSuchLevel``,
    ``NoStudio`` (posts), :class:`NoBrandYet` (creatives), :class:`TooManyUploads`,
    :class:`IdTaken` and ``NoRoom``.
    """
    check_name(source.name)
    check_bytes(source.size_bytes)
    details = check_details(details)
    User.objects.select_for_update().get(pk=user.pk)  # two tabs at once: the second is counted
    existing = Video.objects.filter(pk=source.video_id).first()
    if existing is not None:
        return _same(existing, user=user, source=source)
    channel = _channel(user, purpose)
    rank = 1
    if details.visibility == Visibility.MEMBERS:
        creator_id = channel.pk if channel else None
        lowest = min(dict(levels_of(creator_id=creator_id)), default=rank)
        rank = details.members_rank or lowest
        check_level(rank, creator_id=creator_id)
    _check_room(user, source)
    video = Video.objects.create(
        id=source.video_id,
        uploader=user,
        creator=channel,
        purpose=purpose,
        title=details.title,
        description=details.description,
        visibility=details.visibility,
        members_rank=rank,
        has_mid_rolls=details.has_mid_rolls,
        category=details.category,
        source_name=source.name[-255:],
        source_bytes=source.size_bytes,
        uploaded_at=at,
    )
    video.tracks.set(tracks_named(details.track_ids))
    Step.objects.create(video=video, status=Status.UPLOADING, taken_by=user, taken_at=at)
    return video


def _same(existing: Video, *, user: User, source: Source) -> Video:
    known = (existing.uploader_id, existing.source_bytes, existing.source_name, existing.status)
    if known != (user.pk, source.size_bytes, source.name[-255:], Status.UPLOADING):
        raise IdTaken
    return existing


def _channel(user: User, purpose: Purpose) -> Creator | None:
    if purpose == Purpose.POST:
        return access_own_creator(user=user)
    if not user.is_staff and not brands_of(user=user):  # operators act for every brand
        raise NoBrandYet
    return None


def _check_room(user: User, source: Source) -> None:
    unfinished = Video.objects.filter(uploader=user, status=Status.UPLOADING).count()
    if unfinished >= MAX_OPEN_UPLOADS:
        raise TooManyUploads(open=unfinished)
    if disk_free_bytes() < source.size_bytes + RESERVE_BYTES:
        raise NoRoom


@transaction.atomic
def finish_upload(*, video_id: uuid.UUID, at: dt.datetime) -> Video:
    """Put a complete upload in quarantine and order its preparation, in one transaction.

    Finishing again changes nothing. Refuses :class:`NotAllHere`, ``NoSuchUpload`` when removed.
    """
    video = locked(video_id)
    if video.status == Status.REMOVED:
        raise NoSuchUpload
    if video.status != Status.UPLOADING:
        return video
    held = received_bytes(video_id)
    if held != video.source_bytes:
        raise NotAllHere(held=held, size=video.source_bytes)
    take_step(video=video, status=Status.QUARANTINED, by=video.uploader, at=at)
    order_preparation(video_id)
    return video


def order_preparation(video_id: uuid.UUID) -> None:
    """Queue the preparation inside the caller's transaction; one at a time for each video."""
    order = jobs.configure_task("videos.prepare_video", queue="video", lock=f"video:{video_id}")
    order.defer(video_id=str(video_id))


@transaction.atomic
def cancel_upload(*, video_id: uuid.UUID, why: str, by: User | None, at: dt.datetime) -> None:
    """End an unfinished upload and drop its bytes. Refuses ``NoSuchUpload`` once it is finished."""
    video = locked(video_id)
    if video.status != Status.UPLOADING:
        raise NoSuchUpload
    take_step(video=video, status=Status.REMOVED, by=by, why=why, at=at)
    transaction.on_commit(lambda: shutil.rmtree(video_folder(video_id), ignore_errors=True))


def sweep_uploads(*, at: dt.datetime) -> tuple[int, int]:
    """Finish complete uploads that nobody finished, end those untouched for a day.

    Returns (finished, ended). A crash between the last byte and the finish, or a browser closed
    for ever, is met here; folders of removed videos that a crash left behind go, too.
    """
    finished = ended = 0
    for video in Video.objects.filter(status=Status.UPLOADING).order_by("pk"):
        if received_bytes(video.pk) == video.source_bytes:
            finish_upload(video_id=video.pk, at=at)
            finished += 1
        elif expires_at(video) <= at:
            cancel_upload(video_id=video.pk, why="Abandoned for a day.", by=None, at=at)
            ended += 1
    removed = Step.objects.filter(status=Status.REMOVED, taken_at__gt=at - 2 * UPLOAD_LIFE)
    for video_id in removed.values_list("video_id", flat=True):
        shutil.rmtree(video_folder(video_id), ignore_errors=True)
    return finished, ended


def expires_at(video: Video) -> dt.datetime:
    """Return when an unfinished upload ends: a day after its last byte."""
    path = source_path(video.pk)
    touched = clock.from_ms(int(path.stat().st_mtime * 1000)) if path.exists() else None
    return max(filter(None, (video.uploaded_at, touched))) + UPLOAD_LIFE
