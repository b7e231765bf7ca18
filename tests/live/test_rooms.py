"""The life of a room: announced, changed, begun, over or cancelled; by hand and by the clock."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import connection

from takings.live import actions
from takings.live.actions import (
    begin_room,
    change_room,
    end_room,
    run_rooms,
    running,
    schedule_room,
)
from takings.live.models import Event, Room, RoomStep
from takings.live.queries import NoSuchRoom, access_own_room, access_room, room_of, rooms_for
from takings.live.rules.rooms import BadStart, RoomAge, State, WrongTime
from takings.people.models import StaffAct, User
from takings.people.queries import NoStudio
from takings.videos.models import Status, Video, Visibility
from takings.videos.queries import NoSuchVideo
from tests.make.audience import make_post
from tests.make.live import EIGHT, make_plan, make_room, make_running
from tests.make.people import NOON, make_creator, make_operator, make_user

MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def steps_of(room: Room) -> list[str]:
    return list(RoomStep.objects.filter(room=room).values_list("kind", flat=True))


def told() -> list[str]:
    """Return the states that were told live."""
    bodies = Event.objects.filter(kind="room").order_by("pk").values_list("body", flat=True)
    return [body.partition('"state":"')[2].partition('"')[0] for body in bodies]


def test_a_room_begins_and_ends_by_the_clock() -> None:
    room = make_room()
    assert run_rooms(at=EIGHT - MINUTE) == 0
    assert run_rooms(at=EIGHT + dt.timedelta(seconds=2)) == 1
    running = room_of(room_id=room.pk)
    assert (running.state, running.began_at) == (State.RUNNING, EIGHT)
    assert running.ends_at == EIGHT + dt.timedelta(seconds=8) + 5 * MINUTE
    assert run_rooms(at=running.ends_at - MINUTE) == 0
    assert run_rooms(at=running.ends_at) == 1
    assert run_rooms(at=running.ends_at) == 0
    assert room_of(room_id=room.pk).state == State.OVER
    assert steps_of(room) == ["scheduled", "begun", "ended"]
    assert told() == ["running", "over"]


def test_a_room_that_is_begun_by_hand_in_the_same_moment_begins_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = make_room()

    def lock(room_id: uuid.UUID) -> Room:
        begin_room(room_id=room_id, by=room.creator.user, at=EIGHT)
        return room_of(room_id=room_id)

    monkeypatch.setattr(running, "lock_room", lock)
    assert run_rooms(at=EIGHT) == 0
    assert steps_of(room) == ["scheduled", "begun"]


def test_a_room_is_begun_and_ended_by_hand_once() -> None:
    room = make_room()
    host = room.creator.user
    for at in (NOON, NOON + MINUTE):
        assert begin_room(room_id=room.pk, by=host, at=at).began_at == NOON
    for at in (NOON + MINUTE, NOON + 2 * MINUTE):
        assert end_room(room_id=room.pk, by=host, at=at).ended_at == NOON + MINUTE
    assert steps_of(room) == ["scheduled", "begun", "ended"]
    with pytest.raises(WrongTime, match="is over and cannot be begun"):
        begin_room(room_id=room.pk, by=host, at=NOON)
    with pytest.raises(WrongTime, match="is over and cannot be changed"):
        change_room(room_id=room.pk, plan=make_plan("Later"), by=host, at=NOON)
    assert not StaffAct.objects.exists()


def test_who_asked_gets_a_letter_when_a_room_is_begun_by_hand_too() -> None:
    room = make_room()
    actions.ask_reminder(room=room, user=make_user("Vera"), at=NOON)
    begin_room(room_id=room.pk, by=room.creator.user, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name LIKE 'live.remind%'")
        assert len(cursor.fetchall()) == 1


def test_a_room_that_was_to_come_is_cancelled_and_does_not_begin() -> None:
    room = make_room()
    end_room(room_id=room.pk, by=room.creator.user, at=NOON)
    assert run_rooms(at=EIGHT) == 0
    assert room_of(room_id=room.pk).state == State.CANCELLED
    assert rooms_for(user=None).coming == []


def test_an_operator_cancels_with_a_reason_that_stays() -> None:
    room, olga = make_room(), make_operator()
    end_room(room_id=room.pk, by=olga, why="The video is somebody else's.", at=NOON)
    act = StaffAct.objects.get()
    assert (act.operator, act.act, act.target) == (olga, "room cancelled", str(room.pk))
    assert RoomStep.objects.filter(why="The video is somebody else's.").count() == 1


def test_a_form_sent_twice_announces_one_room() -> None:
    room = make_room()
    plan = replace(make_plan(), title=f" {make_plan().title} ")
    again = {"creator": room.creator, "room_id": room.pk, "video_id": room.video_id}
    assert schedule_room(**again, plan=plan, at=NOON) == room  # type: ignore[arg-type]
    assert steps_of(room) == ["scheduled"]
    with pytest.raises(actions.OtherRoom):
        schedule_room(**again, plan=make_plan("Other"), at=NOON)  # type: ignore[arg-type]


def test_a_plan_is_changed_until_it_begins_and_its_rules_while_it_runs() -> None:
    room = make_room()
    host = room.creator.user
    later = replace(make_plan("Second night"), starts_at=EIGHT + MINUTE, slow_s=15)
    for _ in range(2):
        assert change_room(room_id=room.pk, plan=later, by=host, at=NOON).slow_s == 15
    assert steps_of(room) == ["scheduled", "changed"]
    with pytest.raises(BadStart):
        change_room(
            room_id=room.pk, plan=replace(later, starts_at=NOON - 2 * MINUTE), by=host, at=NOON
        )
    run_rooms(at=EIGHT + MINUTE)
    now = EIGHT + 3 * MINUTE
    calmer = replace(later, starts_at=now + MINUTE, slow_s=60)
    changed = change_room(room_id=room.pk, plan=calmer, by=host, at=now)
    assert (changed.slow_s, changed.starts_at) == (60, EIGHT + MINUTE)


def test_a_premiere_makes_its_private_video_public_as_it_begins() -> None:
    creator = make_creator()
    video = make_post(creator, visibility=Visibility.PRIVATE)
    with pytest.raises(actions.VideoIsPrivate):
        make_room(creator, video=video)
    room = make_room(creator, video=video, plan=replace(make_plan(), publishes=True))
    assert rooms_for(user=None).coming == [room]
    assert access_room(user=None, room_id=room.pk, at=NOON) == room
    run_rooms(at=EIGHT)
    assert Video.objects.get(pk=video.pk).visibility == Visibility.PUBLIC
    assert rooms_for(user=None).running == [room]
    Video.objects.update(visibility=Visibility.PRIVATE)  # the creator thinks otherwise
    with pytest.raises(NoSuchRoom):
        access_room(user=None, room_id=room.pk, at=EIGHT)
    assert access_room(user=creator.user, room_id=room.pk, at=EIGHT) == room


def test_a_premiere_that_is_cancelled_still_says_so() -> None:
    creator = make_creator()
    video = make_post(creator, visibility=Visibility.PRIVATE)
    room = make_room(creator, video=video, plan=replace(make_plan(), publishes=True))
    end_room(room_id=room.pk, by=creator.user, at=NOON)
    assert access_room(user=None, room_id=room.pk, at=NOON).state == State.CANCELLED


def test_a_room_without_a_video_to_watch_is_cancelled_and_says_why() -> None:
    creator = make_creator()
    for status in (Status.UPLOADING, Status.REMOVED):
        video = make_post(creator, status=status)
        with pytest.raises((actions.VideoNotReady, NoSuchVideo)):
            make_room(creator, video=video)
    with pytest.raises(NoSuchVideo):
        make_room(creator, video=make_post())
    room = make_room(creator)
    Video.objects.filter(pk=room.video_id).update(status=Status.REMOVED)
    assert run_rooms(at=EIGHT) == 1
    assert room_of(room_id=room.pk).state == State.CANCELLED
    assert "cannot be watched now" in RoomStep.objects.filter(room=room).latest("pk").why


def test_an_unlisted_video_is_announced_by_its_creator_alone() -> None:
    creator = make_creator()
    room = make_room(creator, video=make_post(creator, visibility=Visibility.UNLISTED))
    assert rooms_for(user=None).coming == []
    assert access_room(user=None, room_id=room.pk, at=NOON) == room


@pytest.mark.parametrize(("born", "may"), [(2008, True), (2010, False), (None, False)])
def test_a_room_has_a_minimum_age(born: int | None, may: bool) -> None:  # noqa: FBT001
    room = make_room(plan=replace(make_plan(), minimum_age=18))
    vera = make_user("Vera")
    User.objects.filter(pk=vera.pk).update(born_on=born and dt.date(born, 1, 1))
    vera.refresh_from_db()
    if may:
        assert access_room(user=vera, room_id=room.pk, at=NOON) == room
    else:
        with pytest.raises(RoomAge):
            access_room(user=vera, room_id=room.pk, at=NOON)
    with pytest.raises(RoomAge, match="Sign in"):
        access_room(user=None, room_id=room.pk, at=NOON)
    assert access_room(user=make_operator(), room_id=room.pk, at=NOON) == room


def test_a_studio_shows_its_own_rooms_only() -> None:
    room = make_running()
    assert access_own_room(user=room.creator.user, room_id=room.pk) == room
    strangers = [
        (make_creator("Ben").user, room.pk, NoSuchRoom),
        (room.creator.user, uuid.uuid4(), NoSuchRoom),
        (make_user(), room.pk, NoStudio),
    ]
    for user, room_id, refusal in strangers:
        with pytest.raises(refusal):
            access_own_room(user=user, room_id=room_id)
