"""The pages and the API of rooms: what guests, creators and operators do there."""

import json
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client

from takings.audience.actions import follow
from takings.core import clock
from takings.live import actions
from takings.live.models import Line, Report, Restraint, Room, RoomStep
from takings.live.rules.rooms import State
from takings.people.models import StaffAct, User
from tests.make.audience import make_post
from tests.make.live import make_plan, make_room
from tests.make.pages import page_text
from tests.make.people import make_creator, make_operator, make_user

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def coming() -> Room:
    """Return a room that begins in ten minutes: its chat is open."""
    now = clock.now()
    return make_room(plan=make_plan("Dune night", starts_at=now + 10 * MINUTE), at=now)


@pytest.fixture
def vera(client: Client) -> User:
    """Let Vera be signed in."""
    user = make_user("Vera")
    client.force_login(user)
    return user


def form_of(**changes: object) -> dict[str, object]:
    begins = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=1)
    return {
        "title": "Dune night",
        "begins": begins.strftime("%Y-%m-%dT20:00"),
        "time_zone": "Europe/Berlin",
        "minimum_age": "0",
        "talkers": "everybody",
        "slow_s": "5",
        **changes,
    }


def test_a_creator_announces_changes_begins_and_ends_a_room(client: Client) -> None:
    ada = make_creator()
    client.force_login(ada.user)
    assert "You have no video to show" in page_text(client.get("/live/studio/new/"))
    video = make_post(ada, title="Dunes")
    assert "No rooms yet" in page_text(client.get("/live/studio/"))
    form = form_of(id=str(uuid.uuid4()), video=str(video.pk))
    led = {client.post("/live/studio/new/", form)["location"] for _ in range(2)}
    room = Room.objects.get()
    assert led == {f"/live/studio/{room.pk}/"}
    assert room.starts_at.astimezone(ZoneInfo("Europe/Berlin")).hour == 20
    shown = page_text(client.get(f"/live/studio/{room.pk}/"))
    assert "0 people wait for a letter" in shown
    assert "Everybody may." in shown
    changed = client.post(f"/live/studio/{room.pk}/", form_of(title="Dunes at night"), follow=True)
    assert "Saved, and told to who is there." in page_text(changed)
    assert "Dunes at night" in page_text(client.get("/live/studio/"))
    client.post(f"/live/studio/{room.pk}/begin/")
    assert "Began" in page_text(client.get(f"/live/studio/{room.pk}/"))
    assert "The room is over." in page_text(
        client.post(f"/live/studio/{room.pk}/end/", follow=True)
    )
    told = client.post(f"/live/studio/{room.pk}/begin/", follow=True)
    assert "is over and cannot be begun any more" in page_text(told)
    assert "This room is over." in page_text(client.get(f"/live/{room.pk}/"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"begins": "2020-01-01T20:00"}, "Choose a begin in the future."),
        ({"begins": "soon"}, "Enter a valid date/time."),
        ({"begins": "2027-03-28T02:30"}, "clocks in Europe/Berlin skip this one"),
        ({"title": ""}, "This field is required."),
        ({"slow_s": "7"}, "is not one of the available choices"),
    ],
)
def test_a_wrong_plan_is_shown_again_with_what_to_do(
    client: Client, changes: dict[str, object], told: str
) -> None:
    ada = make_creator()
    client.force_login(ada.user)
    video = make_post(ada, title="Dunes")
    form = form_of(id=str(uuid.uuid4()), video=str(video.pk), **changes)
    answer = client.post("/live/studio/new/", form)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert 'value="Europe/Berlin" selected' in answer.content.decode()
    assert not Room.objects.exists()


def test_guests_find_rooms_and_are_told_by_letter(client: Client, coming: Room, vera: User) -> None:
    follow(user=vera, creator=coming.creator, at=clock.now())
    shown = page_text(client.get("/live/"))
    assert "Coming" in shown
    assert "You follow" in shown
    assert "Dune night" in shown
    answer = client.post(f"/live/{coming.pk}/reminder/", follow=True)
    assert "You get a letter when it begins." in page_text(answer)
    assert "Write me no letter" in page_text(answer)
    for user, choice in ((vera, {}), (make_user("Tom"), {"stop": "1"})):
        client.force_login(user)
        client.post(f"/live/{coming.pk}/reminder/", choice)
    now = clock.now() + 10 * MINUTE
    assert actions.remind(room_id=coming.pk, at=now) == 0
    actions.run_rooms(at=now)
    assert [actions.remind(room_id=coming.pk, at=now) for _ in range(2)] == [1, 0]
    [letter] = mail.outbox
    assert letter.to == [vera.email]
    assert letter.subject == "Dune night has begun"
    assert f"/live/{coming.pk}/" in letter.body
    assert "On now" in page_text(client.get("/live/"))


def test_the_chat_works_without_scripts(client: Client, coming: Room, vera: User) -> None:
    address, form = f"/live/{coming.pk}/", {"id": str(uuid.uuid4()), "text": "Is it on?"}
    for _ in range(2):
        client.post(f"{address}say/", form)
    line = Line.objects.get()
    assert "Vera Is it on?" in page_text(client.get(address))
    told = client.post(f"{address}say/", {"text": "see www.x.example"}, follow=True)
    assert "Links cannot be sent here." in page_text(told)
    told = client.post(f"/live/lines/{line.pk}/ban/", follow=True)
    assert "Only who wrote this" in page_text(told)
    client.force_login(make_user("Tom"))
    told = client.post(f"/live/lines/{line.pk}/report/", {"reason": "spam"}, follow=True)
    assert "An operator looks at it." in page_text(told)
    client.force_login(coming.creator.user)
    client.post(f"/live/lines/{line.pk}/mute/")
    client.post(f"/live/lines/{line.pk}/remove/")
    studio = f"/live/studio/{coming.pk}/"
    shown = page_text(client.get(studio))
    assert "Muted for some minutes, until" in shown
    assert "Removed by" in shown
    told = client.post(f"/live/studio/restraints/{Restraint.objects.get().pk}/lift/", follow=True)
    assert f"{vera} may write again." in page_text(told)
    client.post(f"/live/lines/{line.pk}/restore/")
    assert "Vera Is it on?" in page_text(client.get(address))
    client.logout()
    assert "Sign in to write." in page_text(client.get(address))
    assert client.post(f"{address}say/", form).status_code == 302
    assert client.post(f"/live/lines/{line.pk}/forget/").status_code == 404


def test_operators_answer_reports_and_end_rooms_with_a_reason(
    client: Client, coming: Room, vera: User
) -> None:
    assert client.get("/live/desk/").status_code == 404
    line = actions.say(room=coming, user=vera, line_id=uuid.uuid4(), text="Bad", at=clock.now())
    actions.report_line(line=line, user=make_user(), reason="spam", at=clock.now())  # type: ignore[arg-type]
    actions.begin_room(room_id=coming.pk, by=coming.creator.user, at=clock.now())
    client.force_login(make_operator())
    shown = page_text(client.get("/live/desk/"))
    assert "Bad" in shown
    assert "Is advertising or fraud" in shown
    answer = client.post(f"/live/desk/lines/{line.pk}/", {"answer": "remove"}, follow=True)
    assert "The line is removed." in page_text(answer)
    assert "No line waits for an answer." in page_text(answer)
    end = f"/live/desk/rooms/{coming.pk}/end/"
    assert "End “Dune night”" in page_text(client.get(end))
    assert client.post(end, {"why": " "}).status_code == 422
    answer = client.post(end, {"why": "Shows what it must not."}, follow=True)
    assert "This room is over. Shows what it must not." in page_text(answer)
    assert StaffAct.objects.count() == 2


def test_words_that_a_creator_does_not_want_are_kept(client: Client) -> None:
    client.force_login(make_creator().user)
    client.post("/live/studio/", {"words": "spoiler\nspoiler\n bad  wolf "})
    assert "spoiler\nbad wolf</textarea>" in client.get("/live/studio/").content.decode()
    answer = client.post("/live/studio/", {"words": "x" * 41})
    assert answer.status_code == 422
    assert "x" * 41 in answer.content.decode()


@pytest.mark.usefixtures("vera")
def test_other_software_reads_a_room_and_talks_in_it(client: Client, coming: Room) -> None:
    address = f"/api/live/rooms/{coming.pk}"
    [listed] = client.get("/api/live/rooms").json()["coming"]
    assert listed["title"] == "Dune night"
    line_id = str(uuid.uuid4())

    def send(method: str, path: str, body: object = None) -> Any:
        answer = client.generic(
            method, f"/api/live/{path}", json.dumps(body), content_type="application/json"
        )
        return answer.json() if answer.content else answer.status_code

    said = send("POST", f"rooms/{coming.pk}/lines", {"id": line_id, "text": " Hello "})
    assert (said["text"], said["name"], said["is_host"]) == ("Hello", "Vera", False)
    shown = client.get(address).json()
    assert shown["room"] == listed
    assert (shown["lines"], shown["me"]) == ([said], said["by"])
    assert (shown["hosts"], shown["signed_in"], shown["after"]) == (False, True, 0)
    for name in ("reminder", "name"):
        assert send("POST", f"rooms/{coming.pk}/{name}") == 204
    shown = client.get(address).json()
    assert (shown["is_reminded"], shown["shows_name"]) == (True, True)
    for name in ("reminder", "name"):
        assert send("DELETE", f"rooms/{coming.pk}/{name}") == 204
    assert send("POST", f"lines/{line_id}/mute")["code"] == "line_not_yours"
    assert send("POST", f"lines/{line_id}/report", {"reason": "hate"})["code"] == "own_line"
    client.force_login(make_user())
    assert send("POST", f"lines/{line_id}/report", {"reason": "hate"}) == 204
    assert Report.objects.count() == 1
    client.force_login(coming.creator.user)
    for act in ("mute", "ban"):
        assert send("POST", f"lines/{line_id}/{act}") == 204
    assert send("DELETE", f"lines/{line_id}") == 204
    assert send("POST", f"lines/{line_id}/restoration") == 204
    client.logout()
    assert client.get(address).json()["me"] == ""
    assert send("POST", f"rooms/{coming.pk}/lines", {"id": line_id, "text": "x"})["code"] == (
        "not_signed_in"
    )


def test_who_is_too_young_reads_why_and_a_premiere_shows_no_picture(client: Client) -> None:
    now = clock.now()
    ada = make_creator()
    plan = replace(make_plan(starts_at=now + MINUTE), minimum_age=18, publishes=True)
    video = make_post(ada, visibility="private")  # type: ignore[arg-type]
    room = make_room(ada, video=video, plan=plan, at=now)
    answer = client.get(f"/live/{room.pk}/")
    assert answer.status_code == 403
    assert "for people of 18 and over. Sign in" in answer.content.decode()
    client.force_login(ada.user)
    shown = client.get(f"/api/live/rooms/{room.pk}").json()
    assert (shown["video"]["poster"], shown["minimum_age"]) == ("", 18)
    actions.end_room(room_id=room.pk, by=ada.user, at=now)
    assert "This room was cancelled." in page_text(client.get(f"/live/{room.pk}/"))
    assert RoomStep.objects.filter(kind=State.CANCELLED.value).exists()
