"""Everything that changes the audience. Each act is safe to repeat: the second changes nothing."""

import datetime as dt
import uuid
from collections.abc import Iterable

from takings.audience.models import Follow, Like, Sighting
from takings.audience.queries import access_post, existing_posts
from takings.core.errors import Invalid
from takings.people.models import Creator, User


class OwnChannel(Invalid):
    """A channel's owner is no follower of it."""

    code = "own_channel"
    sentence = "This is your own channel; others follow it."


def follow(*, user: User, creator: Creator, at: dt.datetime) -> None:
    """Let a person follow a creator. Refuses :class:`OwnChannel`."""
    if creator.user_id == user.pk:
        raise OwnChannel
    row = Follow(user=user, creator=creator, followed_at=at)
    Follow.objects.bulk_create([row], ignore_conflicts=True)  # a second click meets the first


def unfollow(*, user: User, creator: Creator, at: dt.datetime) -> None:
    """End a person's follow, if there is one."""
    Follow.objects.filter(user=user, creator=creator, ended_at__isnull=True).update(ended_at=at)


def like(*, user: User, video_id: uuid.UUID, at: dt.datetime) -> None:
    """Let a person like a post. Refuses ``NoSuchPost`` for one they may not watch."""
    video = access_post(user_id=user.pk, video_id=video_id)
    row = Like(user=user, video=video, liked_at=at)
    Like.objects.bulk_create([row], ignore_conflicts=True)  # a second tap meets the first


def unlike(*, user: User, video_id: uuid.UUID, at: dt.datetime) -> None:
    """End a person's like, if there is one. Refuses ``NoSuchPost``."""
    video = access_post(user_id=user.pk, video_id=video_id)
    Like.objects.filter(user=user, video=video, ended_at__isnull=True).update(ended_at=at)


def mark_seen(*, sightings: Iterable[tuple[uuid.UUID, uuid.UUID, dt.datetime]]) -> None:
    """Remember that viewers watched posts: (viewer, video, when); only the first time is kept.

    Videos that do not exist are passed over: the ids come from beacons, which anyone can write.
    """
    first: dict[tuple[uuid.UUID, uuid.UUID], dt.datetime] = {}
    for viewer_id, video_id, seen_at in sightings:
        key = viewer_id, video_id
        first[key] = min(seen_at, first.get(key, seen_at))
    known = existing_posts(video_ids={video_id for _, video_id in first})
    rows = [
        Sighting(viewer_id=viewer_id, video_id=video_id, seen_at=seen_at)
        for (viewer_id, video_id), seen_at in sorted(first.items())
        if video_id in known
    ]
    Sighting.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2_000)
