"""The audience over JSON: the feed, likes and follows."""

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Status
from pydantic import StringConstraints

from takings.audience import actions, queries
from takings.audience.rules import CardPage, Place, read_cursor
from takings.core import clock
from takings.people.queries import access_self, creator_by_handle
from takings.people.rules import VIEWER_COOKIE

router = Router(tags=["audience"])
Handle = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,32}$")]


@router.get("/feed", auth=None, response=CardPage)
def feed(request: HttpRequest, cursor: str = "", start: uuid.UUID | None = None) -> CardPage:
    """Return the next posts for this viewer; without a cursor, the first ones.

    ``start`` opens a first page with one post (a shared link); pages after it leave it out.
    """
    now = clock.now()
    anchor = clock.from_ms(clock.to_ms(now))
    token = request.COOKIES.get(VIEWER_COOKIE)
    watcher = queries.watcher_for(user=request.user, viewer_token=token, at=now)
    if start is not None and not cursor:
        video = queries.access_post(user_id=watcher.user_id, video_id=start)
        page = queries.feed_from(video=video, watcher=watcher, at=anchor)
    else:
        place = read_cursor(cursor) if cursor else Place(anchor)
        page = queries.feed_page(watcher=watcher, place=place)
    return queries.card_page(page=page, country=watcher.country, at=now)


@router.post("/videos/{video_id}/like", response={204: None})
def like_video(request: HttpRequest, video_id: uuid.UUID) -> Status[None]:
    """Like a post; doing it twice is doing it once."""
    actions.like(user=access_self(user=request.user), video_id=video_id, at=clock.now())
    return Status(204, None)


@router.delete("/videos/{video_id}/like", response={204: None})
def unlike_video(request: HttpRequest, video_id: uuid.UUID) -> Status[None]:
    """Take a like back, if there is one."""
    actions.unlike(user=access_self(user=request.user), video_id=video_id, at=clock.now())
    return Status(204, None)


@router.post("/creators/{handle}/follow", response={204: None})
def follow_creator(request: HttpRequest, handle: Path[Handle]) -> Status[None]:
    """Follow a creator; doing it twice is doing it once."""
    creator = creator_by_handle(handle=handle)
    actions.follow(user=access_self(user=request.user), creator=creator, at=clock.now())
    return Status(204, None)


@router.delete("/creators/{handle}/follow", response={204: None})
def unfollow_creator(request: HttpRequest, handle: Path[Handle]) -> Status[None]:
    """Stop following a creator."""
    creator = creator_by_handle(handle=handle)
    actions.unfollow(user=access_self(user=request.user), creator=creator, at=clock.now())
    return Status(204, None)
