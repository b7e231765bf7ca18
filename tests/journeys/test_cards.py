"""A card is paid and its owner never comes back: the sandbox's message alone credits the brand."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Phones
from tests.journeys.test_first_cent import join
from tests.make.product import until

TWICE = "4000 0000 0000 7023"
"""The card whose message comes twice."""


def test_a_brand_that_leaves_the_card_page_is_credited_once_all_the_same(phones: Phones) -> None:
    phone = phones.unlock()
    join(phone, email="carla@example.org", name="Carla", then="/ads/brands/new/")
    phone.get_by_label("Brand", exact=True).fill("Carla's Cork")
    phone.get_by_label("Website").fill("https://cork.example")
    phone.get_by_role("button", name="Open the brand").click()
    phone.get_by_role("link", name="Add money").click()
    phone.get_by_label("Amount").fill("40")
    phone.get_by_role("button", name="To the card page").click()
    expect(phone.get_by_role("heading", name="Pay $40.00")).to_be_visible()
    leave_while_paying(phone)
    until("the message is worked", lambda: "$40.00" in prepaid(phone))
    phone.goto("/ads/payments/")
    expect(phone.get_by_role("row")).to_have_count(2)
    phone.get_by_role("link", name=re.compile("Prepaid ads for Carla")).click()
    expect(phone.get_by_role("heading", name="Receipt")).to_be_visible()
    phone.get_by_role("link", name="The entry that booked it").click()
    expect(phone.get_by_text("paid in advance by card").first).to_be_visible()


def leave_while_paying(phone: Page) -> None:
    """Send the card's form and do not follow to where the merchant would ask what happened."""
    token = phone.locator("form input[name=csrfmiddlewaretoken]").first.input_value()
    card: dict[str, str | float | bool] = {
        "number": TWICE,
        "expires": "12 / 34",
        "code": "123",
        "csrfmiddlewaretoken": token,
    }
    answer = phone.request.post(
        phone.url, form=card, max_redirects=0, headers={"Referer": phone.url}
    )
    assert answer.headers["location"].endswith("/back/")


def prepaid(phone: Page) -> str:
    """Return what the console shows as prepaid."""
    phone.goto("/ads/")
    return phone.locator(".card.stat", has_text="Prepaid").first.inner_text()
