"""The brand pays in, uploads its creatives and starts its campaigns."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from takings.ads import actions as ads
from takings.ads.models import Campaign
from takings.ads.rules.campaigns import Frame, Message
from takings.ads.rules.terms import Draft, Terms
from takings.core import ids
from takings.demo.actions.people import Cast
from takings.demo.actions.posts import announce_clip
from takings.demo.rules.library import DEPOSITS_MICROS, SPOTS, WAITING, Spot
from takings.demo.rules.months import Months
from takings.money import Money
from takings.videos import actions as videos
from takings.videos.models import Purpose

CURRENCY = "USD"
FOOD_AND_DRINK = "IAB8"
RUNS_ON = dt.timedelta(days=60)


def deposit(*, cast: Cast, number: int, at: dt.datetime) -> None:
    """Pay in the n-th deposit; again changes nothing."""
    amount = Money(DEPOSITS_MICROS[number], CURRENCY)
    deposit_id = ids.derived("demo deposit", number)
    ads.deposit_prepaid(brand=cast.brand, amount=amount, id=deposit_id, at=at)


def open_campaigns(*, cast: Cast, time: Months) -> list[Campaign]:
    """Upload the creatives and let the campaigns run, as of last month; again changes nothing."""
    return [_open(spot, cast=cast, time=time) for spot in SPOTS]


def _open(spot: Spot, *, cast: Cast, time: Months) -> Campaign:
    starts_at = time.day(spot.day)
    creative = announce_clip(
        clip=spot.clip,
        user=cast.advertiser,
        details=videos.Details(spot.headline),
        published_at=starts_at,
        at=time.now,
        purpose=Purpose.CREATIVE,
    )
    draft = Draft(
        id=campaign_id_of(spot),
        frame=Frame(spot.name, Money(spot.budget_micros, CURRENCY)),
        terms=Terms(
            name=spot.name,
            price=Money(spot.cpm_micros, CURRENCY),
            countries=spot.countries,
            starts_at=starts_at,
            ends_at=time.now + RUNS_ON,
        ),
        message=Message(spot.headline, spot.call_to_action, spot.landing_url, FOOD_AND_DRINK),
        creative_id=creative.pk,
    )
    campaign = ads.create_campaign(
        brand=cast.brand, draft=draft, user=cast.advertiser, at=starts_at
    )
    if campaign.status == "drafted":
        _begin(campaign, cast=cast, at=starts_at)
    return campaign


def hand_in(*, campaigns: Sequence[Campaign], cast: Cast, at: dt.datetime) -> None:
    """Leave one more ad in review, for operators to look at; again changes nothing."""
    by_clip = dict(zip((spot.clip for spot in SPOTS), campaigns, strict=True))
    draft = ads.CreativeDraft(
        id=ids.derived("demo ad in review", WAITING.headline),
        video_id=by_clip[WAITING.clip].creatives.earliest("submitted_at").video_id,
        message=Message(
            WAITING.headline, WAITING.call_to_action, WAITING.landing_url, FOOD_AND_DRINK
        ),
    )
    campaign_id = by_clip[WAITING.campaign].pk
    ads.add_creative(campaign_id=campaign_id, draft=draft, user=cast.advertiser, at=at)


def campaign_id_of(spot: Spot) -> uuid.UUID:
    """Return the id of a demo campaign."""
    return ids.derived("demo campaign", spot.clip)


@transaction.atomic
def _begin(campaign: Campaign, *, cast: Cast, at: dt.datetime) -> None:
    """Approve the campaign's ad and activate it; ad servers show it once its video is ready."""
    creative = campaign.creatives.get()
    ads.approve_creative(
        creative_id=creative.pk, edition=creative.edition, operator=cast.operator, at=at
    )
    ads.activate_campaign(campaign_id=campaign.pk, user=cast.advertiser, at=at)
