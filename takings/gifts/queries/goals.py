"""Goals and how far they are; thanks that can still be said."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from takings.core.errors import NotFound
from takings.gifts.models import Gift, Goal
from takings.gifts.queries.standing import SHOWN_NAME, standing_gifts
from takings.gifts.rules import COIN
from takings.gifts.rules.goals import Progress, progress
from takings.money import Money
from takings.people.models import Creator
from takings.policies.queries import fan_rule_at
from takings.videos.models import HIDDEN, Purpose, Status, Video


class NoSuchGoal(NotFound):
    """There is none, or it is another creator's."""

    code = "no_such_gift_goal"
    sentence = "There is no such goal among yours."


@dataclass(frozen=True, slots=True)
class Standing:
    """A goal and how far it is now."""

    goal: Goal
    progress: Progress


def giftable_videos(*, creator: Creator) -> QuerySet[Video]:
    """Return the videos of a creator that others can give for, the newest first."""
    found = Video.objects.filter(creator=creator, purpose=Purpose.POST, status=Status.READY)
    return found.exclude(visibility__in=HIDDEN).order_by("-pk")


def goal_of(*, creator: Creator, goal_id: UUID) -> Goal:
    """Return a creator's own goal. Refuses: NoSuchGoal."""
    found = Goal.objects.filter(pk=goal_id, creator=creator).first()
    if found is None:
        raise NoSuchGoal
    return found


def goals_of(*, creator: Creator) -> QuerySet[Goal]:
    """Return all goals of a creator, the newest first."""
    return Goal.objects.filter(creator=creator).select_related("video").order_by("-ends_at", "pk")


def running_goals(
    *, creator: Creator, at: dt.datetime, video_id: UUID | None = None
) -> QuerySet[Goal]:
    """Return the goals that run, those that end first in front; of a video, those it counts to."""
    found = goals_of(creator=creator).filter(
        begins_at__lte=at, ends_at__gt=at, stopped_at__isnull=True
    )
    if video_id is not None:
        found = found.filter(Q(video__isnull=True) | Q(video=video_id))
    return found.order_by("ends_at", "pk")


def standing_of(*, goal: Goal, at: dt.datetime) -> Standing:
    """Return how far a goal is: by the gifts of its time and video that stand."""
    end = min(goal.ends_at, goal.stopped_at or goal.ends_at)
    gifts = standing_gifts(creator=goal.creator, since=goal.begins_at).filter(sent_at__lt=end)
    if goal.video_id is not None:
        gifts = gifts.filter(video=goal.video_id)
    came = Money(gifts.aggregate(micros=Sum("coins_micros"))["micros"] or 0, COIN)
    stopped = goal.stopped_at is not None
    found = progress(came=came, asked=goal.coins, ends_at=goal.ends_at, stopped=stopped, at=at)
    return Standing(goal, found)


def unthanked(*, creator: Creator, at: dt.datetime) -> QuerySet[Gift]:
    """Return the gifts that a creator can still thank for, each with the name it is shown under."""
    since = at - fan_rule_at(at=at).thanks
    found = standing_gifts(creator=creator, since=since).filter(thanks__isnull=True)
    return found.select_related("kind").annotate(shown=SHOWN_NAME).order_by("-sent_at", "pk")
