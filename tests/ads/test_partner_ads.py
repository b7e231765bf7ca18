"""Ads of partners: taken once, kept with what they advertise, refused with a reason."""

import uuid
from pathlib import Path

import pytest
from django.test import Client
from procrastinate.contrib.django import app

from takings.ads import actions
from takings.ads.actions import Traffic
from takings.ads.actions.partner_creatives import BrandWithoutOwner
from takings.ads.actions.partner_traffic import MOST_WAITING, SeenCreative
from takings.ads.edge.server import Chosen
from takings.ads.edge.stock import Spot
from takings.ads.models import (
    PartnerCreative,
)
from takings.ads.queries import demand_partners
from takings.ads.rules.partners import Outcome
from takings.ads.rules.serving import NO_CAMPAIGN
from takings.people.models import Membership
from tests.ads.test_partners import House, counted, review_ad, someone
from tests.make.bidders import (
    Bidder,
    bids,
    make_partner,
)
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator, make_operator
from tests.make.videos import make_video

pytestmark = pytest.mark.django_db


def test_what_an_ad_advertises_is_kept_and_holds_for_later_bids(
    asked: Bidder, tmp_path: Path
) -> None:
    partner, ada = make_partner(), make_creator()
    guarded = make_video(ada)
    actions.choose_ads(creator=ada, blocked_categories=["IAB8"], at=NOON)
    house = House(asked)
    asked.bid = bids("3", cat=["IAB8-5", "of us"])
    house.choose(someone())
    house.look()
    review_ad(asked, tmp_path)
    row = PartnerCreative.objects.get()
    assert row.creative is not None
    assert (row.categories, row.creative.category) == (["IAB8-5"], "IAB8-5")
    assert partner.line_item.campaign.creatives.filter(category="").exists(), "another says nothing"
    house.look()
    asked.bid = bids("3", cat=["IAB1"])
    chosen = [house.choose_at(Spot(someone(), one, NOON)) for one in (guarded.pk, uuid.uuid4())]
    assert chosen[0] == NO_CAMPAIGN
    assert isinstance(chosen[1], Chosen)
    assert chosen[1].offer.categories == ("IAB1", "IAB8", "IAB8-5")
    house.look()
    assert counted() == {"asked": 3, "new_creative": 1, "blocked_category": 1, "won": 1}
    desk = Client()
    desk.force_login(make_operator())
    assert "Cocktails/Beer" in page_text(desk.get(f"/ads/desk/partners/{partner.pk}/"))


def test_only_so_many_new_ads_wait_and_what_cannot_be_taken_says_why(asked: Bidder) -> None:
    partner = make_partner()
    seen = [
        SeenCreative(partner.pk, f"c{number}", "coats.example", "<html>")
        for number in range(MOST_WAITING + 1)
    ]
    for _ in range(2):
        traffic = Traffic(seen=[*seen, *seen])
        actions.record_partner_traffic(server="server-1", traffic=traffic, at=NOON)
    assert PartnerCreative.objects.count() == MOST_WAITING
    first = PartnerCreative.objects.earliest("pk")
    for _ in range(2):
        row = actions.take_partner_creative(creative_id=first.pk, at=NOON, outside=asked.way)
        assert row.refused_why == "The tag answers with something that is not VAST."
    [known] = demand_partners(at=NOON)
    assert (known.hidden["c0"], known.hidden["c1"]) == (Outcome.NOT_APPROVED, Outcome.IN_REVIEW)
    for _ in range(2):
        actions.retry_partner_creative(partner_id=partner.pk, creative_id=first.pk)
        first.refresh_from_db()
        assert first.refused_why == ""
    Membership.objects.all().delete()
    app.tasks["ads.take_partner_creative"].func(creative_id=first.pk)
    first.refresh_from_db()
    assert first.refused_why == BrandWithoutOwner.sentence
    assert PartnerCreative.objects.exclude(creative=None).count() == 0
    app.tasks["ads.tell_partners"].func()
