"""What people do in a room: say something, report it, want to be told, show their name."""

import datetime as dt
import uuid

from django.db import transaction

from takings.audience.queries import is_following
from takings.core import clock
from takings.core.errors import Conflict, Invalid
from takings.live.actions.publishing import publish
from takings.live.models import (
    Line,
    Reminder,
    Report,
    ReportReason,
    Restraint,
    RestraintKind,
    Room,
    ShownName,
)
from takings.live.queries import (
    blocked_words,
    is_chat_open,
    moderates,
    restraint_on,
    shown_line,
)
from takings.live.rules.bus import Topic
from takings.live.rules.chat import BURST, FollowersOnly, Muted, check_pace, check_text
from takings.live.rules.rooms import State, Talkers, WrongTime
from takings.people.models import User


class ChatClosed(Conflict):
    """A chat opens half an hour before its room, and closes with it."""

    code = "chat_closed"
    sentence = "The chat is closed. It opens half an hour before the room begins."


class OtherLine(Conflict):
    """A line with this id exists, and says something else."""

    code = "other_line"
    sentence = "This was sent before with other words. Write it again."


class OwnLine(Invalid):
    """Nobody reports themselves."""

    code = "own_line"
    sentence = "This is your own line; you can remove it."


@transaction.atomic
def say(*, room: Room, user: User, line_id: uuid.UUID, text: str, at: dt.datetime) -> Line:
    """Let somebody who may enter the room say something. The same id again says nothing new.

    Refuses: ChatClosed, Muted, FollowersOnly, NothingSaid, TooLong, NoLinks, WordBlocked, TooFast,
    OtherLine.
    """
    # One person's lines one after the other: of two sent at once both would be the first.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = Line.objects.select_related("user").filter(pk=line_id).first()
    if known is not None:
        if (known.room_id, known.user_id) != (room.pk, user.pk):
            raise OtherLine
        return known
    if not is_chat_open(room=room, at=at):
        raise ChatClosed
    hosts = moderates(user=user, room=room)
    if not hosts:
        _check_talker(room, user, at=at)
    words = () if hosts else blocked_words(creator=room.creator)
    shown = check_text(text, blocked=words, handle=room.creator.handle)
    mine = Line.objects.filter(room=room, user=user).order_by("-said_at", "-pk")
    said = list(mine.values_list("said_at", flat=True)[:BURST])
    check_pace(said=said, slow_s=0 if hosts else room.slow_s, at=at)
    line = Line(id=line_id, room=room, user=user, text=shown, said_at=at)
    line.save(force_insert=True)
    told = shown_line(line, room=room, at=at)
    publish(topic=Topic.ROOM.of(room.pk), kind="line", body=told.model_dump(), at=at)
    return line


def _check_talker(room: Room, user: User, *, at: dt.datetime) -> None:
    restraint = restraint_on(room=room, user=user, at=at)
    if restraint is not None:
        raise Muted(until=_until(restraint))
    is_follower = room.talkers == Talkers.EVERYBODY.value or is_following(
        user=user, creator=room.creator
    )
    if not is_follower:
        raise FollowersOnly(handle=room.creator.handle)


def _until(restraint: Restraint) -> str:
    if restraint.kind == RestraintKind.BANNED or restraint.ends_at is None:
        return "in this room any more"
    return f"until {clock.said(restraint.ends_at)}"


def report_line(*, line: Line, user: User, reason: ReportReason, at: dt.datetime) -> None:
    """Say that a line should not be there; operators look at it. Twice is once.

    Refuses: OwnLine.
    """
    if line.user_id == user.pk:
        raise OwnLine
    row = Report(line=line, reported_by=user, reason=reason, reported_at=at)
    Report.objects.bulk_create([row], ignore_conflicts=True)  # a second click meets the first


def ask_reminder(*, room: Room, user: User, at: dt.datetime) -> None:
    """Let somebody be told by letter when a room begins. Twice is once. Refuses: WrongTime."""
    if room.state != State.COMING:
        raise WrongTime(state=room.state.value, wanted="announced")
    row = Reminder(room=room, user=user, asked_at=at)
    Reminder.objects.bulk_create([row], ignore_conflicts=True)  # a second click meets the first


def drop_reminder(*, room: Room, user: User) -> None:
    """Let somebody not be told after all."""
    Reminder.objects.filter(room=room, user=user).delete()


def show_name(*, room: Room, user: User) -> None:
    """Let others in the room read somebody's name while they are there. Twice is once."""
    ShownName.objects.bulk_create([ShownName(room=room, user=user)], ignore_conflicts=True)


def hide_name(*, room: Room, user: User) -> None:
    """Let nobody read it any more."""
    ShownName.objects.filter(room=room, user=user).delete()
