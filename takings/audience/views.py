"""Pages of the audience: the feed, one post as the feed's beginning, a creator's channel."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_POST

from takings.audience import actions, queries
from takings.audience.queries import FeedPage
from takings.audience.rules import Place
from takings.core import clock
from takings.people.models import User
from takings.people.queries import access_self, creator_by_handle
from takings.people.rules import VIEWER_COOKIE
from takings.policies.queries import policy_at
from takings.videos.models import Video
from takings.videos.queries import levels_of, ranks_of_member


def feed(request: HttpRequest) -> HttpResponse:
    """Show the feed from its beginning."""
    anchor = clock.from_ms(clock.to_ms(clock.now()))
    watcher = _watcher(request)
    page = queries.feed_page(watcher=watcher, place=Place(anchor))
    return _feed(request, page, watcher=watcher)


def video(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Show the feed opened with one post; ``?promoted`` tells that somebody paid for the visit."""
    user_id = request.user.pk if isinstance(request.user, User) else None
    try:
        post = queries.access_post(user_id=user_id, video_id=video_id)
    except queries.ForMembers as refusal:
        return _locked(request, video_id, refusal)
    anchor = clock.from_ms(clock.to_ms(clock.now()))
    watcher = _watcher(request)
    page = queries.feed_from(video=post, watcher=watcher, at=anchor)
    return _feed(request, page, watcher=watcher, post=post)


def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a creator's channel: who they are and what they published."""
    creator, at = creator_by_handle(handle=handle), clock.now()
    user = request.user if isinstance(request.user, User) else None
    posts, country = queries.posts_of(creator=creator), _watcher(request).country
    labels = queries.labels_of(posts, country=country, at=clock.now())
    levels = dict(levels_of(creator_id=creator.pk))
    context = {
        "creator": creator,
        "posts": [
            (post, labels.get(post.pk, ""), levels.get(post.members_rank, "")) for post in posts
        ],
        "locked": queries.locked_posts(posts, user=user),
        "offers_membership": bool(levels),
        "is_member": creator.pk in ranks_of_member(user_id=user.pk if user else None, at=at),
        "follower_count": queries.follower_count(creator=creator),
        "is_following": queries.is_following(user=user, creator=creator),
        "is_own": user is not None and creator.user_id == user.pk,
        "invitations": queries.invitations_of(handles=[creator.handle])[creator.handle],
    }
    return render(request, "audience/profile.html", context)


def _locked(request: HttpRequest, video_id: uuid.UUID, refusal: queries.ForMembers) -> HttpResponse:
    """Show of a post for members its title, and how to become one: no picture of it."""
    post = Video.objects.select_related("creator").get(pk=video_id)
    levels = dict(levels_of(creator_id=post.creator_id))
    user_id = request.user.pk if isinstance(request.user, User) else None
    level = levels.get(post.members_rank, "")
    context = {
        "post": post,
        "refusal": refusal,
        "level": level,
        "is_member": level and post.creator_id in ranks_of_member(user_id=user_id, at=clock.now()),
    }
    return render(request, "audience/locked.html", context, status=403)


@require_POST
def follow(request: HttpRequest, handle: str) -> HttpResponse:
    """Follow the creator, or stop following when the button said so; then show the channel."""
    creator = creator_by_handle(handle=handle)
    act = actions.unfollow if "stop" in request.POST else actions.follow
    act(user=access_self(user=request.user), creator=creator, at=clock.now())
    return redirect("audience:profile", handle=creator.handle)


def _feed(
    request: HttpRequest, page: FeedPage, *, watcher: queries.Watcher, post: Video | None = None
) -> HttpResponse:
    now = clock.now()
    cards = queries.card_page(page=page, country=watcher.country, at=now)
    ads = policy_at(at=now).ads
    props = {
        "page": cards.model_dump(),
        "start": post.pk if post else None,
        "surface": "promoted" if "promoted" in request.GET else "link",
        "signedIn": request.user.is_authenticated,
        "csrf": get_token(request),
        "settings": {
            "viewablePixelsBp": ads.viewable_pixels_bp,
            "viewableMs": ads.viewable_ms,
            "loginUrl": resolve_url(settings.LOGIN_URL),
        },
    }
    title = post.title if post else ""
    return render(request, "audience/feed.html", {"props": props, "cards": cards, "title": title})


def _watcher(request: HttpRequest) -> queries.Watcher:
    token = request.COOKIES.get(VIEWER_COOKIE)
    return queries.watcher_for(user=request.user, viewer_token=token, at=clock.now())
