"""The terms of a campaign: changed while it runs, and taken over into a copy."""

import datetime as dt
import uuid
from dataclasses import replace

from django.db import transaction

from takings.ads import queries
from takings.ads.actions.prepaid import CurrencyNotSold
from takings.ads.models import Campaign, CampaignStep, Change, Creative
from takings.ads.rules.campaigns import Terms, check_terms
from takings.ads.rules.changes import changes_between, check_change, name_of_copy
from takings.ads.rules.schedule import moved_to
from takings.core import ids
from takings.core.errors import Conflict
from takings.people.models import User
from takings.policies.queries import policy_at


class CampaignIdTaken(Conflict):
    """The id of a campaign is its idempotency key."""

    code = "campaign_id_taken"
    sentence = "A campaign with this id exists and is another one; open the form again."


@transaction.atomic
def change_terms(*, campaign_id: uuid.UUID, terms: Terms, user: User, at: dt.datetime) -> Campaign:
    """Change what a campaign buys; ad servers notice within two seconds. No money moves.

    What was decided before stays charged at its price. The same terms again change nothing.
    Refuses: all that ``check_terms`` and ``check_change`` do, CurrencyNotSold.
    """
    check_sold(terms, at=at)
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    before, after = queries.terms_of(campaign=campaign), tidied(terms)
    check_change(before, after, status=campaign.status, committed=campaign.committed)
    for column, value in columns_of(after).items():
        setattr(campaign, column, value)
    campaign.save(update_fields=columns_of(after))
    for word, (was, became) in changes_between(before, after).items():
        Change.objects.create(
            campaign=campaign, field=word, was=was, became=became, changed_by=user, changed_at=at
        )
    return campaign


@transaction.atomic
def duplicate_campaign(
    *, campaign_id: uuid.UUID, copy_id: uuid.UUID, user: User, at: dt.datetime
) -> Campaign:
    """Draft a campaign like another one, for as many days from today, with all its creatives.

    An approved creative is approved in the copy too: it says the same. The same copy asked for
    twice (its id) is one campaign. Refuses: CampaignIdTaken, and all that ``check_terms`` does.
    """
    original = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    terms = queries.terms_of(campaign=original)
    starts_at, ends_at = moved_to(
        at, starts_at=terms.starts_at, ends_at=terms.ends_at, time_zone=terms.time_zone
    )
    name = name_of_copy(terms.name)
    terms = replace(terms, name=name, starts_at=starts_at, ends_at=ends_at)
    check_sold(terms, at=at)
    copy, is_new = Campaign.objects.get_or_create(
        id=copy_id,
        defaults={"brand_id": original.brand_id, "drafted_at": at, **columns_of(terms)},
    )
    if is_new:
        CampaignStep.objects.create(campaign=copy, status=copy.status, taken_by=user, taken_at=at)
        for creative in queries.creatives_of(campaign=original):
            _copy(creative, to=copy, user=user, at=at)
    elif (copy.brand_id, copy.name) != (original.brand_id, name):
        raise CampaignIdTaken
    return copy


def check_sold(terms: Terms, *, at: dt.datetime) -> None:
    """Refuse terms that cannot be bought: all that ``check_terms`` does, CurrencyNotSold."""
    check_terms(terms, at=at)
    sold = policy_at(at=at).currency
    if terms.cpm.currency != sold:
        raise CurrencyNotSold(sold=sold, given=terms.cpm.currency)


def tidied(terms: Terms) -> Terms:
    """Return the terms without blanks around the name, each country once, in order."""
    return replace(terms, name=terms.name.strip(), countries=tuple(sorted(set(terms.countries))))


def columns_of(terms: Terms) -> dict[str, object]:
    """Return terms as the columns of a campaign."""
    return {
        "name": terms.name,
        "currency": terms.cpm.currency,
        "cpm_micros": terms.cpm.micros,
        "budget_micros": terms.budget.micros,
        "countries": list(terms.countries),
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
        "time_zone": terms.time_zone,
        "daily_budget_micros": terms.daily.micros if terms.daily else None,
    }


def _copy(creative: Creative, *, to: Campaign, user: User, at: dt.datetime) -> None:
    original_id = creative.pk
    creative.pk = ids.derived("creative copied", to.pk, original_id)
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
