"""What a creator decides about a room before and while it runs."""

import datetime as dt
import uuid
from dataclasses import replace

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.core.errors import Conflict
from takings.live.actions.publishing import publish
from takings.live.models import Room, RoomStep, RoomStepKind
from takings.live.queries import state_of
from takings.live.rules.bus import Topic
from takings.live.rules.rooms import Plan, State, WrongTime, check_plan, first_moment
from takings.people.actions import record_staff_act
from takings.people.models import Creator, User
from takings.videos.actions import change_details
from takings.videos.models import HIDDEN, Purpose, Status, Video, Visibility
from takings.videos.queries import NoSuchVideo, details_of


class VideoNotReady(Conflict):
    """Others could not watch."""

    code = "room_video_not_ready"
    sentence = "“{video}” cannot be watched now, so the room cannot begin with it."


class VideoIsPrivate(Conflict):
    """A private video is for nobody else, one for members for those alone."""

    code = "room_video_is_private"
    sentence = "“{video}” is not for everybody. Let it become public as the room begins."


class OtherRoom(Conflict):
    """A room with this id exists, and says something else."""

    code = "other_room"
    sentence = "This form was used before for another room. Open the page again."


@transaction.atomic
def schedule_room(
    *, creator: Creator, room_id: uuid.UUID, video_id: uuid.UUID, plan: Plan, at: dt.datetime
) -> Room:
    """Announce a room on one of the creator's videos. The same id again changes nothing.

    Refuses: BadTitle, BadStart, BadRoomRule, NoSuchVideo, VideoNotReady, VideoIsPrivate, OtherRoom.
    """
    plan = replace(plan, title=plan.title.strip())
    known = Room.objects.select_related("video", "creator").filter(pk=room_id).first()
    if known is not None:
        if (known.creator_id, known.video_id, known.plan) != (creator.pk, video_id, plan):
            raise OtherRoom
        return known
    check_plan(plan, at=at)
    video = Video.objects.filter(pk=video_id, creator=creator, purpose=Purpose.POST).first()
    if video is None or video.status == Status.REMOVED:
        raise NoSuchVideo
    _check_video(video, plan)
    room = Room(id=room_id, creator=creator, video=video, **_columns(plan))
    room.save(force_insert=True)
    _take_step(room, RoomStepKind.SCHEDULED, by=creator.user, at=at)
    return room


@transaction.atomic
def change_room(*, room_id: uuid.UUID, plan: Plan, by: User, at: dt.datetime) -> Room:
    """Change what was announced; while it runs, all but its begin. Nothing new is no step.

    Refuses: WrongTime, and what :func:`schedule_room` refuses of a plan and a video.
    """
    room = lock_room(room_id)
    plan = replace(plan, title=plan.title.strip())
    if room.state == State.RUNNING:
        plan = replace(plan, starts_at=room.starts_at, publishes=room.publishes)
    elif room.state != State.COMING:
        raise WrongTime(state=room.state.value, wanted="changed")
    if plan == room.plan:
        return room
    check_plan(plan if room.state == State.COMING else replace(plan, starts_at=at), at=at)
    _check_video(room.video, plan)
    for name, value in _columns(plan).items():
        setattr(room, name, value)
    room.save()
    _take_step(room, RoomStepKind.CHANGED, by=by, at=at)
    return _told(room, at=at)


@transaction.atomic
def begin_room(*, room_id: uuid.UUID, at: dt.datetime, by: User | None = None) -> Room:
    """Let a room begin: by hand, or by the clock without ``by``. Twice is once.

    A premiere's video becomes public, and who asked for it gets a letter. Refuses: WrongTime,
    VideoNotReady.
    """
    room = lock_room(room_id)
    if room.state == State.RUNNING:
        return room
    if room.state != State.COMING:
        raise WrongTime(state=room.state.value, wanted="begun")
    if room.video.status != Status.READY:
        raise VideoNotReady(video=room.video)
    if room.publishes and room.video.visibility in HIDDEN:
        details = replace(details_of(room.video), visibility=Visibility.PUBLIC.value)
        change_details(video_id=room.video_id, details=details, at=at)
    room.began_at = at if by else first_moment(starts_at=room.starts_at, at=at)
    room.save(update_fields=["began_at"])
    _take_step(room, RoomStepKind.BEGUN, by=by, at=at)
    if room.reminders.exists():
        order = jobs.configure_task("live.remind_guests", queue="default")
        order.defer(room_id=str(room.pk))
    return _told(room, at=at)


@transaction.atomic
def end_room(*, room_id: uuid.UUID, at: dt.datetime, by: User | None = None, why: str = "") -> Room:
    """End a room that runs, cancel one that was to come: by hand, or by the clock. Twice is once.

    An operator who does it to another's room leaves an act, with the reason that all may read.
    """
    room = lock_room(room_id)
    if room.state in {State.OVER, State.CANCELLED}:
        return room
    is_running = room.state == State.RUNNING
    if is_running:
        room.ended_at = at
    else:
        room.cancelled_at = at
    room.save(update_fields=["ended_at", "cancelled_at"])
    kind = RoomStepKind.ENDED if is_running else RoomStepKind.CANCELLED
    _take_step(room, kind, by=by, why=why, at=at)
    if by is not None and by.pk != room.creator.user_id:
        record_staff_act(
            operator=by, act=f"room {kind.value}", target=str(room.pk), reason=why, at=at
        )
    return _told(room, at=at)


def lock_room(room_id: uuid.UUID) -> Room:
    """Return a room that nobody else changes meanwhile."""
    locked = Room.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("creator__user", "video").get(pk=room_id)


def _check_video(video: Video, plan: Plan) -> None:
    if video.status != Status.READY:
        raise VideoNotReady(video=video)
    if video.visibility in HIDDEN and not plan.publishes:
        raise VideoIsPrivate(video=video)


def _columns(plan: Plan) -> dict[str, object]:
    return {
        "title": plan.title,
        "starts_at": plan.starts_at,
        "minimum_age": plan.minimum_age,
        "talkers": plan.talkers.value,
        "slow_s": plan.slow_s,
        "publishes": plan.publishes,
    }


def _take_step(
    room: Room, kind: RoomStepKind, *, by: User | None, at: dt.datetime, why: str = ""
) -> None:
    RoomStep.objects.create(room=room, kind=kind, taken_by=by, why=why, taken_at=at)


def _told(room: Room, *, at: dt.datetime) -> Room:
    """Tell everybody in the room what it is now."""
    publish(topic=Topic.ROOM.of(room.pk), kind="room", body=state_of(room).model_dump(), at=at)
    return room
