"""Videos over JSON: the studio's own videos with their live status, their captions, the music."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import BaseModel, ConfigDict, Field

from takings.core import clock
from takings.videos import actions, queries
from takings.videos.models import Status as VideoStatus
from takings.videos.models import Video
from takings.videos.rules import files
from takings.videos.rules.captions import MAX_CAPTIONS_BYTES

router = Router(tags=["videos"])
PAGE_SIZE = 50
_WEBVTT = {
    "requestBody": {
        "required": True,
        "content": {"text/vtt": {"schema": {"type": "string", "maxLength": MAX_CAPTIONS_BYTES}}},
    }
}


class TrackCard(BaseModel):
    """A piece of music that may be used; its holder takes part in the pool."""

    id: int
    title: str
    artist: str


class CaptionsCard(BaseModel):
    """Captions of a video: a BCP 47 language tag and the address of the WebVTT file."""

    language: str
    url: str


class StudioVideo(BaseModel):
    """One of my videos. ``progress_bp`` is how much of its preparation is done (10,000 is all);
    ``refused_why`` says what to do about a refused file; addresses are empty until it is ready.
    One for ``members`` is for those of the tier with ``members_rank`` and above.
    ``category`` is a code of the IAB Content Taxonomy 1.0, empty where nothing is said.
    """  # noqa: D205 - the API's document shows this as one paragraph

    id: uuid.UUID
    purpose: str
    title: str
    description: str
    visibility: str
    members_rank: int
    status: str
    status_words: str
    progress_bp: int
    refused_why: str
    duration_ms: int
    width: int
    height: int
    has_audio: bool
    media: str
    poster: str
    preview: str
    captions: list[CaptionsCard]
    track_ids: list[int]
    has_mid_rolls: bool
    category: str
    source_name: str
    source_bytes: int
    uploaded_at: dt.datetime
    published_at: dt.datetime | None


class StudioPage(BaseModel):
    """Some of my videos, newest first; ``next`` is the number of the next page."""

    items: list[StudioVideo]
    next: int | None


class DetailsChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = None
    description: str | None = None
    visibility: str | None = None
    members_rank: Annotated[int, Field(ge=1, le=2**15 - 1)] | None = None
    track_ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] | None = None
    has_mid_rolls: bool | None = None
    category: str | None = None


@router.get("/studio/videos", response=StudioPage)
def studio_videos(
    request: HttpRequest, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> StudioPage:
    """Return my videos, newest first, 50 a page."""
    start = (page - 1) * PAGE_SIZE
    mine = queries.own_videos(user=request.user).prefetch_related("tracks")
    found = list(mine[start : start + PAGE_SIZE + 1])
    more = page + 1 if len(found) > PAGE_SIZE else None
    return StudioPage(items=[_shown(video) for video in found[:PAGE_SIZE]], next=more)


@router.get("/studio/videos/{video_id}", response=StudioVideo)
def studio_video(request: HttpRequest, video_id: uuid.UUID) -> StudioVideo:
    """Return one of my videos; ask once a second to follow its preparation."""
    return _shown(queries.access_own_video(user=request.user, video_id=video_id))


@router.patch("/studio/videos/{video_id}", response=StudioVideo)
def change_video(request: HttpRequest, video_id: uuid.UUID, change: DetailsChange) -> StudioVideo:
    """Change title, description, visibility (for which members), music, mid-rolls or category."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    given = {name: value for name, value in change if value is not None}
    if change.track_ids is not None:
        given["track_ids"] = tuple(change.track_ids)
    details = replace(queries.details_of(video), **given)
    return _shown(actions.change_details(video_id=video.pk, details=details, at=clock.now()))


@router.delete("/studio/videos/{video_id}", response={204: None})
def remove_video(request: HttpRequest, video_id: uuid.UUID) -> Status[None]:
    """Remove a video for good: its source and its media are deleted."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    actions.remove(video_id=video.pk, by=video.uploader, why="Removed.", at=clock.now())
    return Status(204, None)


@router.post("/studio/videos/{video_id}/preparation", response=StudioVideo)
def prepare_video_again(request: HttpRequest, video_id: uuid.UUID) -> StudioVideo:
    """Try once more to prepare a refused video."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    return _shown(actions.prepare_again(video_id=video.pk, by=video.uploader, at=clock.now()))


@router.put("/studio/videos/{video_id}/captions", response=StudioVideo, openapi_extra=_WEBVTT)
def set_video_captions(
    request: HttpRequest,
    video_id: uuid.UUID,
    language: Annotated[str, Query(max_length=16)] = "en",
) -> StudioVideo:
    """Give a video captions: the body is WebVTT, ``language`` a BCP 47 tag."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    return _shown(actions.set_captions(video_id=video.pk, content=request.body, language=language))


@router.delete("/studio/videos/{video_id}/captions", response={204: None})
def remove_video_captions(request: HttpRequest, video_id: uuid.UUID) -> Status[None]:
    """Take a video's captions away."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    actions.remove_captions(video_id=video.pk)
    return Status(204, None)


@router.get("/tracks", auth=None, response=list[TrackCard])
def tracks(request: HttpRequest) -> list[TrackCard]:  # noqa: ARG001 - the same for everyone
    """Return the music that may be used, by title."""
    return [TrackCard(id=t.pk, title=t.title, artist=t.artist) for t in queries.tracks()]


def _shown(video: Video) -> StudioVideo:
    is_ready = video.status == VideoStatus.READY

    def url(name: str) -> str:
        return files.media_url(video.pk, name) if is_ready else ""

    return StudioVideo(
        id=video.pk,
        purpose=video.purpose,
        title=video.title,
        description=video.description,
        visibility=video.visibility,
        members_rank=video.members_rank,
        status=video.status,
        status_words=VideoStatus(video.status).label,
        progress_bp=video.progress_bp,
        refused_why=video.refused_why,
        duration_ms=video.duration_ms,
        width=video.width,
        height=video.height,
        has_audio=video.has_audio,
        media=url(files.MASTER),
        poster=url(files.POSTER),
        preview=url(files.PREVIEW),
        captions=[CaptionsCard(language=c.language, url=c.url) for c in queries.captions_of(video)],
        track_ids=[track.pk for track in video.tracks.all()],
        has_mid_rolls=video.has_mid_rolls,
        category=video.category,
        source_name=video.source_name,
        source_bytes=video.source_bytes,
        uploaded_at=video.uploaded_at,
        published_at=video.published_at,
    )
