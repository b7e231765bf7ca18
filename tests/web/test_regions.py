"""The regions of an ad in a browser: they are there as soon as a country is chosen."""

import pytest
from playwright.sync_api import expect

from tests.make.ads import make_line_item
from tests.make.browser import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_regions_of_a_country_are_listed_once_it_is_chosen(look: Look) -> None:
    item = make_line_item()
    user = item.campaign.brand.members.get()
    page = look.open(f"/ads/line-items/{item.pk}/edit/", user=user)
    page.get_by_text("Who sees it").click()
    expect(page.get_by_role("button", name="Show the regions")).to_be_hidden()
    regions = page.locator("#regions")
    expect(regions.get_by_text("Bayern")).to_be_visible()
    regions.get_by_text("Bayern").click()
    page.locator("#countries").get_by_text("France", exact=True).click()
    expect(regions.get_by_text("Corse, France")).to_be_visible()
    expect(regions.get_by_label("Bayern, Germany")).to_be_checked()
    page.get_by_label("Find a region").fill("corse")
    expect(regions.get_by_text("Bayern")).to_be_hidden()
    page.locator("#countries").get_by_text("France", exact=True).click()
    expect(regions.get_by_text("Corse, France")).to_have_count(0)
