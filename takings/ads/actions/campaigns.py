"""Campaigns: drafted, activated, paused, ended. Each change of status is a row."""

import datetime as dt
import uuid

from django.db import transaction

from takings.ads import queries
from takings.ads.actions.creatives import CreativeDraft, add_creative
from takings.ads.actions.terms import CampaignIdTaken, check_sold, columns_of, tidied
from takings.ads.models import Campaign, CampaignStep, Status
from takings.ads.rules.campaigns import Draft, check_message, check_step
from takings.core.errors import Conflict
from takings.people.models import Brand, User


class CampaignIsOver(Conflict):
    """A campaign whose last day has passed does not run again."""

    code = "campaign_is_over"
    sentence = "This campaign's dates are over; make a new one."


@transaction.atomic
def create_campaign(*, brand: Brand, draft: Draft, user: User, at: dt.datetime) -> Campaign:
    """Draft a campaign with its first creative.

    It shows and costs nothing until it is activated and the creative approved. The same draft
    sent twice (its id) makes one campaign.
    Refuses: all that ``check_terms`` and ``check_message`` do, CurrencyNotSold, NoSuchCreative,
    CampaignIdTaken.
    """
    check_sold(draft.terms, at=at)
    check_message(draft.message)
    terms = tidied(draft.terms)
    queries.access_ad_video(brand=brand, video_id=draft.creative_id)
    campaign, is_new = Campaign.objects.get_or_create(
        id=draft.id,
        defaults={"brand": brand, "drafted_at": at, **columns_of(terms)},
    )
    if is_new:
        _record(campaign, user=user, at=at)
        first = CreativeDraft(draft.id, draft.creative_id, draft.message)
        add_creative(campaign_id=campaign.pk, draft=first, user=user, at=at)
    elif (campaign.brand_id, campaign.name) != (brand.pk, terms.name):
        raise CampaignIdTaken
    return campaign


@transaction.atomic
def activate_campaign(*, campaign_id: uuid.UUID, user: User, at: dt.datetime) -> Campaign:
    """Let a drafted or paused campaign run.

    It is served as soon as one of its creatives is approved and ready.
    Refuses: WrongStep, CampaignIsOver.
    """
    campaign = _lock(campaign_id)
    check_step(status=campaign.status, wanted=Status.ACTIVE)
    if campaign.ends_at <= at:
        raise CampaignIsOver
    return _step(campaign, status=Status.ACTIVE, user=user, at=at)


@transaction.atomic
def pause_campaign(*, campaign_id: uuid.UUID, user: User, at: dt.datetime) -> Campaign:
    """Stop deciding for a campaign; what was decided before may still be seen and is charged.

    Ad servers notice within two seconds. Refuses: WrongStep.
    """
    campaign = _lock(campaign_id)
    check_step(status=campaign.status, wanted=Status.PAUSED)
    return _step(campaign, status=Status.PAUSED, user=user, at=at)


@transaction.atomic
def end_campaign(*, campaign_id: uuid.UUID, user: User, at: dt.datetime) -> Campaign:
    """End a campaign for good. Refuses: WrongStep."""
    campaign = _lock(campaign_id)
    check_step(status=campaign.status, wanted=Status.ENDED)
    return _step(campaign, status=Status.ENDED, user=user, at=at)


def _lock(campaign_id: uuid.UUID) -> Campaign:
    """Lock the campaign, so that two clicks at once are two steps or one refusal."""
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)


def _step(campaign: Campaign, *, status: Status, user: User, at: dt.datetime) -> Campaign:
    campaign.status = status
    campaign.save(update_fields=["status"])
    _record(campaign, user=user, at=at)
    return campaign


def _record(campaign: Campaign, *, user: User, at: dt.datetime) -> None:
    CampaignStep.objects.create(
        campaign=campaign, status=campaign.status, taken_by=user, taken_at=at
    )
