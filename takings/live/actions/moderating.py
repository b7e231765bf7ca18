"""What creators and operators decide about a chat; each can be taken back."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict, Forbidden
from takings.live.actions.publishing import publish
from takings.live.models import BlockedWords, Line, Report, Restraint, RestraintKind
from takings.live.queries import moderates, restraint_on, shown_line
from takings.live.rules.bus import Topic
from takings.live.rules.chat import MUTED_FOR, read_blocked
from takings.people.actions import record_staff_act
from takings.people.models import Creator, User


class NotYours(Forbidden):
    """Lines are removed by who wrote them, by the room's creator and by operators."""

    code = "line_not_yours"
    sentence = "Only who wrote this, and who moderates the room, can remove it."


class KeepsHost(Conflict):
    """Who moderates a room is not silenced in it."""

    code = "host_not_silenced"
    sentence = "This is one of those who moderate the room."


@transaction.atomic
def remove_line(*, line: Line, by: User, at: dt.datetime, why: str = "") -> None:
    """Take a line out of the chat. Twice is once. Refuses: NotYours."""
    line = _lock(line)
    if by.pk != line.user_id and not moderates(user=by, room=line.room):
        raise NotYours
    if line.removed_at is not None:
        return
    line.removed_at, line.removed_by = at, by
    line.save(update_fields=["removed_at", "removed_by"])
    publish(topic=_topic(line), kind="gone", body={"id": str(line.pk)}, at=at)
    _note(line, "line removed", by=by, why=why or line.text, at=at)


@transaction.atomic
def restore_line(*, line: Line, by: User, at: dt.datetime) -> None:
    """Put a removed line back where it was; not what its writer removed. Twice is once.

    Refuses: NotYours.
    """
    line = _lock(line)
    if not moderates(user=by, room=line.room) or line.removed_by_id == line.user_id != by.pk:
        raise NotYours
    if line.removed_at is None:
        return
    line.removed_at = line.removed_by = None
    line.save(update_fields=["removed_at", "removed_by"])
    told = shown_line(line, room=line.room, at=at)
    publish(topic=_topic(line), kind="line", body=told.model_dump(), at=at)
    _note(line, "line restored", by=by, why=line.text, at=at)


def mute(*, line: Line, by: User, at: dt.datetime) -> Restraint:
    """Let who wrote a line be silent for some minutes. Refuses: NotYours, KeepsHost."""
    return _restrain(line, RestraintKind.MUTED, by=by, at=at)


def ban(*, line: Line, by: User, at: dt.datetime) -> Restraint:
    """Let who wrote a line write no more in this room. Refuses: NotYours, KeepsHost."""
    return _restrain(line, RestraintKind.BANNED, by=by, at=at)


@transaction.atomic
def _restrain(line: Line, kind: RestraintKind, *, by: User, at: dt.datetime) -> Restraint:
    line = _lock(line)
    if not moderates(user=by, room=line.room):
        raise NotYours
    if moderates(user=line.user, room=line.room):
        raise KeepsHost
    present = restraint_on(room=line.room, user=line.user, at=at)
    if present is not None and present.kind in {kind, RestraintKind.BANNED}:
        return present
    _note(line, kind.value, by=by, why=line.text, at=at)
    return Restraint.objects.create(
        room=line.room,
        user=line.user,
        kind=kind,
        made_by=by,
        made_at=at,
        ends_at=at + MUTED_FOR if kind == RestraintKind.MUTED else None,
    )


@transaction.atomic
def lift(*, restraint: Restraint, at: dt.datetime) -> None:
    """Let somebody write again. Twice is once."""
    Restraint.objects.filter(pk=restraint.pk, lifted_at=None).update(lifted_at=at)


def set_blocked_words(*, creator: Creator, text: str, at: dt.datetime) -> list[str]:
    """Replace the words that a creator does not want to read. Refuses: TooManyWords."""
    words = read_blocked(text)
    told = {"words": "\n".join(words), "changed_at": at}
    BlockedWords.objects.update_or_create(creator=creator, defaults=told)
    return words


@transaction.atomic
def answer_reports(*, line: Line, operator: User, was_right: bool, at: dt.datetime) -> None:
    """Answer all that waits about a line: it goes, or it stays. Twice is once."""
    line = _lock(line)
    waiting = Report.objects.filter(line=line, answered_at=None)
    count = waiting.update(answered_at=at, answered_by=operator, was_right=was_right)
    if not count:
        return
    if was_right and line.removed_at is None:
        remove_line(line=line, by=operator, at=at, why="reported")
    elif not was_right:
        reason = "The reports were not right."
        record_staff_act(
            operator=operator, act="line kept", target=str(line.pk), reason=reason, at=at
        )


def _lock(line: Line) -> Line:
    locked = Line.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("room__creator", "user").get(pk=line.pk)


def _topic(line: Line) -> str:
    return Topic.ROOM.of(line.room_id)


def _note(line: Line, act: str, *, by: User, why: str, at: dt.datetime) -> None:
    """Leave an act of an operator in another's room."""
    if by.is_staff and by.pk not in {line.user_id, line.room.creator.user_id}:
        record_staff_act(operator=by, act=act, target=str(line.pk), reason=why, at=at)
