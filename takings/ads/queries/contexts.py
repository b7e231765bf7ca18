"""The videos before ads, as far as ads are aimed by them, and whose they are."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from takings.ads.rules.targeting import Context, words_of
from takings.people.models import Creator
from takings.people.queries import creator_by_handle
from takings.videos.models import Purpose, Status, Video
from takings.videos.rules.categories import with_wider

MOST_POSTS = 20_000


def newest_contexts() -> dict[uuid.UUID, Context]:
    """Return whose the newest posts are, their categories, the words of titles and descriptions."""
    posts = Video.objects.filter(purpose=Purpose.POST, status=Status.READY)
    return _contexts(posts.order_by("-published_at")[:MOST_POSTS])


def contexts_of(video_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Context]:
    """Return the same of these posts, as far as they still can be watched."""
    return _contexts(Video.objects.filter(pk__in=set(video_ids), status=Status.READY))


def _contexts(posts: QuerySet[Video]) -> dict[uuid.UUID, Context]:
    rows = posts.values_list("pk", "creator_id", "title", "description", "category")
    return {
        video_id: Context(str(creator_id), words_of(f"{title} {description}"), with_wider(category))
        for video_id, creator_id, title, description, category in rows
    }


def creators_named(handles: Iterable[str]) -> tuple[int, ...]:
    """Return the ids of creators by their handles, with or without “@”. Refuses: NoSuchCreator."""
    return tuple(creator_by_handle(handle=one.removeprefix("@")).pk for one in handles)


def handles_of(creator_ids: Iterable[int]) -> list[str]:
    """Return the handles of creators, in order."""
    creators = Creator.objects.filter(pk__in=creator_ids).order_by("handle")
    return [f"@{handle}" for handle in creators.values_list("handle", flat=True)]
