"""Which ads of its campaign a line item shows, and which of them comes next."""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from takings.ads import actions, queries
from takings.ads.actions import CreativeDraft, ServedKey
from takings.ads.edge import AdServer, Chosen
from takings.ads.models import Campaign, ChargedAd, Creative, LineItem
from takings.ads.rules.campaigns import Message
from takings.ads.rules.lines import Pricing, Rotation
from takings.ads.rules.rates import Rates
from takings.ads.rules.rotation import (
    AdOfOthers,
    BadWeight,
    DeclinedAd,
    ShownAds,
    TooManyAds,
    check_ads,
    tidied_ads,
)
from takings.ads.rules.snapshot import weigh
from takings.ads.rules.targeting import quarter_of
from takings.ads.rules.terms import check_terms
from takings.ads.rules.tokens import Placement
from takings.core import ids
from takings.people.models import User
from tests.ads.test_decision import line
from tests.ads.test_serving import ask, make_server
from tests.make.ads import (
    approve,
    change,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
    usd,
)
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator
from tests.make.videos import make_creative

MINUTE = dt.timedelta(minutes=1)
A, B, C = (uuid.UUID(int=n) for n in (1, 2, 3))


def test_what_is_chosen_says_each_ad_once_and_a_weight_for_each() -> None:
    check_ads(ShownAds())
    check_ads(ShownAds((A, B), (1, 10), Rotation.WEIGHTED))
    for wrong in (
        ShownAds((), (), Rotation.WEIGHTED),
        ShownAds((A, B), (1,), Rotation.WEIGHTED),
        ShownAds((A,), (0,), Rotation.WEIGHTED),
        ShownAds((A,), (11,), Rotation.WEIGHTED),
        ShownAds((A,), (3,)),
    ):
        with pytest.raises(BadWeight, match="from 1 to 10"):
            check_ads(wrong)
    with pytest.raises(TooManyAds):
        check_ads(ShownAds(tuple(uuid.uuid4() for _ in range(51))))
    assert tidied_ads(ShownAds((B, A, B), rotation=Rotation.BEST)).ids == (A, B)
    weighed = tidied_ads(ShownAds((B, A), (3, 1), Rotation.WEIGHTED))
    assert (weighed.ids, weighed.weights) == ((A, B), (1, 3))


def test_a_round_shows_each_ad_as_often_as_its_rotation_says() -> None:
    item = line(creative_ids=(A, B, C))
    rates = Rates({(item.id, A): 10_000, (item.id, B): 40_000, (item.id, C): 10_000})

    def shown(rotation: Rotation, *weights: int) -> tuple[dict[uuid.UUID, int], int]:
        rotating = replace(item, rotation=rotation, weights=weights)
        bid = weigh(rotating, creative_ids=item.creative_ids, rates=rates)
        return dict(Counter(bid.creative_ids)), bid.chance_ppm

    assert shown(Rotation.EVEN) == ({A: 1, B: 1, C: 1}, 20_000)
    assert shown(Rotation.WEIGHTED, 1, 2, 5) == ({A: 1, B: 2, C: 5}, 17_500)
    assert shown(Rotation.BEST) == ({A: 1, B: 28, C: 1}, 38_000), "nine of ten, and its third"
    capped = replace(item, rotation=Rotation.WEIGHTED, weights=(1, 2, 5))
    left = weigh(capped, creative_ids=(A, C), rates=rates)
    assert Counter(left.creative_ids) == {A: 1, C: 5}
    unknown = weigh(replace(item, rotation=Rotation.BEST), creative_ids=(A, C), rates=rates)
    assert unknown.creative_ids == (A, C), "equals take turns"


def make_rotating(*headlines: str) -> tuple[LineItem, list[Creative], User]:
    """Let a campaign run with so many approved ads more; return its line item and all its ads."""
    campaign = make_campaign()
    member = campaign.brand.members.get()
    for headline in headlines:
        add_ad(campaign, headline, member=member)
    approve(campaign)
    return campaign.line_items.get(), queries.creatives_of(campaign=campaign), member


def add_ad(campaign: Campaign, headline: str, *, member: User) -> Creative:
    said = Message(headline, "See it", "https://brand.example/coats")
    later = NOON + MINUTE
    draft = CreativeDraft(ids.uuid7(at=later), make_creative(member).pk, said)
    return actions.add_creative(campaign_id=campaign.pk, draft=draft, user=member, at=later)


def shown_by(server: AdServer, *, times: int = 8, at: dt.datetime = NOON) -> Counter[uuid.UUID]:
    """Return how often which video is shown."""
    found = [ask(server, at=at) for _ in range(times)]
    return Counter(one.decision.creative_id for one in found if isinstance(one, Chosen))


@pytest.mark.django_db
def test_a_line_item_shows_the_ads_it_chose_and_else_all_later_ones_too() -> None:
    item, (first, second), member = make_rotating("Dry all winter")
    server = make_server()
    server.refresh(at=NOON)
    assert shown_by(server) == {first.video_id: 4, second.video_id: 4}
    chosen = ShownAds((first.pk, second.pk), (1, 3), Rotation.WEIGHTED)
    change(item, ads=chosen)
    change(item, ads=chosen)
    server.refresh(at=NOON)
    assert shown_by(server) == {first.video_id: 2, second.video_id: 6}
    assert [str(one) for one in item.changes.order_by("pk")][-2:] == [
        "ads: all → “Warm all winter” × 1, “Dry all winter” × 3",
        "rotation: in turn → by weight",
    ]
    change(item, ads=ShownAds((second.pk,)))
    add_ad(item.campaign, "Cool all summer", member=member)
    approve(item.campaign)
    server.refresh(at=NOON)
    assert set(shown_by(server)) == {second.video_id}
    actions.pause_creative(creative_id=second.pk, user=member, at=NOON)
    server.refresh(at=NOON)
    assert not shown_by(server)
    item.refresh_from_db()
    assert queries.obstacles(item=item, at=NOON) == ["The approved ad is paused."]
    plan = queries.plan_in(campaign=item.campaign, terms=queries.terms_of(item=item), item=item)
    assert [ad.video_id for ad in plan.ads] == [second.video_id]
    assert plan.waits == "The approved ad is paused."
    change(item, ads=ShownAds())
    server.refresh(at=NOON)
    assert len(shown_by(server)) == 2


@pytest.mark.django_db
def test_ads_of_others_and_declined_ones_are_refused_by_name_and_nothing_changes() -> None:
    item, (own, declined), _ = make_rotating("Dry all winter")
    change(item, ads=ShownAds((declined.pk,)))
    actions.decline_creative(
        creative_id=declined.pk,
        edition=declined.edition,
        reason="Too dry.",
        operator=make_operator(),
        at=NOON,
    )
    change(item, ads=ShownAds((declined.pk,)), name="It was chosen before")
    for ads, planned in (((), own), ((own.pk, declined.pk), own), ((declined.pk,), declined)):
        terms = replace(queries.terms_of(item=item), ads=ShownAds(ads))
        plan = queries.plan_in(campaign=item.campaign, terms=terms, item=item)
        assert [ad.video_id for ad in plan.ads] == [planned.video_id], "what a forecast replays"
    copy_id = uuid.uuid4()
    user = item.campaign.brand.members.get()
    copies = [
        actions.duplicate_line_item(line_item_id=item.pk, copy_id=copy_id, user=user, at=NOON)
        for _ in range(2)
    ]
    assert [one.ads for one in copies] == [[declined.pk]] * 2
    change(item, ads=ShownAds((own.pk,)))
    theirs = make_campaign().creatives.get()
    for wrong, refusal in (
        (ShownAds((own.pk, theirs.pk)), AdOfOthers),
        (ShownAds((uuid.uuid4(),)), AdOfOthers),
        (ShownAds((own.pk, declined.pk)), DeclinedAd),
        (ShownAds((own.pk,), (), Rotation.WEIGHTED), BadWeight),
    ):
        with pytest.raises(refusal):
            change(item, ads=wrong)
    item.refresh_from_db()
    assert queries.ads_of(item=item) == ShownAds((own.pk,))
    item.ad_weights = [1]
    with pytest.raises(IntegrityError, match="ads_by_weight_have_weights"):
        item.save()


@pytest.mark.django_db
def test_a_copied_campaign_shows_its_own_copies_of_the_chosen_ads() -> None:
    item, (_, second), member = make_rotating("Dry all winter")
    change(item, ads=ShownAds((second.pk,), (7,), Rotation.WEIGHTED))
    copy = actions.duplicate_campaign(
        campaign_id=item.campaign_id, copy_id=uuid.uuid4(), user=member, at=NOON
    )
    ads = queries.ads_of(item=copy.line_items.get())
    assert (ads.weights, ads.rotation) == ((7,), Rotation.WEIGHTED)
    assert [copy.creatives.get(pk=one).headline for one in ads.ids] == ["Dry all winter"]


@pytest.mark.django_db
def test_the_likeliest_ad_is_shown_most_often_once_its_counts_say_so() -> None:
    item, (first, second), _ = make_rotating("Dry all winter")
    change(item, ads=ShownAds(rotation=Rotation.BEST))
    server = make_server()
    server.refresh(at=NOON)
    assert shown_by(server, times=2) == {first.video_id: 1, second.video_id: 1}
    for one in (first, second):
        key = ServedKey(item.pk, NOON.date(), quarter_of(NOON), "DE", Placement.FEED, one.video_id)
        actions.count_served(counts={key: 1_000})
    lease = make_lease(item, used_before=500)
    seen = [replace(make_decision(lease), creative_id=second.video_id) for _ in range(50)]
    beacons = [make_beacon(decision) for decision in seen]
    actions.charge_beacons(segment="one", beacons=beacons, at=NOON)
    later = NOON + 5 * MINUTE
    server.refresh(at=later)
    assert shown_by(server, at=later)[second.video_id] >= 7, "of eight, one in twenty is the other"
    assert [(one.video_id, one.charge_count) for one in ChargedAd.objects.all()] == [
        (second.video_id, 50)
    ]
    seldom, often = chances()
    assert seldom < often
    change(item, ads=ShownAds())
    assert len(set(chances())) == 1, "what is shown in turn is not compared"


def chances() -> list[int]:
    """Return how likely each ad of the line item is to be seen, in ppm, the first one first."""
    [found] = queries.line_items(queries.running_line_items(at=NOON), at=NOON)
    rates = queries.rates([found], at=NOON)
    return [rates.chance_ppm(found, creative_id=one) for one in found.creative_ids]


@pytest.mark.django_db
def test_an_advertiser_chooses_ads_in_the_browser() -> None:
    item, (first, second), member = make_rotating("Dry all winter")
    client = Client()
    client.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"/ads/line-items/{item.pk}/edit/"
    page = client.get(address).content.decode()
    assert f'src="/media/{second.video_id}/poster.webp"' in page
    assert "those that are added later" in page
    form = {
        "name": item.name,
        "price": "4.25",
        "pricing": Pricing.VCPM,
        "sale": "fixed",
        "starts_on": "2026-11-02",
        "ends_on": "2036-10-25",
        "time_zone": "UTC",
        "ads": [str(first.pk), str(second.pk)],
        "rotation": "weighted",
        f"weight-{first.pk}": "2",
    }
    wrong = client.post(address, form).content.decode()
    assert "give each a whole number from 1 to 10" in wrong
    assert 'value="2"' in wrong, "what was filled in is kept"
    assert "give each a whole number" in page_text(
        client.post(address, form | {"forecast": "part"})
    )
    large = client.post(address, form | {f"weight-{second.pk}": "11"}).content.decode()
    assert "less than or equal to 10" in large
    item.refresh_from_db()
    assert queries.ads_of(item=item) == ShownAds()
    client.post(address, form | {f"weight-{second.pk}": "5"})
    item.refresh_from_db()
    assert queries.ads_of(item=item).weight_of == {first.pk: 2, second.pk: 5}
    shown = page_text(client.get(f"/ads/line-items/{item.pk}/"))
    assert "Warm all winter × 2, Dry all winter × 5; by weight" in shown
    again = client.get(address).content.decode()
    assert 'value="5"' in again
    [listed] = client.get("/api/ads/campaigns").json()
    assert listed["line_items"][0]["ad_weights"] == [
        queries.ads_of(item=item).weight_of[one] for one in item.ads
    ]


@pytest.mark.django_db
def test_terms_with_a_missing_weight_are_refused_before_anything_is_asked() -> None:
    item, (first, _), _ = make_rotating("Dry all winter")
    terms = queries.terms_of(item=item)
    wrong = replace(terms, ads=ShownAds((first.pk,), (), Rotation.WEIGHTED))
    with pytest.raises(BadWeight):
        check_terms(wrong, within=usd("20"), at=NOON)
