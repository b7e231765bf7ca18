"""The clips: announced as uploads of the past, drawn by the workers, sent through the real intake.

A post of the demo is as old as its story, but its file does not exist until a worker has drawn it.
So its row states beforehand what preparation would have found (:func:`announce_clip`); the file
then takes the way of every upload, and what the probe measures replaces what was stated.
"""

import datetime as dt
import uuid

from django.db import transaction

from takings.audience import actions as audience
from takings.core import clock, ids
from takings.core.errors import Unavailable
from takings.demo.actions.ordering import order_job
from takings.demo.actions.people import Cast
from takings.demo.rules.activity import Shown
from takings.demo.rules.cast import CHANNELS, FAN, VIEWERS
from takings.demo.rules.clips.catalogue import render
from takings.demo.rules.clips.lengths import HEIGHT, SECONDS, WIDTH
from takings.demo.rules.library import MUSIC, POSTS, Music
from takings.demo.rules.months import Months
from takings.people.models import User
from takings.videos import actions as videos
from takings.videos import queries as video_queries
from takings.videos.models import Purpose, Status, Track, Video

FIRST_DRAWN = ("dunes", "ribbons", "steep", "bloom", "pendulums", "leaves")
UNKNOWN_BYTES = 1  # a size must be stated; the drawn file's replaces it
LAST = -1_000  # priority of what happens after all clips


class ClipsNotReady(Unavailable):
    """Applause waits for the last clip; the job is tried again."""

    code = "clips_not_ready"
    sentence = "{count} clips are not ready yet."


def video_id_of(*, clip: str, at: dt.datetime) -> uuid.UUID:
    """Return the id of a demo clip's video: published ``at``, the rest derived from its name."""
    return ids.uuid7(at=at, entropy=ids.derived("demo clip", clip).int)


def announce_posts(*, cast: Cast, time: Months) -> list[Shown]:
    """Announce every post, and return what the crowd needs to know of it."""
    tracks = {music.title: _track(music) for music in MUSIC}
    shown = []
    for post in POSTS:
        published_at = time.day(post.day)
        owner = cast.creators[post.handle].user
        music = tuple(tracks[title] for title in post.music)
        said = videos.Details(post.title, post.description, track_ids=music, category=post.category)
        video = announce_clip(
            clip=post.clip,
            user=owner,
            details=said,
            published_at=published_at,
            at=time.now,
        )
        published_ms = clock.to_ms(published_at)
        shown.append(Shown(video.pk, post.duration_ms, published_ms, post.draw, owner.viewer_id))
    return shown


@transaction.atomic
def announce_clip(
    *,
    clip: str,
    user: User,
    details: videos.Details,
    published_at: dt.datetime,
    at: dt.datetime,
    purpose: Purpose = Purpose.POST,
) -> Video:
    """Begin the upload of a clip that is drawn later; again changes nothing."""
    video_id = video_id_of(clip=clip, at=published_at)
    known = Video.objects.filter(pk=video_id).first()
    if known is not None:
        return known
    source = videos.Source(video_id, f"{clip}.mp4", UNKNOWN_BYTES)
    video = videos.start_upload(user=user, source=source, purpose=purpose, details=details, at=at)
    video.published_at = published_at
    video.duration_ms, video.has_audio = SECONDS[clip] * 1000, True
    video.width, video.height = WIDTH, HEIGHT
    video.save()
    return video


def order_clips() -> None:
    """Let the workers draw what is not drawn yet; whatever is drawn is prepared before the next."""
    waiting = Video.objects.filter(status=Status.UPLOADING, source_bytes=UNKNOWN_BYTES)
    found = {video.source_name.removesuffix(".mp4"): video.pk for video in waiting}
    wanted = [clip for clip in (*FIRST_DRAWN, *SECONDS) if clip in found]
    for number, clip in enumerate(dict.fromkeys(wanted), start=1):
        words = {"clip": clip, "video_id": str(found[clip])}
        order_job("demo.render_clip", queue="video", priority=-number, **words)
    order_job("demo.applaud_clips", queue="video", priority=LAST)


def render_clip(*, clip: str, video_id: uuid.UUID, at: dt.datetime) -> None:
    """Draw a clip and upload it like anybody's file; a clip that has been uploaded stays."""
    if not Video.objects.filter(pk=video_id, status=Status.UPLOADING).exists():
        return
    data = render(clip)
    source = video_queries.source_path(video_id)
    if video_queries.received_bytes(video_id) > len(data):
        source.unlink()  # an earlier attempt, drawn by another version
    held = video_queries.received_bytes(video_id)
    with videos.Receiver(video_id=video_id, size_bytes=len(data), offset=held) as receiver:
        receiver.write(data[held:])
    with transaction.atomic():
        uploading = Video.objects.filter(pk=video_id, status=Status.UPLOADING)
        uploading.update(source_bytes=len(data), uploaded_at=ids.time_of(video_id))
        videos.finish_upload(video_id=video_id, at=at)


def applaud(*, at: dt.datetime) -> None:
    """Let the followers like what they see, once all of it can be seen.

    Refuses :class:`ClipsNotReady`.
    """
    handles = [channel.handle for channel in CHANNELS]
    names = [f"{post.clip}.mp4" for post in POSTS]
    posts = list(Video.objects.filter(creator__handle__in=handles, source_name__in=names))
    missing = sum(post.status != Status.READY for post in posts)
    if missing:
        raise ClipsNotReady(count=missing)
    people = User.objects.filter(email__in=[person.email for person in VIEWERS]).order_by("pk")
    for number, user in enumerate(people):
        for place, post in enumerate(sorted(posts, key=lambda video: video.pk)):
            if user.email != FAN.email and (number * 7 + place * 5) % 11 < 4:  # noqa: PLR2004 - some
                audience.like(user=user, video_id=post.pk, at=at)


def _track(music: Music) -> int:
    track, _ = Track.objects.get_or_create(
        title=music.title, artist=music.artist, defaults={"holder": music.holder}
    )
    return track.pk
