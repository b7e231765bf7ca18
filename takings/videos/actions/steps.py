"""What all actions on videos share: locking the row, taking a step, and the tracks."""

import datetime as dt
import uuid

from takings.core.errors import Invalid
from takings.people.models import User
from takings.videos.models import Status, Step, Track, Video
from takings.videos.queries import NoSuchVideo
from takings.videos.rules.status import check_step, may_be_published_at


class NoSuchTrack(Invalid):
    """The music is not in the library."""

    code = "no_such_track"
    sentence = "One of the chosen pieces of music is not in the library. Choose again."


def locked(video_id: uuid.UUID) -> Video:
    """Return the video's row locked: an uploader's click and the worker take turns."""
    video = Video.objects.select_for_update().filter(pk=video_id).first()
    if video is None:
        raise NoSuchVideo
    return video


def take_step(
    *, video: Video, status: Status, by: User | None = None, why: str = "", at: dt.datetime
) -> None:
    """Move a locked video to its next status and write the step down; saves the whole row.

    Refuses ``WrongMoment`` when the status may not follow the present one.
    """
    check_step(status=video.status, wanted=status.value)
    video.status = status
    date_publication(video=video, at=at)
    video.save()
    Step.objects.create(video=video, status=status, taken_by=by, why=why, taken_at=at)


def date_publication(*, video: Video, at: dt.datetime) -> None:
    """Note when others could first watch; the first date stays."""
    if video.published_at is None and may_be_published_at(
        status=video.status, visibility=video.visibility
    ):
        video.published_at = at


def tracks_named(track_ids: tuple[int, ...]) -> list[Track]:
    """Return these tracks, or refuse with :class:`NoSuchTrack`."""
    found = list(Track.objects.filter(pk__in=track_ids))
    if len(found) != len(track_ids):
        raise NoSuchTrack
    return found
