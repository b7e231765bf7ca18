"""Competitors are kept apart: next to an ad nobody else advertises the same."""

import datetime as dt
import uuid
from pathlib import Path

import pytest

from takings.ads.edge import AdServer, Chosen
from takings.ads.edge import noted as memory
from takings.ads.models import Campaign
from takings.ads.queries import payers_of_posts
from takings.ads.rules.rivals import APART, Payer, Shown, subjects_of
from takings.ads.rules.serving import NO_CAMPAIGN, NoAd
from takings.ads.rules.tokens import Placement
from takings.people.rules import Viewer
from takings.videos.actions import disclose, force_disclosure
from takings.videos.models import Disclosed, Video
from tests.ads.test_partners import House, review_ad
from tests.ads.test_serving import make_server, someone
from tests.make.ads import Wanted, make_campaign, make_house, usd
from tests.make.bidders import Bidder, bids, make_partner
from tests.make.people import NOON, make_creator
from tests.make.videos import make_video

COFFEE, TEA, CARS = "IAB8-6", "IAB8-7", "IAB2-3"
SECOND = dt.timedelta(seconds=1)


def about(category: str, *, dollars: str) -> Campaign:
    campaign = make_campaign(wanted=Wanted(cpm=usd(dollars)))
    campaign.creatives.update(category=category)
    return campaign


def shown_to(
    viewer: Viewer,
    server: AdServer,
    *,
    at: dt.datetime = NOON,
    inside: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
) -> uuid.UUID | NoAd:
    placement = Placement.PRE if inside else Placement.FEED
    chosen = server.decide(viewer=viewer, after=inside or after, at=at, placement=placement)
    return chosen.offer.campaign_id if isinstance(chosen, Chosen) else chosen


@pytest.mark.django_db
def test_next_to_an_ad_no_other_advertises_the_same_and_later_they_do() -> None:
    dear, rival, cars = (
        about(COFFEE, dollars="9"),
        about(COFFEE, dollars="8"),
        about(CARS, dollars="1"),
    )
    server, viewer = make_server(), someone()
    server.refresh(at=NOON)
    assert shown_to(viewer, server) == dear.pk
    assert shown_to(viewer, server) == dear.pk  # nobody competes with themselves
    dear.line_items.update(paused_at=NOON)
    server.refresh(at=NOON)
    assert shown_to(viewer, server, at=NOON + APART - SECOND) == cars.pk
    assert shown_to(someone(), server) == rival.pk
    assert shown_to(viewer, server, at=NOON + APART) == rival.pk  # cars are no rival of coffee
    video = uuid.uuid4()
    assert shown_to(viewer, server, at=NOON + 2 * APART, inside=video) == rival.pk
    rival.line_items.update(paused_at=NOON)
    dear.line_items.update(paused_at=None)
    later = NOON + 9 * APART
    server.refresh(at=later)
    assert shown_to(viewer, server, at=later, inside=video) == cars.pk


@pytest.mark.django_db
def test_the_platforms_own_ads_compete_with_nobody_and_strangers_are_not_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = about(COFFEE, dollars="9"), about(COFFEE, dollars="8")
    house = make_house()
    house.creatives.update(category=COFFEE)
    server, viewer = make_server(), someone()
    shared = Viewer(viewer.viewer_id, None, "DE", NOON, is_shared=True)
    server.refresh(at=NOON)
    assert shown_to(viewer, server) == first.pk
    first.line_items.update(paused_at=NOON)
    server.refresh(at=NOON)
    assert shown_to(viewer, server) == house.pk
    assert shown_to(shared, server) == second.pk
    monkeypatch.setattr(memory, "MOST_VIEWERS", 1)
    shown_to(someone(), server)
    assert shown_to(viewer, server) == second.pk  # forgotten
    second.line_items.update(paused_at=NOON)
    server.refresh(at=NOON)
    assert shown_to(viewer, server) == house.pk
    house.line_items.update(paused_at=NOON)
    server.refresh(at=NOON)
    assert shown_to(viewer, server) == NO_CAMPAIGN


@pytest.mark.django_db
def test_at_a_post_that_a_brand_paid_for_no_competitor_of_it_is_shown() -> None:
    rival, own, cars = (
        about(COFFEE, dollars="9"),
        about(COFFEE, dollars="8"),
        about(CARS, dollars="1"),
    )
    house = make_house()
    house.creatives.update(category=COFFEE)
    paid, other = make_video(creator := make_creator()), make_video(creator)
    force_disclosure(video_id=paid.pk, partner=own.brand.name, at=NOON)
    server = make_server()
    server.refresh(at=NOON)
    for viewer in (someone(), Viewer(someone().viewer_id, None, "DE", NOON, is_shared=True)):
        assert shown_to(viewer, server, inside=paid.pk) == own.pk
    assert shown_to(someone(), server, inside=other.pk) == rival.pk
    own.line_items.update(paused_at=NOON)
    server.refresh(at=NOON)
    assert shown_to(someone(), server, inside=paid.pk) == cars.pk
    assert shown_to(someone(), server, after=paid.pk) == cars.pk
    cars.line_items.update(paused_at=NOON)
    server.refresh(at=NOON)
    assert shown_to(someone(), server, after=paid.pk) == house.pk


@pytest.mark.django_db
def test_what_a_post_was_paid_for_is_what_its_payer_advertises_or_else_its_own_category() -> None:
    coffee, creator = about(COFFEE, dollars="9"), make_creator()
    brand = coffee.brand
    spoken, stranger, silent, gifted = (make_video(creator) for _ in range(4))
    Video.objects.filter(pk__in=[spoken.pk, stranger.pk, gifted.pk]).update(category="IAB9-30")
    for video, kind, partner in (
        (spoken, Disclosed.PARTNERSHIP, brand.name.upper()),
        (stranger, Disclosed.PARTNERSHIP, "Kaffeehaus Süd"),
        (silent, Disclosed.PARTNERSHIP, "Kaffeehaus Süd"),
        (gifted, Disclosed.GIFTED, brand.name),
    ):
        disclose(video_id=video.pk, kind=kind, partner=partner, at=NOON)
    about_games = frozenset({"IAB9-30"})
    strange = Payer("kaffeehaus süd", about_games)
    assert payers_of_posts() == {
        spoken.pk: Payer(brand.pk, frozenset({COFFEE})),
        stranger.pk: strange,
    }
    coffee.creatives.update(category="")
    assert payers_of_posts() == {
        spoken.pk: Payer(brand.pk, about_games),
        stranger.pk: strange,
    }


def test_of_what_is_advertised_the_narrowest_counts_and_what_is_unsaid_never() -> None:
    payer = Payer(7, subjects_of([COFFEE, "IAB8"]))
    assert payer.is_rival(advertiser=8, categories={COFFEE, "IAB8"})
    assert not payer.is_rival(advertiser=7, categories={COFFEE})
    assert not payer.is_rival(advertiser=8, categories={TEA, "IAB8"})
    unsaid = Payer(7, subjects_of(["unsaid"]))
    assert not unsaid.is_rival(advertiser=8, categories={"unsaid"})
    assert not Shown(NOON, None, payer).is_beside(video_id=None, at=NOON + APART)


@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
def test_an_ad_of_a_partner_is_told_apart_by_its_own_category_and_its_own_advertiser(
    asked: Bidder, tmp_path: Path
) -> None:
    make_partner()
    house, viewer = House(asked), someone()
    asked.bid = bids("6", cat=["IAB8-6"])
    house.choose(viewer)
    house.look()
    review_ad(asked, tmp_path)
    coffee = about(COFFEE, dollars="20")
    house.look()
    [first] = house.choose(viewer)
    assert isinstance(first, Chosen)
    assert first.offer.campaign_id == coffee.pk
    coffee.line_items.update(paused_at=NOON)
    house.look()
    assert house.choose(viewer) == [NO_CAMPAIGN]
    [partners, again] = house.choose(other := someone(), other)
    assert isinstance(partners, Chosen)
    assert isinstance(again, Chosen)
    assert partners.offer.advertiser == again.offer.advertiser == "coats.example"
