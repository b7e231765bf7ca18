"""Ways to a room: from the feed and from a creator's channel."""

from dataclasses import replace

import pytest
from django.test import Client

from takings.core import clock
from takings.live.actions import end_room
from tests.make.audience import make_post
from tests.make.live import EIGHT, make_plan, make_room, make_running
from tests.make.pages import page_text
from tests.make.passes import Time
from tests.make.people import NOON, make_creator

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Let it be noon."""
    return Time(monkeypatch, NOON)


def test_a_room_that_is_on_or_begins_today_stands_on_its_creators_posts(
    client: Client, at_noon: Time
) -> None:
    ada = make_creator()
    make_post(make_creator(), title="Without a room", at=NOON)
    secret = make_post(ada, title="Premiere", at=NOON)
    later = make_plan("Later", starts_at=clock.from_ms(clock.to_ms(EIGHT) + 86_400_000))
    make_room(ada, plan=later)
    lives = {one["title"]: one["live"] for one in client.get("/api/feed").json()["items"]}
    assert set(lives.values()) == {None}
    room = make_room(ada, video=secret, plan=replace(make_plan("Tonight"), publishes=True))
    lives = {one["title"]: one["live"] for one in client.get("/api/feed").json()["items"]}
    assert lives["Without a room"] is None
    assert lives["Premiere"] == {
        "title": "Tonight",
        "url": f"/live/{room.pk}/",
        "is_on": False,
        "is_premiere": True,
        "starts_ms": clock.to_ms(EIGHT),
    }
    channel = page_text(client.get(f"/@{ada.handle}"))
    assert channel.index("Premiere, ") < channel.index("Tonight") < channel.index("Later")
    del at_noon


def test_what_is_on_comes_first_and_what_is_over_leads_nowhere(client: Client) -> None:
    room = make_running()
    make_room(room.creator, plan=make_plan("Next", starts_at=EIGHT))
    channel = page_text(client.get(f"/@{room.creator.handle}"))
    assert channel.index("Live now First night") < channel.index("Next")
    end_room(room_id=room.pk, at=EIGHT)
    assert "First night" not in page_text(client.get(f"/@{room.creator.handle}"))


def test_a_creator_without_rooms_is_shown_how_to_open_one(client: Client) -> None:
    ada = make_creator()
    assert "open a room" not in page_text(client.get(f"/@{ada.handle}"))
    client.force_login(ada.user)
    assert "open a room" in page_text(client.get(f"/@{ada.handle}"))
