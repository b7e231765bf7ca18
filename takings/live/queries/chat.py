"""What is said in rooms, what moderators see, and what waits for operators."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from takings.core import clock, ids
from takings.core.errors import NotFound
from takings.live.models import BlockedWords, Line, Report, Restraint, Room
from takings.live.queries.badges import badges_of
from takings.live.rules.rooms import OPENS_BEFORE, State
from takings.live.rules.shown import ShownLine
from takings.people.models import Creator, User
from takings.people.queries import Visitor, access_self

MOST_LINES = 100


class NoSuchLine(NotFound):
    """It does not exist, or this person has nothing to decide about it."""

    code = "no_such_line"
    sentence = "There is no such line here."


class NoSuchRestraint(NotFound):
    """It does not exist, or is lifted."""

    code = "no_such_restraint"
    sentence = "Nobody is kept from writing by this any more."


@dataclass(frozen=True, slots=True)
class Reported:
    """A line that waits for an operator, with how many reported it, and for what."""

    line: Line
    count: int
    reasons: list[str]
    since: dt.datetime


def lines_of(*, room: Room, most: int = MOST_LINES) -> list[Line]:
    """Return the newest lines that stand, the oldest of them first."""
    standing = Line.objects.filter(room=room, removed_at__isnull=True).select_related("user")
    return list(reversed(standing.order_by("-said_at", "-pk")[:most]))


def shown_line(line: Line, *, room: Room, at: dt.datetime) -> ShownLine:
    """Return a line as everybody in the room is told it."""
    [shown] = shown_lines([line], room=room, at=at)
    return shown


def shown_lines(lines: Sequence[Line], *, room: Room, at: dt.datetime) -> list[ShownLine]:
    """Return lines as everybody in the room is told them, with what their writers are now."""
    writers = {line.user_id for line in lines}
    badges = badges_of(creator=room.creator, user_ids=writers, at=at)
    return [
        ShownLine(
            id=str(line.pk),
            by=talker_id(room_id=room.pk, user_id=line.user_id),
            name=line.user.display_name,
            is_host=line.user_id == room.creator.user_id,
            badge=badges.get(line.user_id, ""),
            text=line.text,
            said_ms=clock.to_ms(line.said_at),
        )
        for line in lines
    ]


def talker_id(*, room_id: uuid.UUID, user_id: int) -> str:
    """Return what tells the people of one room apart."""
    return ids.derived("who talks in a room", room_id, user_id).hex[:12]


def blocked_words(*, creator: Creator) -> list[str]:
    """Return the words that a creator does not want to read."""
    found = BlockedWords.objects.filter(creator=creator).values_list("words", flat=True).first()
    return (found or "").splitlines()


def moderates(*, user: Visitor, room: Room) -> bool:
    """Tell whether somebody decides about a room's chat: its creator, and operators."""
    is_person = isinstance(user, User)
    return is_person and (user.is_staff or user.pk == room.creator.user_id)


def access_line(*, user: Visitor, line_id: uuid.UUID) -> Line:
    """Return a line to whoever reads it. Refuses: NotSignedIn, NoSuchLine."""
    access_self(user=user)
    line = Line.objects.select_related("room__creator", "user").filter(pk=line_id).first()
    if line is None:
        raise NoSuchLine
    return line


def access_line_to_moderate(*, user: Visitor, line_id: uuid.UUID) -> Line:
    """Return a line to its room's creator, or an operator. Refuses: NotSignedIn, NoSuchLine."""
    line = access_line(user=user, line_id=line_id)
    if not moderates(user=user, room=line.room):
        raise NoSuchLine
    return line


def access_restraint(*, user: Visitor, restraint_id: int) -> Restraint:
    """Return what keeps somebody from writing, to who may lift it. Refuses: NoSuchRestraint."""
    found = Restraint.objects.select_related("room__creator", "user").filter(pk=restraint_id)
    one = found.filter(lifted_at__isnull=True).first()
    if one is None or not moderates(user=access_self(user=user), room=one.room):
        raise NoSuchRestraint
    return one


def restraints_of(*, room: Room, at: dt.datetime) -> list[Restraint]:
    """Return who may not write in a room now, the newest first."""
    runs = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    found = room.restraints.filter(runs, lifted_at__isnull=True).select_related("user", "made_by")
    return list(found.order_by("-pk"))


def restraint_on(*, room: Room, user: User, at: dt.datetime) -> Restraint | None:
    """Return what keeps somebody from writing now, the longest first."""
    runs = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    found = Restraint.objects.filter(runs, room=room, user=user, lifted_at__isnull=True)
    bans_first = found.order_by("kind", "-ends_at")
    return bans_first.first()


def is_chat_open(*, room: Room, at: dt.datetime) -> bool:
    """Tell whether one may write now: from half an hour before the begin until the end."""
    return room.state == State.RUNNING or (
        room.state == State.COMING and at >= room.starts_at - OPENS_BEFORE
    )


def removed_lines(*, room: Room) -> list[Line]:
    """Return the lines that were removed last: each can be put back."""
    gone = Line.objects.filter(room=room, removed_at__isnull=False)
    return list(gone.select_related("user", "removed_by").order_by("-removed_at")[:20])


def reported_lines() -> list[Reported]:
    """Return the lines that wait for an operator, the longest waiting first."""
    waiting = Report.objects.filter(answered_at__isnull=True)
    counted = waiting.values("line").annotate(count=Count("pk"), since=Min("reported_at"))
    rows = list(counted.order_by("since")[:MOST_LINES])
    lines = Line.objects.select_related("user", "room__creator").in_bulk(
        [row["line"] for row in rows]
    )
    reasons: dict[uuid.UUID, list[str]] = {}
    for report in waiting.filter(line__in=lines).order_by("pk"):
        told = reasons.setdefault(report.line_id, [])
        if report.get_reason_display() not in told:
            told.append(report.get_reason_display())
    return [
        Reported(lines[row["line"]], row["count"], reasons[row["line"]], row["since"])
        for row in rows
    ]
