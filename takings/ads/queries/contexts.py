"""The videos before ads, as far as ads are aimed by them, and whose they are."""

import uuid
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from takings.ads.models import AdChoice
from takings.ads.rules.lines import UNSAID
from takings.ads.rules.targeting import Context, words_of
from takings.people.models import Creator
from takings.people.queries import creator_by_handle
from takings.videos.models import Purpose, Status, Video
from takings.videos.rules.categories import with_wider

MOST_POSTS = 20_000


def newest_contexts() -> dict[uuid.UUID, Context]:
    """Return whose the newest posts are, their categories, the words of titles and descriptions."""
    return _contexts(Video.objects.all(), blocked={})


def contexts_of(video_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Context]:
    """Return the same of these posts, as far as they still can be watched, and what they block."""
    return _contexts(Video.objects.filter(pk__in=set(video_ids)), blocked=_blocked())


def guarded_contexts() -> dict[uuid.UUID, Context]:
    """Return the same of the newest posts of creators who keep ads away, with what they do."""
    blocked = _blocked()
    return _contexts(Video.objects.filter(creator__in=blocked), blocked=blocked) if blocked else {}


def _blocked() -> dict[int, frozenset[str]]:
    choices = AdChoice.objects.exclude(blocked_categories=[])
    return {
        creator_id: frozenset({*categories, UNSAID})
        for creator_id, categories in choices.values_list("pk", "blocked_categories")
    }


def blocked_by(*, creator: Creator) -> list[str]:
    """Return the ad categories that a creator keeps away."""
    choice = AdChoice.objects.filter(creator=creator).first()
    return choice.blocked_categories if choice else []


def _contexts(
    videos: QuerySet[Video], *, blocked: Mapping[int, frozenset[str]]
) -> dict[uuid.UUID, Context]:
    posts = videos.filter(purpose=Purpose.POST, status=Status.READY, creator__isnull=False)
    columns = ("pk", "creator_id", "title", "description", "category")
    rows = posts.order_by("-published_at").values_list(*columns)
    return {
        video_id: Context(
            creator=str(creator_id),
            keywords=words_of(f"{title} {description}"),
            categories=with_wider(category),
            blocked_categories=blocked.get(creator_id or 0, frozenset()),
        )
        for video_id, creator_id, title, description, category in rows[:MOST_POSTS]
    }


def creators_named(handles: Iterable[str]) -> tuple[int, ...]:
    """Return the ids of creators by their handles, with or without “@”. Refuses: NoSuchCreator."""
    return tuple(creator_by_handle(handle=one.removeprefix("@")).pk for one in handles)


def handles_of(creator_ids: Iterable[int]) -> list[str]:
    """Return the handles of creators, in order."""
    creators = Creator.objects.filter(pk__in=creator_ids).order_by("handle")
    return [f"@{handle}" for handle in creators.values_list("handle", flat=True)]
