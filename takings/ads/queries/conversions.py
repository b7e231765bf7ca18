"""Goals of a brand, and what campaigns led to."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Count, Max, Sum

from takings.ads.models import BilledImpression, Campaign, Conversion, Goal, GoalSecret
from takings.ads.rules.conversions import Refused
from takings.core.errors import NotFound
from takings.money import Money
from takings.people.models import Brand
from takings.people.queries import Visitor, access_brand, access_brand_to_change


class NoSuchGoal(NotFound):
    """The goal does not exist, or belongs to a brand of others."""

    code = "no_such_goal"
    sentence = "There is no such conversion among yours."


@dataclass(frozen=True, slots=True)
class Reached:
    """How often a campaign led to a goal, what that came to, and what one of them cost.

    ``cost`` is what was spent for each, rounded down to the micro-unit.
    """

    goal: Goal
    count: int
    value: Money
    cost: Money


@dataclass(frozen=True, slots=True)
class RefusedOften:
    """How many reports were refused for one reason, and when the last one came."""

    reason: Refused
    count: int
    last_at: dt.datetime


def access_goal(*, user: Visitor, goal_id: uuid.UUID) -> Goal:
    """Return a goal to a member of its brand. Refuses: NoSuchGoal, NoSuchBrand."""
    goal = goal_of(goal_id=goal_id)
    access_brand(user=user, brand_id=goal.brand_id)
    return goal


def access_goal_to_change(*, user: Visitor, goal_id: uuid.UUID) -> Goal:
    """Return a goal to an editor or owner. Refuses: NoSuchGoal, NoSuchBrand, OnlyLooking."""
    goal = access_goal(user=user, goal_id=goal_id)
    access_brand_to_change(user=user, brand_id=goal.brand_id)
    return goal


def goal_of(*, goal_id: uuid.UUID) -> Goal:
    """Return a goal to whoever reports to it: the report proves itself. Refuses: NoSuchGoal."""
    goal = Goal.objects.select_related("brand").filter(pk=goal_id).first()
    if goal is None:
        raise NoSuchGoal
    return goal


def goals_of(*, brand: Brand) -> list[Goal]:
    """Return a brand's goals with ``reached``, how often each was, the newest first."""
    rows = Goal.objects.filter(brand=brand).annotate(reached=Count("conversions"))
    return list(rows.order_by("-made_at", "-pk"))


def secrets_of(*, brand: Brand) -> list[GoalSecret]:
    """Return who made which goal of a brand, and which secrets later, the newest first.

    A goal is made with its first secret, and keeps its name and window.
    """
    made = GoalSecret.objects.filter(goal__brand=brand).select_related("goal", "made_by")
    return list(made.order_by("-made_at", "-pk"))


def newest_secret(*, goal: Goal) -> int:
    """Return the number of the secret that holds."""
    return int(goal.secrets.aggregate(last=Max("number"))["last"])


def newest_conversions(*, goal: Goal, limit: int = 25) -> list[Conversion]:
    """Return what was reported last, with ``paid``: what was charged for its click, if anything."""
    listed = Conversion.objects.filter(goal=goal).select_related("campaign")
    rows = list(listed.order_by("-converted_at", "-pk")[:limit])
    billed = BilledImpression.objects.filter(
        pk__in=[row.decision_id for row in rows], lease__line_item__goal=goal
    )
    prices = dict(billed.values_list("pk", "price_micros"))
    for row in rows:
        micros = prices.pop(row.decision_id, None)  # of two orders after one click, one is charged
        row.paid = None if micros is None else Money(micros, row.currency)
    return rows


def refused_reports(*, goal: Goal) -> list[RefusedOften]:
    """Return the reasons for which reports were refused, the most frequent first."""
    rows = goal.refused.values_list("reason").annotate(Sum("report_count"), Max("last_at"))
    found = [RefusedOften(Refused(reason), count, last) for reason, count, last in rows]
    return sorted(found, key=lambda one: (-one.count, one.reason))


def reached_by(*, campaign: Campaign, spent: Money) -> list[Reached]:
    """Return what a campaign led to, by goal."""
    rows = Conversion.objects.filter(campaign=campaign).values_list("goal_id")
    counted = rows.annotate(Count("pk"), Sum("value_micros"))
    sums = {goal_id: (count, micros) for goal_id, count, micros in counted}
    goals = Goal.objects.filter(pk__in=sums).order_by("name", "pk")
    code = campaign.currency
    return [
        Reached(
            goal=goal,
            count=sums[goal.pk][0],
            value=Money(int(sums[goal.pk][1] or 0), code),
            cost=Money(spent.micros // sums[goal.pk][0], code),
        )
        for goal in goals
    ]
