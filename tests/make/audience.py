"""Posts to watch and people who watch them."""

import datetime as dt
import itertools
import uuid

from takings.audience import actions
from takings.audience.queries import Watcher
from takings.core import ids
from takings.people.models import Creator, User
from takings.videos.models import Purpose, Status, Video, Visibility
from tests.make.people import NOON, make_creator, make_user

_numbers = itertools.count(1)


def make_post(
    creator: Creator | None = None,
    *,
    title: str = "Loop",
    at: dt.datetime = NOON,
    visibility: Visibility = Visibility.PUBLIC,
    status: Status = Status.READY,
) -> Video:
    """Return a post as preparation leaves it, without spending seconds on real frames."""
    creator = creator or make_creator()
    return Video.objects.create(
        id=ids.uuid7(at=at, entropy=next(_numbers)),
        uploader=creator.user,
        creator=creator,
        purpose=Purpose.POST,
        title=title,
        visibility=visibility,
        status=status,
        source_name="loop.mp4",
        duration_ms=8_000,
        width=720,
        height=1280,
        uploaded_at=at,
        published_at=at if status == Status.READY else None,
    )


def make_watcher(user: User | None = None) -> Watcher:
    """Return a viewer: this person, or a browser nobody has signed in with."""
    if user is None:
        return Watcher(uuid.uuid4())
    return Watcher(user.viewer_id, user.pk)


def make_likes(video: Video, count: int, *, at: dt.datetime = NOON) -> list[User]:
    """Let this many new people like the post."""
    people = [make_user("Fan", at=at) for _ in range(count)]
    for person in people:
        actions.like(user=person, video_id=video.pk, at=at)
    return people
