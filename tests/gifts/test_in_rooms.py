"""Gifts in a room: it has a list of its own fans, and its creator sees what each room brought."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client

from takings.core import clock
from takings.gifts.actions import send_gift, undo_gift
from takings.gifts.models import Gift
from takings.gifts.queries.fans import board, look_at
from takings.live.actions import end_room, run_rooms
from takings.live.models import Room
from takings.live.queries import room_of
from takings.people.models import User
from takings.videos.models import Video
from tests.make.coins import bought, make_fan
from tests.make.gifts import coins, give, make_gift_kind, wish
from tests.make.live import make_plan, make_room
from tests.make.pages import page_text
from tests.make.settlement import Act, make_act

pytestmark = pytest.mark.django_db


def running(act: Act, *, minimum_age: int = 0) -> Room:
    """Let a room run on an act's video."""
    now, video = clock.now(), Video.objects.get(pk=act.video_id)
    plan = replace(make_plan(starts_at=now), minimum_age=minimum_age)
    room = make_room(act.creator, video=video, plan=plan, at=now)
    run_rooms(at=now)
    return room_of(room_id=room.pk)


def give_in(room: Room, user: User, act: Act, *, count: int) -> Gift:
    """Give so many coins in a room."""
    kind = make_gift_kind(count, slug=f"k{uuid4().hex[:8]}")
    return send_gift(wish=replace(wish(user, act, kind), room_id=room.pk), at=clock.now())


def listed(room: Room) -> list[tuple[str, int]]:
    found = board(look=look_at(room, person=None), at=clock.now())
    return [(one.fan.name, one.fan.given.micros) for one in found.places]


def test_a_room_lists_who_gave_in_it_and_what_is_undone_leaves_it(ada: Act, vera: User) -> None:
    room, ben = running(ada), make_fan("Ben")
    bought(ben)
    give(ben, ada, make_gift_kind(500))  # for the video, not in the room
    give_in(room, ben, ada, count=20)
    slip = give_in(room, vera, ada, count=300)
    assert listed(room) == [("Vera", coins(300).micros), ("Ben", coins(20).micros)]
    undo_gift(gift=slip, at=clock.now())
    assert listed(room) == [("Ben", coins(20).micros)]


def test_a_gift_is_of_a_room_that_runs_with_its_video(ada: Act, vera: User) -> None:
    room, other = running(ada), running(make_act("Bea"))
    assert give_in(room, vera, ada, count=10).room_id == room.pk
    assert give_in(other, vera, ada, count=10).room_id is None
    end_room(room_id=room.pk, at=clock.now())
    assert give_in(room, vera, ada, count=10).room_id is None


def test_what_a_room_brought_is_seen_by_guests_and_its_creator(
    client: Client, ada: Act, vera: User
) -> None:
    room = running(ada)
    page, api = f"/gifts/rooms/{room.pk}/", f"/api/gifts/rooms/{room.pk}"
    assert "Nobody is listed yet" in page_text(client.get(page))
    assert f'href="{page}"' in client.get(f"/live/{room.pk}/").content.decode()
    client.force_login(vera)
    rose = make_gift_kind(180)
    form = f"/gifts/for/{ada.video_id}/?room={room.pk}"
    assert f'value="{room.pk}"' in client.get(form).content.decode()
    sent = {"id": str(uuid4()), "kind": rose.slug, "room": str(room.pk)}
    assert "Sent: Rose" in page_text(client.post(form, sent, follow=True))
    guest = page_text(client.get(page))
    assert "1 Vera Friend 1 180 coins" in guest
    assert "brought" not in guest
    assert client.get(api).json() == {
        "by": "coins",
        "fans": [{"place": 1, "name": "Vera", "level": "Friend", "gifts": 1, "coins": 180}],
    }
    User.objects.filter(pk=vera.pk).update(country="CN")
    assert client.get(api).json()["fans"][0]["coins"] is None
    client.force_login(ada.creator.user)
    shown = page_text(client.get("/gifts/studio/"))
    assert f"By room RoomGiftsCoinsYours {room.title} 1 180 coins" in shown
    brought = page_text(client.get(page))
    assert "This room brought 180 coins 1 gift, €0.50 yours." in brought
    end_room(room_id=room.pk, at=clock.now())
    assert "data-refresh" not in client.get(page).content.decode()
    assert client.get(page).status_code == 200


def test_the_list_of_a_room_is_for_who_may_enter_it(client: Client, ada: Act) -> None:
    room = running(ada, minimum_age=18)
    for path in (f"/gifts/rooms/{room.pk}/", f"/api/gifts/rooms/{room.pk}"):
        assert client.get(path).status_code == 403
    assert client.get(f"/api/gifts/rooms/{uuid4()}").status_code == 404
