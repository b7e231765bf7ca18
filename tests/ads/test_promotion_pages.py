"""A creator takes credits and promotes a video, through the pages; others are kept out."""

from uuid import uuid4

import pytest
from django.test import Client

from takings.ads.models import Campaign, Promoter
from takings.ads.queries.invoices import customer_key
from takings.ads.rules.forecast import Why
from takings.core import clock
from takings.invoicing.queries import billing_details
from takings.people.models import Role
from takings.videos.models import Video
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator, make_user
from tests.make.promotions import make_promoter, promote
from tests.make.settlement import make_act

pytestmark = pytest.mark.django_db
HOME = "/ads/promote/"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def test_a_creator_promotes_a_video_sees_its_numbers_pauses_and_ends_it(client: Client) -> None:
    ada = make_promoter()
    client.force_login(ada.creator.user)
    shown = page_text(client.get(HOME))
    assert "Free credits$10.00" in shown
    assert "Low tide" in shown
    assert f"{HOME}{ada.video_id}/" in client.get(f"/studio/videos/{ada.video_id}/").text
    page = f"{HOME}{ada.video_id}/"
    form = {"id": str(uuid4()), "budget": "5", "days": "2", "countries": ["DE"]}
    assert "You have $10.00 of free credits" in page_text(client.get(page))
    asked = client.post(page, {**form, "forecast": "part"})
    assert Why.YOUNG.sentence in page_text(asked)  # nothing was asked for yet
    assert "costs $5.00 or more" in client.post(page, {**form, "budget": 1, "forecast": "x"}).text
    assert "Fill in credits" in client.post(page, {**form, "days": "", "forecast": "part"}).text
    refused = client.post(page, {**form, "budget": "11"})
    assert (refused.status_code, "$10.00 are free" in refused.text) == (422, True)
    for _ in range(2):
        done = page_text(client.post(page, form, follow=True))
        assert "“Low tide” is promoted." in done
        assert "Not shown yet" in done
    campaign = Campaign.objects.get()
    one = f"/ads/promotions/{campaign.pk}/"
    for step, status in (("pause", "Paused"), ("resume", "Active"), ("end", "Ended")):
        assert status in page_text(client.post(f"{one}{step}/", follow=True))
    assert "cannot become" in page_text(client.post(f"{one}pause/", follow=True))
    assert client.post(f"{one}double/").status_code == 404
    assert "of $5.00" in page_text(client.get(one))
    assert "Low tide" in page_text(client.get(f"/ads/campaigns/{campaign.pk}/"))
    assert client.get("/ads/").headers["location"] == HOME
    assert "Free credits$10.00" in page_text(client.get(HOME))


def test_invoices_for_promotions_are_addressed_as_their_creator_says(client: Client) -> None:
    ada, brand = make_promoter(), Promoter.objects.get().brand
    page = f"/ads/invoices/?brand={brand.pk}"
    said = {"name": "Ada Lovelace", "address": "Invalidenstr. 43\nBerlin", "country": "DE"}
    client.force_login(ada.creator.user)
    assert page in client.get(HOME).text
    assert "addressed like this" in page_text(client.post(page, said, follow=True))
    details = billing_details(customer=customer_key(brand=brand))
    assert details is not None
    assert details.name == "Ada Lovelace"
    looker = make_user("Lou")
    brand.members.add(looker, through_defaults={"role": Role.VIEWER})
    client.force_login(looker)
    assert client.post(page, said).status_code == 403


def test_without_credits_or_videos_the_pages_say_what_to_do(client: Client) -> None:
    act = make_act("Ben")
    client.force_login(act.creator.user)
    page = f"{HOME}{act.video_id}/"
    assert "Take some of your earnings" in page_text(client.get(page))
    assert "Fill in credits" in client.post(page, {"forecast": "part", "budget": "5"}).text
    client.force_login(make_creator("Cem").user)
    assert "No public video yet" in page_text(client.get(HOME))
    assert client.get(page).status_code == 409


def test_others_do_not_see_a_promotion_and_what_is_gone_is_not_shown(client: Client) -> None:
    ada = make_promoter()
    page = f"/ads/promotions/{promote(ada).pk}/"
    client.force_login(make_creator("Eve").user)
    assert client.get(page).status_code == 404
    client.force_login(ada.creator.user)
    assert "As viewers see it" in client.get(page).text
    Video.objects.filter(pk=ada.video_id).update(visibility="private")
    gone = page_text(client.get(page))
    assert "Its video is not public any more" in gone
    assert "As viewers see it" not in gone
