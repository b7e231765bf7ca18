"""What the owner changes: details, captions, and whether the video is there at all."""

import datetime as dt
import os
import shutil
import uuid

from django.db import transaction
from django.db.models import F

from takings.people.models import User
from takings.videos.actions.steps import date_publication, locked, take_step, tracks_named
from takings.videos.models import Status, Video, Visibility
from takings.videos.queries import NoSuchVideo, check_level, video_folder
from takings.videos.rules import files
from takings.videos.rules.captions import check_captions, check_language
from takings.videos.rules.details import Details, OpensInThePast, check_details


def _locked_and_there(video_id: uuid.UUID) -> Video:
    video = locked(video_id)
    if video.status == Status.REMOVED:
        raise NoSuchVideo
    return video


@transaction.atomic
def change_details(*, video_id: uuid.UUID, details: Details, at: dt.datetime) -> Video:
    """Replace what the creator says about a video.

    It stays for the members it was for, also when their tier is offered no more. Refuses bad
    details, ``NoSuchTrack`` and ``NoSuchLevel``.
    """
    details = check_details(details)
    video = _locked_and_there(video_id)
    if details.visibility == Visibility.MEMBERS:
        rank = details.members_rank or video.members_rank
        if (video.visibility, video.members_rank) != (Visibility.MEMBERS, rank):
            check_level(rank, creator_id=video.creator_id)
        video.members_rank = rank
    video.title, video.description = details.title, details.description
    video.visibility, video.has_mid_rolls = details.visibility, details.has_mid_rolls
    video.category = details.category
    if details.visibility != Visibility.MEMBERS:
        video.opens_at = None
    date_publication(video=video, at=at)
    video.save()
    video.tracks.set(tracks_named(details.track_ids))
    return video


@transaction.atomic
def keep_for_members(
    *, video_id: uuid.UUID, rank: int, opens_at: dt.datetime | None, at: dt.datetime
) -> Video:
    """Let only members of this rank and above watch a video, for good or until an instant.

    Refuses: NoSuchLevel, OpensInThePast.
    """
    video = _locked_and_there(video_id)
    check_level(rank, creator_id=video.creator_id)
    if opens_at is not None and opens_at <= at:
        raise OpensInThePast
    video.visibility, video.members_rank = Visibility.MEMBERS, rank
    video.opens_at = opens_at
    date_publication(video=video, at=at)
    video.save(update_fields=["visibility", "members_rank", "opens_at", "published_at"])
    return video


def open_to_all(*, at: dt.datetime) -> int:
    """Let everybody watch what members could watch early, as new as it is to them; repeatable."""
    due = Video.objects.filter(visibility=Visibility.MEMBERS, opens_at__lte=at)
    return due.update(visibility=Visibility.PUBLIC, opens_at=None, published_at=F("opens_at"))


@transaction.atomic
def set_captions(*, video_id: uuid.UUID, content: bytes, language: str) -> Video:
    """Keep captions (WebVTT) beside the video. Refuses ``BadCaptions`` and ``BadLanguage``."""
    check_language(language)
    text = check_captions(content)
    video = _locked_and_there(video_id)
    folder = video_folder(video_id)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{files.CAPTIONS}.new"
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / files.CAPTIONS)
    video.captions_language = language
    video.save(update_fields=["captions_language"])
    return video


@transaction.atomic
def remove_captions(*, video_id: uuid.UUID) -> Video:
    """Take the captions away; without any, nothing changes."""
    video = _locked_and_there(video_id)
    video.captions_language = ""
    video.save(update_fields=["captions_language"])
    (video_folder(video_id) / files.CAPTIONS).unlink(missing_ok=True)
    return video


@transaction.atomic
def remove(*, video_id: uuid.UUID, by: User, why: str, at: dt.datetime) -> Video:
    """Take a video away for good: source and media are deleted, the row stays for the books.

    Removing twice changes nothing.
    """
    video = locked(video_id)
    if video.status != Status.REMOVED:
        take_step(video=video, status=Status.REMOVED, by=by, why=why, at=at)
        # after the commit, so that a rollback loses nothing; sweep_uploads catches a crash here
        transaction.on_commit(lambda: shutil.rmtree(video_folder(video_id), ignore_errors=True))
    return video
