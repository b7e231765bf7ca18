"""Campaigns: drafted, activated, paused, ended. Each change of status is a row."""

import datetime as dt
import uuid

from django.db import transaction

from takings.ads import queries
from takings.ads.actions.creatives import CreativeDraft, add_creative
from takings.ads.actions.line_items import (
    LineItemDraft,
    add_line_item,
    check_sold,
    columns_of_caps,
    record_change,
)
from takings.ads.actions.locks import lock_campaign
from takings.ads.models import Campaign, CampaignStep, Status
from takings.ads.rules.campaigns import Frame, check_frame, check_step
from takings.ads.rules.changes import Taken, check_frame_change, differences, told_frame
from takings.ads.rules.terms import Draft
from takings.core.errors import Conflict
from takings.people.models import Brand, User


class CampaignIdTaken(Conflict):
    """The id of a campaign is its idempotency key."""

    code = "campaign_id_taken"
    sentence = "A campaign with this id exists and is another one; open the form again."


class CampaignIsOver(Conflict):
    """A campaign whose last day has passed does not run again."""

    code = "campaign_is_over"
    sentence = "This campaign's dates are over; give a line item new ones, or duplicate it."


@transaction.atomic
def create_campaign(*, brand: Brand, draft: Draft, user: User, at: dt.datetime) -> Campaign:
    """Draft a campaign with its first line item and its first creative.

    It shows and costs nothing until it is activated and the creative approved. The same draft
    sent twice (its id) makes one campaign.
    Refuses: all that ``check_terms`` and ``check_message`` do, CurrencyNotSold, NoSuchGoal,
    NoSuchCreative, WrongPayer, CampaignIdTaken.
    """
    check_frame(draft.frame)
    check_sold(draft.terms, within=draft.frame.budget, at=at)
    queries.access_ad_video(brand=brand, video_id=draft.creative_id)
    columns = _columns_of(draft.frame)
    campaign, is_new = Campaign.objects.get_or_create(
        id=draft.id, defaults={"brand": brand, "drafted_at": at, **columns}
    )
    if is_new:
        _record(campaign, user=user, at=at)
        item = LineItemDraft(draft.id, draft.terms)
        add_line_item(campaign_id=campaign.pk, draft=item, user=user, at=at)
        first = CreativeDraft(draft.id, draft.creative_id, draft.message)
        add_creative(campaign_id=campaign.pk, draft=first, user=user, at=at)
    elif (campaign.brand_id, campaign.name) != (brand.pk, columns["name"]):
        raise CampaignIdTaken
    return campaign


@transaction.atomic
def change_campaign(
    *, campaign_id: uuid.UUID, frame: Frame, user: User, at: dt.datetime
) -> Campaign:
    """Change a campaign's name, budget or caps, at any time until it has ended. No money moves.

    The same again changes nothing. Refuses: BadText, BadCap, and as ``check_frame_change`` does.
    """
    check_frame(frame)
    campaign = lock_campaign(campaign_id)
    taken = Taken(campaign.status, has_run=False, committed=campaign.committed)
    lines = [queries.terms_of(item=item) for item in queries.line_items_of(campaign=campaign)]
    check_frame_change(frame, lines=lines, taken=taken)
    before = queries.frame_of(campaign=campaign)
    columns = _columns_of(frame)
    for column, value in columns.items():
        setattr(campaign, column, value)
    campaign.save(update_fields=columns)
    became = told_frame(queries.frame_of(campaign=campaign))
    record_change(campaign, differences(told_frame(before), became), user=user, at=at)
    return campaign


@transaction.atomic
def activate_campaign(*, campaign_id: uuid.UUID, user: User, at: dt.datetime) -> Campaign:
    """Let a drafted or paused campaign run.

    It is served as soon as one of its creatives is approved and ready.
    Refuses: WrongStep, CampaignIsOver.
    """
    campaign = lock_campaign(campaign_id)
    check_step(status=campaign.status, wanted=Status.ACTIVE)
    if not campaign.line_items.filter(ends_at__gt=at).exists():
        raise CampaignIsOver
    return _step(campaign, status=Status.ACTIVE, user=user, at=at)


@transaction.atomic
def pause_campaign(*, campaign_id: uuid.UUID, user: User, at: dt.datetime) -> Campaign:
    """Stop deciding for a campaign; what was decided before may still be seen and is charged.

    Ad servers notice within two seconds. Refuses: WrongStep.
    """
    campaign = lock_campaign(campaign_id)
    check_step(status=campaign.status, wanted=Status.PAUSED)
    return _step(campaign, status=Status.PAUSED, user=user, at=at)


@transaction.atomic
def end_campaign(*, campaign_id: uuid.UUID, user: User, at: dt.datetime) -> Campaign:
    """End a campaign for good. Refuses: WrongStep."""
    campaign = lock_campaign(campaign_id)
    check_step(status=campaign.status, wanted=Status.ENDED)
    return _step(campaign, status=Status.ENDED, user=user, at=at)


def _step(campaign: Campaign, *, status: Status, user: User, at: dt.datetime) -> Campaign:
    campaign.status = status
    campaign.save(update_fields=["status"])
    _record(campaign, user=user, at=at)
    return campaign


def _record(campaign: Campaign, *, user: User, at: dt.datetime) -> None:
    CampaignStep.objects.create(
        campaign=campaign, status=campaign.status, taken_by=user, taken_at=at
    )


def _columns_of(frame: Frame) -> dict[str, object]:
    """Return a frame as the columns of a campaign."""
    return {
        "name": frame.name.strip(),
        "currency": frame.budget.currency,
        "budget_micros": frame.budget.micros,
        **columns_of_caps(frame.caps),
    }
