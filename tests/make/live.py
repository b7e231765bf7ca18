"""Rooms and what is said in them, made the way people make them."""

import datetime as dt
import uuid

from takings.live import actions
from takings.live.models import Line, Room
from takings.live.queries import room_of
from takings.live.rules.rooms import Plan
from takings.people.models import Creator, User
from takings.videos.models import Video
from tests.make.audience import make_post
from tests.make.people import NOON, make_creator

EIGHT = NOON + dt.timedelta(hours=8)


def make_plan(title: str = "First night", *, starts_at: dt.datetime = EIGHT) -> Plan:
    """Return a plan: at eight in the evening, for everybody."""
    return Plan(title=title, starts_at=starts_at)


def make_room(
    creator: Creator | None = None,
    *,
    video: Video | None = None,
    plan: Plan | None = None,
    at: dt.datetime = NOON,
) -> Room:
    """Announce a room on a post of eight seconds."""
    creator = creator or make_creator()
    video = video or make_post(creator, title="Dunes")
    room = actions.schedule_room(
        creator=creator,
        room_id=uuid.uuid4(),
        video_id=video.pk,
        plan=plan or make_plan(),
        at=at,
    )
    return room_of(room_id=room.pk)


def make_running(creator: Creator | None = None, *, plan: Plan | None = None) -> Room:
    """Announce a room and let it begin at eight."""
    room = make_room(creator, plan=plan)
    actions.run_rooms(at=EIGHT)
    return room_of(room_id=room.pk)


def say(room: Room, user: User, text: str = "Hello", *, at: dt.datetime = EIGHT) -> Line:
    """Let somebody say something."""
    return actions.say(room=room, user=user, line_id=uuid.uuid4(), text=text, at=at)
