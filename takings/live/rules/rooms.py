"""When a room is what: scheduled, running, over or cancelled; and what a plan may say. Pure."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

from takings.core.errors import Conflict, Forbidden, Invalid
from takings.people.rules import age_on

MOST_TITLE_CHARS = 100
FURTHEST = dt.timedelta(days=90)
AGES = (0, 16, 18)
SLOWNESSES_S = (0, 5, 15, 30, 60)
OPENS_BEFORE = dt.timedelta(minutes=30)  # so long before its begin a room has a chat
TALK_AFTER = dt.timedelta(minutes=5)  # so long after the video its chat stays open
LATE = dt.timedelta(minutes=1)


class BadTitle(Invalid):
    """A room has a name."""

    code = "bad_room_title"
    sentence = "Give the room a title of at most {most} characters."


class BadStart(Invalid):
    """A room begins in the next three months, at an hour that exists."""

    code = "bad_room_start"
    sentence = "Choose a begin {why}."


class BadRoomRule(Invalid):
    """Not one of the choices."""

    code = "bad_room_rule"
    sentence = "Choose one of the offered values for {name}."


class RoomAge(Forbidden):
    """The room has a minimum age, and the visitor is younger, or nobody knows how old."""

    code = "room_age"
    sentence = "This room is for people of {age} and over. {what}"


class WrongTime(Conflict):
    """What is asked for belongs to another state of the room."""

    code = "room_wrong_time"
    sentence = "This room is {state} and cannot be {wanted} any more."


class State(Enum):
    """What a room is, as a sentence says it."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


class Talkers(Enum):
    """Who may write in the chat."""

    EVERYBODY = "everybody"
    FOLLOWERS = "followers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a creator decides about a room; ``slow_s`` is the pause between one person's lines.

    ``publishes``: a private video becomes public as the room begins: a premiere.
    """

    title: str
    starts_at: dt.datetime
    minimum_age: int = 0
    talkers: Talkers = Talkers.EVERYBODY
    slow_s: int = 0
    publishes: bool = False


def check_plan(plan: Plan, *, at: dt.datetime) -> None:
    """Refuse a plan that cannot be kept: BadTitle, BadStart, BadRoomRule."""
    if not 1 <= len(plan.title.strip()) <= MOST_TITLE_CHARS:
        raise BadTitle(most=MOST_TITLE_CHARS)
    if plan.starts_at < at - LATE:
        raise BadStart(why="in the future")
    if plan.starts_at > at + FURTHEST:
        raise BadStart(why=f"within the next {FURTHEST.days} days")
    if plan.minimum_age not in AGES:
        raise BadRoomRule(name="the minimum age")
    if plan.slow_s not in SLOWNESSES_S:
        raise BadRoomRule(name="the pause between lines")


def instant(clock_time: dt.datetime, *, zone: str) -> dt.datetime:
    """Return the instant of a time on the clocks of a place; the first, where it comes twice.

    Refuses :class:`BadStart` for one that the clocks of that place skip.
    """
    there = ZoneInfo(zone)
    found = clock_time.replace(tzinfo=there, fold=0).astimezone(dt.UTC)
    if found.astimezone(there).replace(tzinfo=None) != clock_time:
        raise BadStart(why=f"at an hour that exists: clocks in {zone} skip this one")
    return found


def first_moment(*, starts_at: dt.datetime, at: dt.datetime) -> dt.datetime:
    """Return when the video of a room counts as begun, where the room is opened at ``at``.

    As announced, if we are hardly late: whoever counted down sees the first second. After an
    outage, now.
    """
    return starts_at if starts_at <= at <= starts_at + LATE else at


def last_moment(*, began_at: dt.datetime, duration_ms: int) -> dt.datetime:
    """Return when a room ends by itself: some minutes of talk after the video."""
    return began_at + dt.timedelta(milliseconds=duration_ms) + TALK_AFTER


def check_age(*, minimum: int, born_on: dt.date | None, is_known: bool, day: dt.date) -> None:
    """Refuse :class:`RoomAge` unless somebody is old enough; of whom nobody knows it, is not."""
    if not minimum:
        return
    if not is_known:
        raise RoomAge(age=minimum, what="Sign in, so that we know your age.")
    if born_on is None:
        raise RoomAge(age=minimum, what="Your account does not say how old you are.")
    if age_on(born_on=born_on, day=day) < minimum:
        raise RoomAge(age=minimum, what="Your account says that you are younger.")
