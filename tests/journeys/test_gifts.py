"""A gift among phones: one sends it, one sees it, its creator has it; it is undone, or refunded."""

import re

from playwright.sync_api import Page, expect

from takings.demo.rules.cast import CHANNELS, FAN, MEMBER, OPERATOR, PASSWORD, Person
from tests.journeys.conftest import Phones
from tests.journeys.test_first_cent import front
from tests.make.product import until

CREATOR = CHANNELS[0]
LONG_S = 120.0  # a demo's clips are being drawn beside the story


def sign_in(phone: Page, who: Person) -> None:
    phone.goto("/accounts/login/?next=/gifts/")
    phone.get_by_label("Email").fill(who.email)
    phone.get_by_label("Password").fill(PASSWORD)
    phone.get_by_role("button", name="Sign in", exact=True).click()
    expect(phone.get_by_role("heading", name="Gifts you sent")).to_be_visible()


def post_of_creator(phone: Page) -> str:
    """Return the address of a post of the creator that everybody can watch, however it ranks."""
    posts = phone.get_by_role("listitem").filter(has_not_text="For members")

    def look() -> str | None:
        phone.goto(f"/@{CREATOR.handle}")
        found = posts.locator("a[href^='/v/']")
        return found.first.get_attribute("href") if found.count() else None

    return until("a clip of the creator is drawn", look, within_s=LONG_S)


def refund(desk: Page) -> None:
    """Let an operator take the fan's newest gift back that stands."""
    desk.goto("/gifts/desk/")
    stands = desk.get_by_role("row", name=re.compile(rf"{FAN.name}.*\bSent\b"))
    stands.first.get_by_role("link").click()
    desk.get_by_label("Because").select_option(index=0)
    desk.get_by_label("Reason").fill("The card was somebody else's.")
    desk.get_by_role("button", name="Take it back").click()
    desk.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(desk.get_by_text("The coins are in the sender’s wallet again.")).to_be_visible()


def test_a_gift_is_seen_by_others_and_its_creators_until_it_is_undone_or_refunded(
    phones: Phones,
) -> None:
    fan, other, mara, desk = (phones.unlock() for _ in range(4))
    for phone, who in ((fan, FAN), (other, MEMBER), (mara, CREATOR.person), (desk, OPERATOR)):
        sign_in(phone, who)
    video = post_of_creator(fan)
    with other.expect_response(re.compile("/live/stream/video/")):
        other.goto(video)
    fan.goto(video)
    front(fan).get_by_role("button", name="Gift", exact=True).click()
    tray = fan.get_by_role("dialog", name=f"A gift for @{CREATOR.handle}")
    tray.get_by_text("Star", exact=True).click()
    tray.get_by_label("Message").fill("From all of us")
    tray.get_by_role("button", name="Send Star").click()
    expect(other.locator(".bubble", has_text="From all of us")).to_contain_text(FAN.name)
    mara.goto("/gifts/received/")
    row = mara.get_by_role("row", name=re.compile("From all of us"))
    expect(row).to_contain_text("Sent")
    expect(row.get_by_role("link", name=re.compile("€"))).to_be_visible()
    with mara.expect_response(re.compile("/live/stream/earnings/")):
        mara.goto("/gifts/studio/")
    today = mara.locator("#gifts-now .stat").first
    before = today.inner_text()
    tray.get_by_label("Message").fill("A slip")
    tray.get_by_role("button", name="Send Star").click()
    expect(today).not_to_have_text(before)  # sooner than a page that hears would ask: in a minute
    tray.get_by_role("button", name="Undo Star").click()
    expect(tray.get_by_role("button", name="Undo Star")).to_be_hidden()
    expect(other.locator(".bubble", has_text="A slip")).to_be_hidden()
    expect(today).to_have_text(before)
    refund(desk)
    expect(today).not_to_have_text(before)
    mara.goto("/gifts/received/")
    expect(mara.get_by_role("row", name=re.compile("From all of us"))).to_contain_text("Taken back")
    slip = mara.get_by_role("row", name=re.compile("A slip"))
    expect(slip).to_contain_text("Taken back")
    expect(slip.get_by_role("link", name=re.compile("€"))).to_have_count(0)
