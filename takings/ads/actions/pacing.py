"""Spreading a budget: chosen for a campaign, or not; and its pace, set anew every minute."""

import datetime as dt
import uuid

from django.db import transaction

from takings.ads import queries
from takings.ads.models import Campaign, Pace, Status
from takings.ads.rules.campaigns import WrongStep
from takings.ads.rules.lines import Sale
from takings.ads.rules.pacing import (
    FIRST_PART_PPM,
    Spending,
    day_budget,
    next_pace,
    planned_part,
    running_day,
)
from takings.people.models import User

OFTEN_ENOUGH = dt.timedelta(seconds=30)
"""A pace is set once a minute, however often it is asked for."""


@transaction.atomic
def spread_campaign(*, campaign_id: uuid.UUID, user: User, at: dt.datetime) -> Campaign:
    """Spend a campaign's budget evenly over its days, and each day's part evenly over the day.

    Choosing it twice is choosing it once. Refuses: WrongStep, when the campaign has ended.
    """
    campaign = _lock(campaign_id)
    if campaign.status == Status.ENDED:
        raise WrongStep(status=campaign.status, wanted="spread over its days")
    Pace.objects.get_or_create(
        campaign=campaign,
        defaults={
            "pace_ppm": FIRST_PART_PPM,
            "set_at": at,
            "chosen_by": user,
            "chosen_at": at,
        },
    )
    return campaign


@transaction.atomic
def hurry_campaign(
    *,
    campaign_id: uuid.UUID,
    user: User,  # noqa: ARG001 - every change of a campaign is asked for by somebody
    at: dt.datetime,  # noqa: ARG001 - and at some time
) -> Campaign:
    """Spend a campaign's budget as fast as viewers come; again changes nothing."""
    campaign = _lock(campaign_id)
    Pace.objects.filter(campaign=campaign).delete()
    return campaign


@transaction.atomic
def set_paces(*, at: dt.datetime) -> int:
    """Set the pace of every running campaign that spreads its budget; count them.

    The rows are locked, so that two workers at once set each once.
    """
    due = Pace.objects.filter(
        campaign__status=Status.ACTIVE,
        campaign__starts_at__lte=at,
        campaign__ends_at__gt=at,
        set_at__lte=at - OFTEN_ENOUGH,
    )
    paces = list(due.select_related("campaign").order_by("pk").select_for_update(of=("self",)))
    for pace in paces:
        spending = _spending(pace.campaign, at=at)
        pace.pace_ppm = next_pace(pace.pace_ppm, spending=spending, sale=Sale.FIXED)
        pace.set_at = at
        pace.save(update_fields=["pace_ppm", "set_at"])
    return len(paces)


def _spending(campaign: Campaign, *, at: dt.datetime) -> Spending:
    """Compare what was charged today with today's even part of what was left this morning."""
    runs = (campaign.starts_at, campaign.ends_at)
    day = running_day(at, time_zone=campaign.time_zone, runs=runs)
    before, today = queries.charged_around(campaign=campaign, at=day.starts_at)
    left = campaign.budget_micros - before.micros
    budget = day_budget(
        left, day=day, ends_at=campaign.ends_at, most_micros=campaign.daily_budget_micros
    )
    return Spending(
        budget_micros=budget,
        planned_micros=int(budget * planned_part(at, day=day)),
        spent_micros=today.micros,
    )


def _lock(campaign_id: uuid.UUID) -> Campaign:
    """Lock the campaign, so that two choices at once come one after the other."""
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
