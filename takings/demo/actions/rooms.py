"""Rooms of the demo world: announced, talked and given in, and ended as people do it."""

import datetime as dt
import uuid

from django.db import transaction

from takings.coins.models import CoinLot
from takings.core import ids
from takings.demo.rules.cast import DOMAIN
from takings.demo.rules.rooms import ROOMS, DemoRoom
from takings.gifts.actions import send_gift
from takings.gifts.rules import Wish
from takings.live import actions as live
from takings.live.models import Room
from takings.live.rules.rooms import Plan
from takings.people.models import User
from takings.people.queries import creator_by_handle
from takings.videos.models import Status, Video, Visibility


def open_rooms(*, at: dt.datetime) -> None:
    """Let each room be there; once, and only where its creator has a clip."""
    for one in ROOMS:
        posts = Video.objects.filter(
            creator__handle=one.handle, status=Status.READY, visibility=Visibility.PUBLIC
        )
        post = posts.order_by("pk").first()
        room_id = ids.derived("demo room", one.handle)
        if post is not None and not Room.objects.filter(pk=room_id).exists():
            _open(one, room_id, post=post, at=at)


@transaction.atomic
def _open(one: DemoRoom, room_id: uuid.UUID, *, post: Video, at: dt.datetime) -> None:
    creator, began_at = creator_by_handle(handle=one.handle), at + one.begins_in
    plan = Plan(title=one.title, starts_at=began_at)
    room = live.schedule_room(
        creator=creator,
        room_id=room_id,
        video_id=post.pk,
        plan=plan,
        at=min(began_at, at),
    )
    if began_at > at:
        return
    live.begin_room(room_id=room_id, by=creator.user, at=began_at)
    room.refresh_from_db()
    for number, (key, text) in enumerate(one.said):
        line_id = ids.derived("demo line", one.handle, number)
        live.say(room=room, user=_person(key), line_id=line_id, text=text, at=at)
    _give(one, room, at=at)
    if one.is_over:
        live.end_room(room_id=room_id, by=creator.user, at=at)


def _give(one: DemoRoom, room: Room, *, at: dt.datetime) -> None:
    for number, (key, kind) in enumerate(one.given):
        fan = _person(key)
        if CoinLot.objects.filter(wallet_id=fan.pk).exists():
            gift = Wish(
                id=ids.derived("demo gift in a room", one.handle, number),
                sender_id=fan.pk,
                video_id=room.video_id,
                kind=kind,
                room_id=room.pk,
            )
            send_gift(wish=gift, at=at)


def _person(key: str) -> User:
    return User.objects.get(email=f"{key}@{DOMAIN}")
