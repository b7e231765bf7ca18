"""Copies: another campaign, or another line item, like one there is."""

import datetime as dt
import uuid
from dataclasses import replace

from django.db import transaction

from takings.ads import queries
from takings.ads.actions.campaigns import CampaignIdTaken
from takings.ads.actions.line_items import (
    LineItemDraft,
    add_line_item,
    columns_of_caps,
    pause_line_item,
)
from takings.ads.actions.locks import lock_campaign, lock_line_item
from takings.ads.models import Campaign, CampaignStep, Change, Creative, LineItem
from takings.ads.rules.changes import name_of_copy
from takings.ads.rules.schedule import days_until, moved_by
from takings.ads.rules.terms import Terms
from takings.core import ids
from takings.people.models import User


@transaction.atomic
def duplicate_campaign(
    *, campaign_id: uuid.UUID, copy_id: uuid.UUID, user: User, at: dt.datetime
) -> Campaign:
    """Draft a campaign like another one that begins today, with all its line items and creatives.

    An approved creative is approved in the copy too: it says the same. The same copy asked for
    twice (its id) is one campaign. Refuses: CampaignIdTaken, and all that ``check_terms`` does.
    """
    original = lock_campaign(campaign_id)
    name = name_of_copy(original.name)
    copy, is_new = Campaign.objects.get_or_create(
        id=copy_id,
        defaults={
            "brand_id": original.brand_id,
            "name": name,
            "currency": original.currency,
            "budget_micros": original.budget_micros,
            **columns_of_caps(queries.frame_of(campaign=original).caps),
            "drafted_at": at,
        },
    )
    if is_new:
        CampaignStep.objects.create(campaign=copy, status=copy.status, taken_by=user, taken_at=at)
        for creative in queries.creatives_of(campaign=original):
            _copy_creative(creative, to=copy, user=user, at=at)
        _copy_items(original, to=copy, user=user, at=at)
    elif (copy.brand_id, copy.name) != (original.brand_id, name):
        raise CampaignIdTaken
    return copy


@transaction.atomic
def duplicate_line_item(
    *, line_item_id: uuid.UUID, copy_id: uuid.UUID, user: User, at: dt.datetime
) -> LineItem:
    """Add a line item like another one that begins today, paused, so that it can be changed first.

    The same copy asked for twice (its id) is one line item. Refuses: as ``add_line_item``.
    """
    item = lock_line_item(line_item_id)
    known = LineItem.objects.filter(pk=copy_id, campaign=item.campaign_id).first()
    if known is not None:
        return known
    terms = queries.terms_of(item=item)
    days = days_until(at, starts_at=terms.starts_at, time_zone=terms.time_zone)
    terms = replace(_moved(terms, days=days), name=name_of_copy(terms.name))
    draft = LineItemDraft(copy_id, terms, kept=frozenset(terms.ads.ids))
    add_line_item(campaign_id=item.campaign_id, draft=draft, user=user, at=at)
    return pause_line_item(line_item_id=copy_id, user=user, at=at)


def _copy_items(original: Campaign, *, to: Campaign, user: User, at: dt.datetime) -> None:
    """Add the line items; the earliest begins today, the others as long after it as before."""
    items = queries.line_items_of(campaign=original)
    first = min(items, key=lambda item: item.starts_at)
    days = days_until(at, starts_at=first.starts_at, time_zone=first.time_zone)
    for item in items:
        terms = _moved(queries.terms_of(item=item), days=days)
        copies = tuple(_id_of_copy(one, to=to) for one in terms.ads.ids)
        terms = replace(terms, ads=replace(terms.ads, ids=copies))
        copy_id = ids.derived("line item copied", to.pk, item.pk)
        draft = LineItemDraft(copy_id, terms, kept=frozenset(copies))
        add_line_item(campaign_id=to.pk, draft=draft, user=user, at=at)


def _moved(terms: Terms, *, days: int) -> Terms:
    starts_at, ends_at = moved_by(
        days, starts_at=terms.starts_at, ends_at=terms.ends_at, time_zone=terms.time_zone
    )
    return replace(terms, starts_at=starts_at, ends_at=ends_at)


def _id_of_copy(creative_id: uuid.UUID, *, to: Campaign) -> uuid.UUID:
    return ids.derived("creative copied", to.pk, creative_id)


def _copy_creative(creative: Creative, *, to: Campaign, user: User, at: dt.datetime) -> None:
    creative.pk = _id_of_copy(creative.pk, to=to)
    creative.campaign = to
    creative.edition, creative.submitted_at, creative.paused_at = 1, at, None
    creative.save(force_insert=True)
    Change.objects.create(
        campaign=to,
        creative=creative,
        field="ad",
        was="",
        became=creative.headline,
        reason="copied with its campaign",
        changed_by=user,
        changed_at=at,
    )
