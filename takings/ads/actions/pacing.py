"""Spreading a budget: chosen for a line item, or not; and its pace, set anew every minute."""

import datetime as dt
import uuid

from django.db import transaction

from takings.ads import queries
from takings.ads.actions.line_items import record_change
from takings.ads.actions.locks import lock_line_item
from takings.ads.models import LineItem, Pace, Status
from takings.ads.rules.changes import check_open
from takings.ads.rules.lines import Pricing, Sale
from takings.ads.rules.pacing import (
    FIRST_BID_PPM,
    FIRST_PART_PPM,
    Spending,
    day_budget,
    next_pace,
    planned_part,
    running_day,
)
from takings.core.errors import Conflict
from takings.people.models import User

MINUTE = dt.timedelta(minutes=1)
OFTEN_ENOUGH = dt.timedelta(seconds=30)
"""A pace is set once a minute, however often it is asked for."""
EVEN, FAST = "evenly over its days", "as fast as viewers come"


class NothingToSpread(Conflict):
    """The platform's own ads have no budget."""

    code = "nothing_to_spread"
    sentence = "This line item costs nothing, so it has no budget to spread over its days."


@transaction.atomic
def spread_line_item(*, line_item_id: uuid.UUID, user: User, at: dt.datetime) -> LineItem:
    """Spend a budget evenly over a line item's days, and each day's part evenly over the day.

    Choosing it twice is choosing it once. Refuses: CampaignHasEnded, NothingToSpread.
    """
    item = lock_line_item(line_item_id)
    check_open(item.campaign.status)
    if item.pricing == Pricing.FREE:
        raise NothingToSpread
    _, is_new = Pace.objects.get_or_create(
        line_item=item,
        defaults={
            "pace_ppm": FIRST_BID_PPM if item.sale == Sale.AUCTION else FIRST_PART_PPM,
            "set_at": at,
            "chosen_by": user,
            "chosen_at": at,
        },
    )
    if is_new:
        record_change(item, {"pace": (FAST, EVEN)}, user=user, at=at)
    return item


@transaction.atomic
def hurry_line_item(*, line_item_id: uuid.UUID, user: User, at: dt.datetime) -> LineItem:
    """Spend a budget as fast as viewers come; again changes nothing. Refuses: CampaignHasEnded."""
    item = lock_line_item(line_item_id)
    check_open(item.campaign.status)
    deleted, _ = Pace.objects.filter(line_item=item).delete()
    if deleted:
        record_change(item, {"pace": (EVEN, FAST)}, user=user, at=at)
    return item


@transaction.atomic
def set_paces(*, at: dt.datetime) -> int:
    """Set the pace of every running line item that spreads its budget; count them.

    The rows are locked, so that two workers at once set each once.
    """
    due = Pace.objects.filter(
        line_item__campaign__status=Status.ACTIVE,
        line_item__paused_at=None,
        line_item__starts_at__lte=at,
        line_item__ends_at__gt=at,
        set_at__lte=at - OFTEN_ENOUGH,
    )
    found = due.select_related("line_item__campaign").order_by("pk")
    paces = list(found.select_for_update(of=("self",)))
    for pace in paces:
        spending = _spending(pace.line_item, since=pace.set_at, at=at)
        sale = Sale(pace.line_item.sale)
        pace.pace_ppm = next_pace(pace.pace_ppm, spending=spending, sale=sale)
        pace.set_at = at
        pace.save(update_fields=["pace_ppm", "set_at"])
    return len(paces)


def _spending(item: LineItem, *, since: dt.datetime, at: dt.datetime) -> Spending:
    """Compare what was charged today with today's even part of what was left this morning.

    An auction also compares what was charged ``since`` its pace was set with that time's part.

    Without a budget of its own, a line item follows the plan of its campaign's: all that share it
    are slowed down and hurried together.
    """
    runs = (item.starts_at, item.ends_at)
    day = running_day(at, time_zone=item.time_zone, runs=runs)
    spender = item if item.budget else item.campaign
    before, today = queries.charged_around(spender=spender, at=day.starts_at)
    budget_micros = (item.budget or item.campaign.budget).micros
    budget = day_budget(
        budget_micros - before.micros,
        day=day,
        ends_at=item.ends_at,
        most_micros=item.daily_budget_micros,
    )
    since = max(since, day.starts_at)
    _, now = queries.charged_around(spender=spender, at=since)
    planned = int(budget * planned_part(at, day=day))
    return Spending(
        budget_micros=budget,
        planned_micros=planned,
        spent_micros=today.micros,
        planned_now_micros=planned - int(budget * planned_part(since, day=day)),
        spent_now_micros=now.micros,
        minutes=max(1, (at - since) // MINUTE),
    )
