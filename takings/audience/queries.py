"""What the audience may ask: the feed, one post, one creator's page. Each list is one query."""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min

from takings.audience.models import Follow, Sighting
from takings.audience.rules import (
    CANDIDATES,
    FOLLOWED_S,
    NO_ID,
    PAGE_SIZE,
    TENFOLD_LIKES_S,
    Byline,
    Card,
    CardPage,
    Grounds,
    Invitation,
    Place,
    TextTrack,
    explain,
    language_name,
    write_cursor,
)
from takings.core import clock
from takings.core.errors import Forbidden, NotFound
from takings.people.models import Creator, User
from takings.people.queries import Visitor
from takings.people.rules import BadViewerToken, read_viewer
from takings.policies.queries import break_rule_at, disclosure_rule_at, policy_at
from takings.policies.rules import BreakRule
from takings.videos.models import Disclosure, Purpose, Status, Video, Visibility
from takings.videos.queries import is_guest, is_member_for, ranks_of_member
from takings.videos.rules.breaks import breaks_of
from takings.videos.rules.files import CAPTIONS, MASTER, POSTER, WITH_BREAKS, media_url

SOON = dt.timedelta(hours=24)
MINUTE = "%Y-%m-%d %H:%M UTC"


class Invitations(Protocol):
    """Says which rooms creators have, by their handle: what is on first, then what begins next."""

    def __call__(self, *, handles: Collection[str]) -> Mapping[str, Sequence[Invitation]]:
        """Return those of each; who has none is left out."""
        ...


_known: list[Invitations] = []


def register_invitations(invitations: Invitations) -> None:
    """Let an app above say which rooms there are; called once, when it starts."""
    _known.append(invitations)


def invitations_of(*, handles: Collection[str]) -> dict[str, list[Invitation]]:
    """Return the rooms of these creators that are on or announced."""
    found: dict[str, list[Invitation]] = {handle: [] for handle in handles}
    for invitations in _known:
        for handle, some in invitations(handles=handles).items():
            found[handle] += some
    return found


class ForMembers(Forbidden):
    """The post is there, for members of its creator."""

    code = "for_members"
    sentence = "This video is for members of {creator}."


class NoSuchPost(NotFound):
    """The post does not exist, is not ready, or is private."""

    code = "no_such_post"
    sentence = "There is no such video, or it is not public."


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who is looking: ``viewer_id`` of their browser or account, ``user_id`` when signed in.

    ``country`` decides in which words they are told who paid for a video; ``ranks`` are how high a
    member they are, by creator.
    """

    viewer_id: uuid.UUID
    user_id: int | None = None
    country: str = ""
    ranks: Mapping[int, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One post as the feed shows it; ``why`` says what its place rests on.

    ``shares`` is whether its creator takes part in ad money. What was never shown to others has no
    date of publication.
    """

    id: uuid.UUID
    title: str
    handle: str
    creator_name: str
    duration_ms: int
    width: int
    height: int
    captions_language: str
    published_at: dt.datetime | None
    likes: int
    liked: bool
    following: bool
    seen: bool
    rank: int
    shares: bool
    has_mid_rolls: bool
    disclosed: str | None
    partner: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some posts in order, and the cursor of the next page (None at the end)."""

    items: tuple[FeedItem, ...]
    next: str | None


_CANDIDATES = """(
    SELECT id, title, duration_ms, width, height, captions_language, published_at, creator_id,
        has_mid_rolls
    FROM videos_video
    WHERE {which}
    ORDER BY published_at DESC, id DESC
    LIMIT {candidates}
)"""
_POSTS = """
WITH candidate AS (
    {candidate}
), liked AS (
    SELECT one.video_id, count(*) AS likes, bool_or(one.user_id = %(user)s) AS mine
    FROM audience_like one JOIN candidate ON candidate.id = one.video_id
    WHERE one.liked_at <= %(anchor)s AND (one.ended_at IS NULL OR one.ended_at > %(anchor)s)
    GROUP BY one.video_id
), followed AS (
    SELECT creator_id FROM audience_follow
    WHERE user_id = %(user)s AND followed_at <= %(anchor)s
        AND (ended_at IS NULL OR ended_at > %(anchor)s)
), ranked AS (
    SELECT candidate.*, coalesce(liked.likes, 0) AS likes, coalesce(liked.mine, false) AS liked,
        followed.creator_id IS NOT NULL AS following, sighting.id IS NOT NULL AS seen,
        floor(extract(epoch FROM candidate.published_at))::bigint
            + trunc({tenfold} * log((1 + coalesce(liked.likes, 0))::float8))::bigint
            + CASE WHEN followed.creator_id IS NULL THEN 0 ELSE {followed} END AS rank
    FROM candidate
    LEFT JOIN liked ON liked.video_id = candidate.id
    LEFT JOIN followed ON followed.creator_id = candidate.creator_id
    LEFT JOIN audience_sighting sighting ON sighting.video_id = candidate.id
        AND sighting.viewer_id = %(viewer)s AND sighting.seen_at <= %(anchor)s
)
SELECT ranked.id, title, handle, name, duration_ms, width, height, captions_language,
    published_at, likes, liked, following, seen, rank,
    coalesce(creator.shares_from <= %(anchor)s, false), has_mid_rolls, said.kind, said.partner
FROM ranked JOIN people_creator creator ON creator.id = ranked.creator_id
LEFT JOIN videos_disclosure said ON said.video_id = ranked.id
{after}
ORDER BY seen, rank DESC, ranked.id DESC
LIMIT %(limit)s
"""
_PUBLIC = """
    status = 'ready' AND visibility = 'public' AND purpose = 'post'
    AND published_at <= %(anchor)s AND id <> %(opened_with)s"""
_FOR_MEMBERS = """
    status = 'ready' AND visibility = 'members' AND purpose = 'post'
    AND members_rank <= (%(ranks)s::jsonb ->> creator_id::text)::int
    AND published_at <= %(anchor)s AND id <> %(opened_with)s"""
_ONE = "id = %(opened_with)s"
_AFTER = "WHERE (seen, -rank) > (%(seen)s, -%(rank)s) OR ((seen, rank) = (%(seen)s, %(rank)s)\n"
_AFTER += "    AND ranked.id < %(video)s)"
_WEIGHTS = {"tenfold": TENFOLD_LIKES_S, "followed": FOLLOWED_S}


def _sql(*which: str, after: str = "") -> str:
    parts = (_CANDIDATES.format(which=one, candidates=CANDIDATES) for one in which)
    return _POSTS.format(candidate=" UNION ALL ".join(parts), after=after, **_WEIGHTS)


_FEED_SQL, _POST_SQL = _sql(_PUBLIC, after=_AFTER), _sql(_ONE)
_MEMBERS_SQL = _sql(_PUBLIC, _FOR_MEMBERS, after=_AFTER)


def feed_page(*, watcher: Watcher, place: Place, size: int = PAGE_SIZE) -> FeedPage:
    """Return the posts that sort after ``place``, for this viewer, as of ``place.anchor``.

    What is for members is among them for those. A function of the viewer and the anchor: pages of
    one anchor never repeat a post, whatever is published, liked or watched meanwhile.
    """
    sql = _MEMBERS_SQL if watcher.ranks else _FEED_SQL
    found = _posts(sql, watcher=watcher, place=place, limit=size + 1)
    items = found[:size]
    if len(found) <= size:
        return FeedPage(items, None)
    last = items[-1]
    end = Place(place.anchor, last.seen, last.rank, last.id, place.opened_with)
    return FeedPage(items, write_cursor(end))


def feed_from(*, video: Video, watcher: Watcher, at: dt.datetime) -> FeedPage:
    """Return the first page of a feed that opens with ``video`` (already found accessible)."""
    place = Place(at, opened_with=video.pk)
    opened = _posts(_POST_SQL, watcher=watcher, place=place, limit=1)
    rest = feed_page(watcher=watcher, place=place, size=PAGE_SIZE - 1)
    return FeedPage(opened + rest.items, rest.next)


def access_post(*, user_id: int | None, video_id: uuid.UUID) -> Video:
    """Return a ready post this person may watch, or refuse with :class:`NoSuchPost`.

    Public and unlisted posts are for everyone with the address, private ones for their uploader and
    whom an app above invited, those for members for their creator's members: others are told so, by
    :class:`ForMembers`.
    """
    posts = Video.objects.filter(status=Status.READY, purpose=Purpose.POST)
    video = posts.select_related("creator").filter(pk=video_id).first()
    if video is None or not _may_open(video, user_id=user_id):
        raise NoSuchPost
    is_reserved = video.visibility == Visibility.MEMBERS and video.uploader_id != user_id
    if is_reserved and not is_member_for(user_id=user_id, video=video):
        assert video.creator is not None  # noqa: S101 - a post
        raise ForMembers(creator=video.creator.name)
    return video


def _may_open(video: Video, *, user_id: int | None) -> bool:
    if video.visibility != Visibility.PRIVATE or video.uploader_id == user_id:
        return True
    return user_id is not None and is_guest(user_id=user_id, video_id=video.pk)


def posts_of(*, creator: Creator, limit: int = 60) -> list[Video]:
    """Return what a creator's channel shows, newest first; some of it may be for members."""
    posts = Video.objects.filter(creator=creator, status=Status.READY, purpose=Purpose.POST)
    listed = posts.filter(visibility__in=[Visibility.PUBLIC, Visibility.MEMBERS])
    return list(listed.order_by("-published_at", "-id")[:limit])


def locked_posts(posts: Sequence[Video], *, user: User | None) -> frozenset[uuid.UUID]:
    """Return which of one creator's posts are for members that somebody is none of."""
    reserved = [post for post in posts if post.visibility == Visibility.MEMBERS]
    if not reserved or (user is not None and reserved[0].uploader_id == user.pk):
        return frozenset()
    ranks = ranks_of_member(user_id=user.pk if user else None, at=clock.now())
    return frozenset(
        post.pk for post in reserved if ranks.get(post.creator_id or 0, 0) < post.members_rank
    )


def existing_posts(*, video_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the ids that are posts."""
    posts = Video.objects.filter(pk__in=video_ids, purpose=Purpose.POST)
    return set(posts.values_list("pk", flat=True))


def watcher_for(*, user: Visitor, viewer_token: str | None, at: dt.datetime) -> Watcher:
    """Return who is looking: the account, else the browser's signed cookie, else nobody known."""
    if isinstance(user, User):
        ranks = ranks_of_member(user_id=user.pk, at=at)
        return Watcher(user.viewer_id, user.pk, user.country, ranks)
    try:
        viewer = read_viewer(token=viewer_token or "", key=settings.SECRET_KEY, at=at)
    except BadViewerToken:
        return Watcher(NO_ID)
    return Watcher(viewer.viewer_id, country=viewer.country)


def card_page(*, page: FeedPage, country: str = "", at: dt.datetime) -> CardPage:
    """Return a page as clients in a country are told it, with the policy's distance between ads."""
    rule, breaks = policy_at(at=at).ads, break_rule_at(at=at)
    rooms = invitations_of(handles={item.handle for item in page.items})
    cards = [_card(item, breaks=breaks) for item in page.items]
    for card in cards:
        soon = (one for one in rooms[card.creator.handle] if one.starts_at <= at + SOON)
        card.live = next(soon, None)
    for card, item in zip(cards, page.items, strict=True):
        if item.disclosed is not None:
            card.disclosure = label_of(item.disclosed, item.partner or "", country=country, at=at)
    return CardPage(items=cards, next=page.next, organic_between_ads=rule.organic_between_ads)


def label_of(kind: str, partner: str, *, country: str, at: dt.datetime) -> str:
    """Return in which words viewers of a country are told who paid for a video."""
    return disclosure_rule_at(at=at).label(kind=kind, partner=partner, country=country)


def labels_of(posts: Iterable[Video], *, country: str, at: dt.datetime) -> dict[uuid.UUID, str]:
    """Return what those of the posts say that have to."""
    found = Disclosure.objects.filter(video__in=[post.pk for post in posts])
    return {one.pk: label_of(one.kind, one.partner, country=country, at=at) for one in found}


def _card(item: FeedItem, *, breaks: BreakRule) -> Card:
    places = breaks_of(item.duration_ms, rule=breaks, has_mid_rolls=item.has_mid_rolls)
    tag, src = item.captions_language, media_url(item.id, CAPTIONS)
    captions = [TextTrack(src=src, language=tag, label=language_name(tag))] if tag else []
    return Card(
        id=str(item.id),
        title=item.title,
        creator=Byline(handle=item.handle, name=item.creator_name),
        duration_ms=item.duration_ms,
        width=item.width,
        height=item.height,
        media=media_url(item.id, WITH_BREAKS if item.shares and places else MASTER),
        poster=media_url(item.id, POSTER),
        captions=captions,
        likes=item.likes,
        liked=item.liked,
        following=item.following,
        why=item.why,
    )


def follower_count(*, creator: Creator) -> int:
    """Return how many people follow this creator now."""
    return Follow.objects.filter(creator=creator, ended_at__isnull=True).count()


def is_following(*, user: User | None, creator: Creator) -> bool:
    """Tell whether this person follows this creator now; nobody follows when not signed in."""
    present = Follow.objects.filter(creator=creator, ended_at__isnull=True)
    return user is not None and present.filter(user=user).exists()


def _posts(sql: str, *, watcher: Watcher, place: Place, limit: int) -> tuple[FeedItem, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "user": watcher.user_id,
                "viewer": watcher.viewer_id,
                "anchor": place.anchor,
                "opened_with": place.opened_with,
                "seen": place.seen,
                "rank": place.rank,
                "video": place.video_id,
                "limit": limit,
                "ranks": json.dumps(watcher.ranks),
            },
        )
        return tuple(_item(row, at=place.anchor) for row in cursor.fetchall())


def _item(row: tuple[Any, ...], *, at: dt.datetime) -> FeedItem:
    item = FeedItem(*row)
    if item.published_at is None:
        return replace(item, why="It is private; only who was invited sees it.")
    grounds = Grounds(item.handle, item.published_at, item.likes, item.following, item.seen)
    return replace(item, why=explain(grounds, at=at))


def watch_log(
    *, viewer_id: uuid.UUID, begin: dt.datetime, end: dt.datetime, creator: Creator | None = None
) -> tuple[str, ...]:
    """Say how many posts (of one creator) a viewer saw for the first time within a stretch of time.

    It tells a bank what was delivered; nothing, where nothing of somebody's watching is kept.
    """
    seen = Sighting.objects.filter(viewer_id=viewer_id, seen_at__gte=begin, seen_at__lt=end)
    if creator is not None:
        seen = seen.filter(video__creator=creator)
    found = seen.aggregate(count=Count("pk"), first=Min("seen_at"), last=Max("seen_at"))
    if not found["count"]:
        return ()
    count, first, last = found["count"], found["first"], found["last"]
    videos = f"{count} video{'s' if count > 1 else ''}"
    return (f"Watched for the first time: {videos}, {first:{MINUTE}} to {last:{MINUTE}}",)
