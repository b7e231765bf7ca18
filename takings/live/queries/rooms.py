"""Rooms: which there are, who may enter, and what others are told of one."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from takings.audience.models import Follow
from takings.core import clock
from takings.core.errors import NotFound
from takings.live.models import Reminder, Room, ShownName
from takings.live.rules.rooms import State, check_age
from takings.live.rules.shown import ShownRoom
from takings.people.models import Creator, User
from takings.people.queries import Visitor, access_own_creator
from takings.videos.models import HIDDEN, Purpose, Status, Video, Visibility

MOST_LISTED = 60


class NoSuchRoom(NotFound):
    """It does not exist, or not for this person."""

    code = "no_such_room"
    sentence = "There is no such room, or it is not for you to enter."


@dataclass(frozen=True, slots=True)
class Listed:
    """Rooms as the page shows them: what runs, and what comes, both soonest first."""

    running: list[Room]
    coming: list[Room]
    followed: frozenset[int]


def _rooms() -> QuerySet[Room]:
    return Room.objects.select_related("creator__user", "video")


def room_of(*, room_id: uuid.UUID) -> Room:
    """Return a room, or refuse with :class:`NoSuchRoom`; asks nobody's leave."""
    room = _rooms().filter(pk=room_id).first()
    if room is None:
        raise NoSuchRoom
    return room


def access_room(*, user: Visitor | None, room_id: uuid.UUID, at: dt.datetime) -> Room:
    """Return a room that somebody may enter: its age is asked, and that its video may be watched.

    What is announced may be read by all: a premiere's video is private until it begins. Refuses:
    NoSuchRoom, RoomAge.
    """
    room = room_of(room_id=room_id)
    person = user if isinstance(user, User) else None
    if person is not None and (person.is_staff or person.pk == room.creator.user_id):
        return room
    is_open = room.video.status == Status.READY and room.video.visibility not in HIDDEN
    is_announced = room.publishes and room.state in {State.COMING, State.CANCELLED}
    if not is_open and not is_announced:
        raise NoSuchRoom
    born_on = person.born_on if person else None
    check_age(minimum=room.minimum_age, born_on=born_on, is_known=person is not None, day=at.date())
    return room


def access_own_room(*, user: Visitor, room_id: uuid.UUID) -> Room:
    """Return a room to its creator. Refuses: NoStudio, NoSuchRoom."""
    creator = access_own_creator(user=user)
    room = room_of(room_id=room_id)
    if room.creator_id != creator.pk:
        raise NoSuchRoom
    return room


def rooms_for(*, user: User | None) -> Listed:
    """Return what runs and what comes; unlisted videos are announced by their creators only."""
    open_ones = open_rooms().order_by("starts_at")
    running, coming = open_ones.filter(began_at__isnull=False), open_ones.filter(began_at=None)
    return Listed(list(running[:MOST_LISTED]), list(coming[:MOST_LISTED]), _followed_by(user))


def open_rooms() -> QuerySet[Room]:
    """Return the rooms that are on or announced, and that anybody can find, in no order."""
    shown = Q(video__visibility=Visibility.PUBLIC) | Q(publishes=True)
    can_be = Q(began_at__isnull=True) | Q(video__status=Status.READY)
    return _rooms().filter(shown, can_be, ended_at=None, cancelled_at=None)


def _followed_by(user: User | None) -> frozenset[int]:
    if user is None:
        return frozenset()
    now = Follow.objects.filter(user=user, ended_at__isnull=True)
    return frozenset(now.values_list("creator_id", flat=True))


def rooms_of(*, creator: Creator) -> list[Room]:
    """Return a creator's rooms, the newest first."""
    return list(_rooms().filter(creator=creator).order_by("-starts_at")[:MOST_LISTED])


def videos_for_rooms(*, creator: Creator) -> list[Video]:
    """Return what a creator can show in a room, the newest first."""
    ready = Video.objects.filter(creator=creator, status=Status.READY, purpose=Purpose.POST)
    return list(ready.order_by("-uploaded_at", "-pk")[:200])


def has_reminder(*, user: User | None, room: Room) -> bool:
    """Tell whether somebody is told when a room begins."""
    return user is not None and Reminder.objects.filter(room=room, user=user).exists()


def shows_name(*, user: User | None, room_id: uuid.UUID) -> bool:
    """Tell whether others in a room may read somebody's name."""
    return user is not None and ShownName.objects.filter(room_id=room_id, user=user).exists()


def state_of(room: Room) -> ShownRoom:
    """Return what everybody in a room is told of it."""
    return ShownRoom(
        id=str(room.pk),
        state=room.state.value,
        title=room.title,
        starts_ms=clock.to_ms(room.starts_at),
        began_ms=clock.to_ms(room.began_at) if room.began_at else None,
        ends_ms=clock.to_ms(room.ended_at or room.ends_at),
        talkers=room.talkers,
        slow_s=room.slow_s,
    )
