"""Two people in a room: the picture runs at the same second, and each hears the other at once."""

import datetime as dt
import re
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from takings.demo.rules.cast import PASSWORD, logins
from tests.journeys.conftest import Phones
from tests.make.product import until

LONG_S = 120.0  # a demo's clips are being drawn beside the story
TOGETHER_S = 0.75  # a phone that draws clips beside it is not always at once where it should be


def sign_in(phone: Page, role: str, then: str) -> None:
    """Sign in as somebody of the demo's cast who was on the way to a page."""
    [who] = [login for login in logins() if login.role == role]
    phone.goto(f"/accounts/login/?next={then}")
    phone.get_by_label("Email").fill(who.email)
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Sign in", exact=True).click()
    phone.wait_for_url(f"**{then}")


def announce(phone: Page) -> str:
    """Announce a room on the first clip there is, for tomorrow; return its address."""

    def has_video() -> bool:
        phone.goto("/live/studio/new/")
        return phone.get_by_label("Video", exact=True).is_visible()

    until("a clip is ready", has_video, within_s=LONG_S)
    phone.get_by_label("Title", exact=True).fill("Night of the threads")
    zone = ZoneInfo(phone.get_by_label("Time zone").input_value())
    tomorrow = dt.datetime.now(zone) + dt.timedelta(days=1)
    phone.get_by_label("Begins", exact=True).fill(f"{tomorrow:%Y-%m-%dT20:00}")
    phone.get_by_role("button", name="Announce it").click()
    expect(phone.get_by_text("The room is announced.")).to_be_visible()
    return phone.url.replace("/studio/", "/")


def say(phone: Page, text: str) -> None:
    """Say something in the room."""
    phone.get_by_label("Your line").fill(text)
    phone.get_by_role("button", name="Send").click()


def seconds(phone: Page) -> float:
    """Return where the picture is."""
    return cast("float", phone.locator("video").evaluate("video => video.currentTime"))


@pytest.mark.browser
@pytest.mark.processes
def test_two_watch_and_talk_together_and_a_host_takes_a_line_away(phones: Phones) -> None:
    host, guest = phones.unlock(), phones.unlock()
    sign_in(host, "Creator", "/live/studio/")
    room = announce(host)
    sign_in(guest, "Viewer", "/live/")
    guest.get_by_role("link", name=re.compile("Night of the threads")).click()
    expect(guest.get_by_text("Begins in")).to_be_visible()
    host.get_by_role("button", name="Begin now").click()
    host.get_by_role("dialog").get_by_role("button", name="Begin now").click()
    host.wait_for_url(room)
    for phone in (host, guest):
        expect(phone.locator("video")).to_be_visible()
    until("both watch", lambda: min(seconds(guest), seconds(host)) > 0.5, within_s=30)
    until("both see the same", lambda: abs(seconds(guest) - seconds(host)) < TOGETHER_S)
    say(guest, "I am here, too")
    expect(host.get_by_text("I am here, too")).to_be_visible()
    say(host, "Welcome")
    expect(guest.get_by_text("Welcome")).to_be_visible()
    expect(guest.get_by_text("2 are here").first).to_be_visible()
    host.get_by_role("button", name=re.compile("About this line of Jonas")).click()
    host.get_by_role("button", name="Remove this line").click()
    expect(guest.get_by_text("I am here, too")).to_have_count(0)
    host.get_by_role("button", name="Put back").click()
    expect(guest.get_by_text("I am here, too")).to_be_visible()
    host.goto(room.replace("/live/", "/live/studio/"))
    host.get_by_role("button", name="End it").click()
    host.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(guest.get_by_text("The chat is closed.")).to_be_visible()
