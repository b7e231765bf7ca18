"""The videos before ads, as far as ads are aimed by them, and whose they are."""

import uuid
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from django.db.models.functions import Lower

from takings.ads.models import AdChoice, Creative, Review
from takings.ads.rules.lines import UNSAID
from takings.ads.rules.rivals import Payer, subjects_of
from takings.ads.rules.targeting import Context, words_of
from takings.people.models import Brand, Creator
from takings.people.queries import creator_by_handle
from takings.videos.models import Disclosed, Disclosure, Purpose, Status, Video
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


def payers_of_posts() -> dict[uuid.UUID, Payer]:
    """Return who paid for the newest posts that say that somebody did, and for what.

    A brand advertises there what its approved ads do; of one without any, and of who is no brand
    here, the post's own category says it. Posts of which neither is known are left out.
    """
    posts = Disclosure.objects.filter(
        kind=Disclosed.PARTNERSHIP, video__purpose=Purpose.POST, video__status=Status.READY
    )
    columns = ("pk", Lower("partner"), "video__category")
    rows = list(posts.order_by("-said_at").values_list(*columns)[:MOST_POSTS])
    named = Brand.objects.annotate(known_as=Lower("name"))
    named = named.filter(known_as__in={name for _, name, _ in rows})
    brands = dict(named.values_list("known_as", "pk"))
    advertised = _advertised_by(brands.values())
    found = {}
    for video_id, name, category in rows:
        brand_id = brands.get(name)
        subjects = advertised.get(brand_id or 0) or subjects_of(with_wider(category))
        found[video_id] = Payer(brand_id or name, subjects)
    return {video_id: payer for video_id, payer in found.items() if payer.subjects}


def _advertised_by(brand_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the narrowest categories of the approved ads of brands, of those that say them."""
    ads = Creative.objects.filter(campaign__brand__in=set(brand_ids), review=Review.APPROVED)
    found: dict[int, frozenset[str]] = {}
    for brand_id, category in ads.values_list("campaign__brand_id", "category").distinct():
        found[brand_id] = found.get(brand_id, frozenset()) | with_wider(category)
    return {brand_id: subjects_of(categories) for brand_id, categories in found.items()}


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
