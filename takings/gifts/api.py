"""The gift tray over JSON, and undoing; sending itself is an edge route (``POST /gifts/send``)."""

import datetime as dt
import uuid

from django.http import HttpRequest
from django.templatetags.static import static
from ninja import Router
from pydantic import BaseModel

from takings.core import clock
from takings.gifts import actions, queries
from takings.gifts.queries.fans import Board, Look, board, is_anonymous, look_at, way_at
from takings.gifts.queries.goals import running_goals, standing_of
from takings.gifts.rules.fans import By
from takings.gifts.rules.insights import Span
from takings.live.queries import access_room
from takings.people.models import Creator, User
from takings.people.queries import access_self, creator_by_handle

router = Router(tags=["gifts"])


class Kind(BaseModel):
    """A gift that may be sent now: its drawing, how it moves, and its price in whole coins."""

    slug: str
    name: str
    art: str
    image: str
    motion: str
    coins: int


class GoalNow(BaseModel):
    """A goal that runs, in whole coins."""

    title: str
    came: int
    asked: int
    percent: int
    ends_at: dt.datetime


class GiftTray(BaseModel):
    """What a person may give for a video. ``closed`` says why nothing, empty when they may.

    ``token`` goes with each gift to ``POST /gifts/send``; it is good for an hour. Coins are whole.
    ``level`` is what they are to the creator, if anything; ``goals`` those that a gift for this
    video moves; ``is_anonymous`` whether they are not named unless they say so.
    """

    handle: str
    kinds: list[Kind]
    paid: int
    bonus: int
    token: str
    message_chars: int
    undo_seconds: int
    closed: str
    level: str
    goals: list[GoalNow]
    is_anonymous: bool


class Undone(BaseModel):
    """When a gift was taken back."""

    taken_at: dt.datetime


@router.get("/gifts/tray/{video_id}", response=GiftTray)
def gift_tray(request: HttpRequest, video_id: uuid.UUID) -> GiftTray:
    """Return what one may give for a video, and one's balance."""
    user, at = access_self(user=request.user), clock.now()
    found = queries.tray_for(user=user, video_id=video_id, at=at)
    creator = creator_by_handle(handle=found.handle)
    level = way_at(creator=creator, user=user, at=at).level
    return GiftTray(
        handle=found.handle,
        kinds=[
            Kind(
                slug=kind.slug,
                name=kind.name,
                art=kind.art,
                image=static(f"gifts/{kind.art}.svg"),
                motion=kind.motion,
                coins=kind.coins,
            )
            for kind in found.kinds
        ],
        paid=found.balance.paid.micros // 10**6,
        bonus=found.balance.bonus.micros // 10**6,
        token=found.token,
        message_chars=found.message_chars,
        undo_seconds=found.undo_seconds,
        closed=found.closed,
        level=level.name if level else "",
        goals=_goals(creator, at=at, video_id=video_id),
        is_anonymous=is_anonymous(user=user),
    )


@router.post("/gifts/{gift_id}/undo", response=Undone)
def undo_gift(request: HttpRequest, gift_id: uuid.UUID) -> Undone:
    """Take back a gift that one just sent."""
    gift = queries.access_sent_gift(user=request.user, gift_id=gift_id)
    return Undone(taken_at=actions.undo_gift(gift=gift, at=clock.now()).taken_at)


class FanPlace(BaseModel):
    """A fan's place; without a name they do not want to be known. Coins are whole.

    ``coins`` is null where nobody is ranked by what they gave; ``level`` where there is none.
    """

    place: int
    name: str
    level: str | None
    gifts: int
    coins: int | None


class Fans(BaseModel):
    """A creator's fans of the last seven days, and the goals that run. ``by``: coins or gifts."""

    by: str
    fans: list[FanPlace]
    goals: list[GoalNow]


@router.get("/gifts/of/{handle}", response=Fans)
def fans_of(request: HttpRequest, handle: str) -> Fans:
    """Return a creator's fans as the reader's country allows, and their goals."""
    creator, at = creator_by_handle(handle=handle), clock.now()
    country = request.user.country if isinstance(request.user, User) else creator.user.country
    found = board(look=Look(creator, Span.WEEK, country), at=at)
    return Fans(by=found.by, fans=_fans(found), goals=_goals(creator, at=at))


class RoomFans(BaseModel):
    """Who gave in a room, as the reader's country allows. ``by``: coins or gifts."""

    by: str
    fans: list[FanPlace]


@router.get("/gifts/rooms/{room_id}", auth=None, response=RoomFans)
def fans_of_room(request: HttpRequest, room_id: uuid.UUID) -> RoomFans:
    """Return who gave in a room, while it runs and when it is over."""
    at = clock.now()
    room = access_room(user=request.user, room_id=room_id, at=at)
    person = request.user if isinstance(request.user, User) else None
    found = board(look=look_at(room, person=person), at=at)
    return RoomFans(by=found.by, fans=_fans(found))


def _fans(found: Board) -> list[FanPlace]:
    return [
        FanPlace(
            place=one.number,
            name=one.fan.name,
            level=one.fan.level.name if one.fan.level else None,
            gifts=one.fan.given.gifts,
            coins=one.fan.given.micros // 10**6 if found.by is By.COINS else None,
        )
        for one in found.places
    ]


def _goals(
    creator: Creator, *, at: dt.datetime, video_id: uuid.UUID | None = None
) -> list[GoalNow]:
    running = running_goals(creator=creator, at=at, video_id=video_id)
    return [
        GoalNow(
            title=goal.title,
            came=now.came.micros // 10**6,
            asked=now.asked.micros // 10**6,
            percent=now.percent,
            ends_at=goal.ends_at,
        )
        for goal in running
        for now in [standing_of(goal=goal, at=at).progress]
    ]
