"""The tree of accounts in a browser: unfolded by keyboard, what is below comes when asked for."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from takings.insights.queries import accounts
from tests.make.browser import Look
from tests.make.ledger import make_posted, move
from tests.make.people import make_operator
from tests.web.test_every_page import JUDGE, TAGS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_branch_is_unfolded_by_keyboard_and_continued(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "NODES", 2)
    make_posted(*(move("bank", f"creator:{number}:pending", "1") for number in range(1, 4)))
    page = look.open("/desk/accounts/", user=make_operator())
    creators = page.locator("summary", has_text="creator")
    creators.focus()
    page.keyboard.press("Enter")
    first = page.locator("summary", has_text="1 account").first
    expect(first).to_be_visible()
    more = page.get_by_role("link", name="More after 2")
    more.press("Enter")
    third = page.locator("summary:focus")
    expect(third.locator(".node-name")).to_have_text("3")
    expect(more).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="pending")).to_be_visible()
    page.evaluate((Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text())
    assert page.evaluate(JUDGE, TAGS) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="pending")).to_be_hidden()


def test_what_cannot_be_fetched_stays_a_link(look: Look) -> None:
    make_posted(move("bank", "creator:1:pending", "1"))
    look.tolerated |= {"503"}
    page = look.page(look.context(user=make_operator()))
    page.route("**/branch/**", lambda route: route.fulfill(status=503))
    page.goto("/desk/accounts/")
    page.locator("summary", has_text="creator").press("Enter")
    expect(page.get_by_role("status")).to_have_text("This could not be loaded. Try the link.")
    page.unroute_all()  # intercepted, styles come late, and Chromium complains of the lost fade
    page.get_by_role("link", name="Open what is below creator").click()
    expect(page.locator("summary", has_text="1 account")).to_be_visible()
    expect(page).to_have_url(f"{look.url}/desk/accounts/?prefix=creator:")
