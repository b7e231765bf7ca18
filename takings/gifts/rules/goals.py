"""Goals: so many coins until a time. What is reached is a function of the gifts that stand."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from takings.core.errors import Conflict, Invalid
from takings.live.rules.chat import check_text
from takings.money import Money
from takings.policies.rules import FanRule

MICROS = 1_000_000


class BadGoal(Invalid):
    """A goal is clear, and ends soon enough for viewers to see it."""

    code = "bad_gift_goal"
    sentence = "{problem}"


class GoalIdTaken(Conflict):
    """The id of a goal is its idempotency key."""

    code = "gift_goal_id_taken"
    sentence = "A goal with this id exists and is another one; open the page again."


class TooManyGoals(Conflict):
    """A goal among many is none."""

    code = "too_many_gift_goals"
    sentence = "You have {most} goals that run. End one of them first."


class GoalState(StrEnum):
    """Where a goal stands."""

    RUNNING = "running"
    REACHED = "reached"
    MISSED = "missed"
    ENDED = "ended"

    @property
    def words(self) -> str:
        """How people say it."""
        return "Ended early" if self is GoalState.ENDED else self.value.capitalize()


@dataclass(frozen=True, slots=True)
class GoalPlan:
    """What a creator asks for: coins until a time, for one video or for all of theirs."""

    id: UUID
    title: str
    coins: Money
    ends_at: dt.datetime
    video_id: UUID | None = None


def check_goal(plan: GoalPlan, *, rule: FanRule, at: dt.datetime) -> str:
    """Return a goal's title on one line. Refuses: BadGoal, and what ``check_text`` refuses."""
    title = check_text(plan.title, most=rule.goal_chars)
    days, most = rule.goal.days, rule.goal_micros // MICROS
    problems = {
        f"A goal is a whole number of coins from 1 to {most:,}.": (
            plan.coins.micros % MICROS != 0 or not MICROS <= plan.coins.micros <= rule.goal_micros
        ),
        f"A goal ends in the future, and within {days} days.": (
            not at < plan.ends_at <= at + rule.goal
        ),
    }
    for problem, is_there in problems.items():
        if is_there:
            raise BadGoal(problem=problem)
    return title


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a goal is: what came of what was asked, and where it stands."""

    came: Money
    asked: Money
    state: GoalState

    @property
    def percent(self) -> int:
        """Whole percent of the goal, at most 100 and never 100 before it is reached."""
        return min(100, self.came.micros * 100 // self.asked.micros)


def progress(
    *, came: Money, asked: Money, ends_at: dt.datetime, stopped: bool, at: dt.datetime
) -> Progress:
    """Return where a goal stands at an instant; a gift that is taken back moves it back."""
    state = GoalState.RUNNING if at < ends_at else GoalState.MISSED
    if stopped:
        state = GoalState.ENDED
    if came >= asked:
        state = GoalState.REACHED
    return Progress(came, asked, state)
