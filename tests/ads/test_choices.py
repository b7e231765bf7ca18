"""Creators keep ads away from their videos, by what the ads say they advertise."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client as Browser

from takings.ads import actions, queries
from takings.ads.edge import Chosen
from takings.ads.models import AdChoice
from takings.ads.rules.campaigns import Message
from takings.people.models import Creator
from takings.videos.models import Video
from takings.videos.rules.categories import BadCategory
from tests.ads.test_serving import make_server, someone
from tests.make.ads import approve, make_campaign
from tests.make.people import NOON, make_creator
from tests.make.videos import make_video

MINUTE = dt.timedelta(minutes=1)
BEER = "IAB8-5"


def keep_away(creator: Creator, *categories: str, at: dt.datetime = NOON) -> AdChoice:
    return actions.choose_ads(creator=creator, blocked_categories=categories, at=at)


@pytest.mark.django_db
def test_an_ad_stays_away_from_videos_whose_creator_does_not_want_it() -> None:
    campaign = make_campaign()
    ada, ben = make_creator(), make_creator()
    adas, bens = make_video(ada), make_video(ben)
    server = make_server()

    def shown_after(*, minutes: int) -> list[Video]:
        at = NOON + minutes * MINUTE
        server.refresh(at=at)
        found = {one: server.decide(viewer=someone(), after=one.pk, at=at) for one in (adas, bens)}
        return [one for one, chosen in found.items() if isinstance(chosen, Chosen)]

    assert shown_after(minutes=0) == [adas, bens]
    keep_away(ada, "IAB8")
    assert shown_after(minutes=1) == [bens], "it does not say what it advertises"
    creative = campaign.creatives.get()
    for category, shown in (("IAB17", [adas, bens]), (BEER, [bens])):
        message = Message(
            creative.headline, creative.call_to_action, creative.landing_url, category
        )
        user = campaign.brand.members.get()
        actions.change_creative(creative_id=creative.pk, message=message, user=user, at=NOON)
        approve(campaign)
        assert shown_after(minutes=2) == shown
    changes = creative.changes.filter(field="category")
    assert str(changes.last()) == "category: Sports → Cocktails/Beer"
    keep_away(ada)
    assert shown_after(minutes=3) == [adas, bens]


@pytest.mark.django_db
def test_a_choice_is_made_once_and_only_of_categories_there_are() -> None:
    ada = make_creator()
    assert keep_away(ada, "IAB8", "IAB1", "IAB8").blocked_categories == ["IAB1", "IAB8"]
    again = keep_away(ada, "IAB1", "IAB8", at=NOON + MINUTE)
    assert again.chosen_at == NOON
    with pytest.raises(BadCategory):
        keep_away(ada, "Beer")
    assert queries.blocked_by(creator=ada) == ["IAB1", "IAB8"]
    assert str(again) == f"@{ada.handle}: IAB1 IAB8"


@pytest.mark.django_db
def test_a_creator_chooses_in_the_studio() -> None:
    ada = make_creator()
    browser = Browser()
    browser.force_login(ada.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = "/ads/on-your-videos/"
    assert f'href="{address}"' in browser.get("/studio/videos/").content.decode()
    assert "checked" not in browser.get(address).content.decode()
    wrong = browser.post(address, {"blocked_categories": ["IAB99"]}).content.decode()
    assert "IAB99 is not one of the available choices" in wrong
    assert browser.post(address, {"blocked_categories": [BEER]})["Location"] == address
    page = browser.get(address).content.decode()
    assert page.count("checked") == 1
    browser.post(address)
    assert queries.blocked_by(creator=ada) == []
