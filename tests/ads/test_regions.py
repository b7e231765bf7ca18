"""Ads for regions, which viewers state: who sees them, what they read of it, and what is kept."""

import uuid
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client as Browser

from takings.ads import actions, queries
from takings.ads.edge import AdServer, Chosen
from takings.ads.edge.players import read_player
from takings.ads.edge.routes import Message, known_viewer
from takings.ads.edge.sampler import PERIOD
from takings.ads.models import SampledRequest, StatedRegion
from takings.ads.rules.consent import Use
from takings.ads.rules.targeting import Audience, RegionOfOtherCountry, UnknownTarget
from takings.people.rules import VIEWER_COOKIE, Viewer, sign_viewer
from tests.ads.test_serving import make_server, someone
from tests.make.ads import Wanted, change, make_line_item
from tests.make.pages import page_text
from tests.make.people import NOON

PLACES = ("DE", "DE-BY", "DE-BE", "FR", "FR-01", "FR-ARA", "FR-13")
"""Where somebody is: of whom no region is known, the country."""


def who_sees(server: AdServer) -> set[str]:
    """Return from which places a viewer is shown the ad."""
    return {one for one in PLACES if isinstance(ask_from(server, one), Chosen)}


def ask_from(server: AdServer, place: str) -> object:
    country, stated, _ = place.partition("-")
    viewer = replace(someone(country), region=place if stated else "")
    return server.decide(viewer=viewer, after=None, at=NOON)


@pytest.mark.django_db
def test_an_ad_for_regions_goes_to_who_states_one_of_them_or_one_that_lies_in_it() -> None:
    item = make_line_item(Wanted(countries=()))
    server = make_server()
    everybody = set(PLACES)
    for audience, seen in (
        (Audience(regions=("DE-BY",)), {"DE-BY"}),
        (Audience(regions=("DE-BY", "FR-ARA")), {"DE-BY", "FR-01", "FR-ARA"}),
        (Audience(regions=("FR-ARA",), blocked_regions=("FR-01",)), {"FR-ARA"}),
        (Audience(blocked_regions=("FR-ARA",)), {"DE", "DE-BY", "DE-BE", "FR-13"}),
        (Audience(), everybody),
    ):
        change(item, audience=audience)
        server.refresh(at=NOON)
        assert who_sees(server) == seen, audience
    change(item, countries=("DE", "FR"), audience=Audience(regions=("FR-ARA",)))
    server.refresh(at=NOON)
    assert who_sees(server) == {"FR-01", "FR-ARA"}, "in Germany nobody"


@pytest.mark.django_db
def test_a_region_that_is_none_or_of_another_country_is_refused_and_nothing_changes() -> None:
    item = make_line_item()
    with pytest.raises(UnknownTarget, match="“DE-XX” is none of the regions"):
        change(item, audience=Audience(regions=("DE-XX",)))
    for lists in ({"regions": ("FR-01",)}, {"blocked_regions": ("DE-BY", "FR-01")}):
        with pytest.raises(RegionOfOtherCountry, match=r"^Ain .* is in France; choose"):
            change(item, audience=Audience(**lists))
    item.refresh_from_db()
    assert queries.audience_of(item=item) == Audience()
    assert not item.changes.filter(field="regions").exists()


@pytest.mark.django_db
def test_a_viewer_reads_that_their_region_was_used_and_where_to_change_it() -> None:
    item = make_line_item()
    server = make_server()
    for audience, used in (
        (Audience(regions=("DE-BY",)), "your region, Bayern, as you stated"),
        (Audience(blocked_regions=("DE-BE",)), "your region, as you stated"),
    ):
        change(item, audience=audience)
        server.refresh(at=NOON)
        chosen = ask_from(server, "DE-BY")
        assert isinstance(chosen, Chosen)
        assert chosen.why[3:] == [
            f"Only your country, {used} and this place were used.",
            "Your country is the one of your account.",
            "Under Privacy you choose your region, or none.",
        ]
    change(item, audience=Audience())
    server.refresh(at=NOON)
    chosen = ask_from(server, "DE-BY")
    assert isinstance(chosen, Chosen)
    assert "Not based on your profile: only your country and this place were used." in chosen.why


def test_a_region_is_known_only_where_profiles_are_allowed() -> None:
    viewer = Viewer(uuid.uuid4(), 7, "DE", NOON, region="DE-BY")
    token = sign_viewer(viewer, key=settings.SECRET_KEY)
    cookie = (b"cookie", f"{VIEWER_COOKIE}={token}".encode())
    private = known_viewer([cookie, (b"sec-gpc", b"1")], at=NOON)
    assert private is not None
    assert private.region == ""
    scope: Message = {"headers": [cookie], "client": ("192.0.2.7", 1)}
    regions = [read_player(scope, at=NOON, use=use).viewer.region for use in Use]
    assert regions == ["", "", "DE-BY"]


@pytest.mark.django_db
def test_forecasts_and_reports_know_the_regions_of_requests() -> None:
    make_line_item()
    server = make_server()
    server.refresh(at=NOON)
    for place in ("DE", "DE-BY"):
        ask_from(server, place)
    server.refresh(at=NOON + PERIOD)
    assert [one.region for one in StatedRegion.objects.all()] == ["DE-BY"]
    assert sorted(SampledRequest.objects.values_list("region", flat=True)) == ["", "DE-BY"]
    found = queries.sampled_requests(at=NOON + PERIOD)
    assert {one.here.region for one in found} == {"", "DE-BY"}
    assert actions.forget_samples(at=NOON + PERIOD) == 0


@pytest.mark.django_db
def test_an_advertiser_chooses_regions_of_the_chosen_countries_in_the_browser() -> None:
    item = make_line_item()
    browser = Browser()
    member = item.campaign.brand.members.get()
    browser.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"/ads/line-items/{item.pk}/edit/"
    assert "Bayern" in browser.get(address).content.decode()
    form = {
        "name": item.name,
        "price": "4.25",
        "pricing": "vcpm",
        "sale": "fixed",
        "starts_on": "2026-11-02",
        "ends_on": "2036-10-25",
        "time_zone": "UTC",
        "countries": ["DE", "FR"],
        "regions": ["DE-BY", "FR-ARA"],
    }
    shown = browser.post(address, form | {"countries": "FR", "forecast": "regions"})
    page = shown.content.decode()
    assert "<details open>" in page
    assert "Bouches-du-Rhône" in page
    assert 'value="DE-BY" id="id_regions' in page, "what was chosen is kept"
    part = browser.post(address, form | {"countries": "FR", "forecast": "regions-part"})
    assert "<html" not in part.content.decode(), "a script asks for this part alone"
    assert "Bouches-du-Rhône" in page_text(part)
    refused = browser.post(address, form | {"countries": "FR"}).content.decode()
    assert "Bayern is in Germany; choose that country, too" in refused
    assert (
        "is not one of the available"
        in browser.post(address, form | {"regions": "DE-XX"}).content.decode()
    )
    item.refresh_from_db()
    assert item.regions == []
    browser.post(address, form)
    item.refresh_from_db()
    assert item.regions == ["DE-BY", "FR-ARA"]
    assert str(item.changes.get(field="regions")) == "regions: any → DE-BY FR-ARA"
    assert "Bayern, Auvergne-Rhône-Alpes" in page_text(browser.get(f"/ads/line-items/{item.pk}/"))
    [listed] = browser.get("/api/ads/campaigns").json()
    assert listed["line_items"][0]["regions"] == ["DE-BY", "FR-ARA"]
