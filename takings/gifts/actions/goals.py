"""Goals: a creator sets one and may end it early."""

import datetime as dt

from django.db import transaction

from takings.gifts.models import Goal
from takings.gifts.queries.goals import running_goals
from takings.gifts.queries.insights import own_video
from takings.gifts.rules.goals import GoalIdTaken, GoalPlan, TooManyGoals, check_goal
from takings.people.models import Creator
from takings.policies.queries import fan_rule_at


@transaction.atomic
def set_goal(*, creator: Creator, plan: GoalPlan, at: dt.datetime) -> Goal:
    """Set a goal that begins now; the same plan again is the same goal.

    Refuses: BadGoal, GoalIdTaken, NotYourVideo, TooManyGoals.
    """
    # Of two at once the second waits and counts the first; gifts do not wait for this lock.
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)
    known = Goal.objects.filter(pk=plan.id).first()
    if known is not None:
        if (known.creator_id, known.coins, known.ends_at) != (creator.pk, plan.coins, plan.ends_at):
            raise GoalIdTaken
        return known
    rule = fan_rule_at(at=at)
    title = check_goal(plan, rule=rule, at=at)
    video = None
    if plan.video_id is not None:
        video = own_video(creator=creator, video_id=plan.video_id)
    if running_goals(creator=creator, at=at).count() >= rule.goals_at_once:
        raise TooManyGoals(most=rule.goals_at_once)
    return Goal.objects.create(
        id=plan.id,
        creator=creator,
        video=video,
        title=title,
        coins_micros=plan.coins.micros,
        begins_at=at,
        ends_at=plan.ends_at,
    )


def stop_goal(*, goal: Goal, at: dt.datetime) -> None:
    """End a goal early; one that is over, or a second time, changes nothing."""
    Goal.objects.filter(pk=goal.pk, stopped_at__isnull=True, ends_at__gt=at).update(stopped_at=at)
