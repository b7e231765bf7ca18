"""What each side says to the other: yes, no, here it is, once more please, thank you."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict
from takings.live.rules.chat import clean
from takings.people.models import User
from takings.policies.queries import request_rule
from takings.requests.actions.keeping import Locked, begin, conclude, go, take_step
from takings.requests.models import Delivery, Message, Request
from takings.requests.queries import NoSuchRequest, said_well, side_of
from takings.requests.rules import (
    Act,
    NothingDelivered,
    NotNow,
    RequestIdTaken,
    Side,
    State,
    check_link,
)
from takings.videos.models import Status, Video
from takings.videos.queries import NoSuchVideo

DAY = dt.timedelta(days=1)


class NoRevisionsLeft(Conflict):
    """So many are included."""

    code = "no_revisions_left"
    sentence = "The {count} revisions of this request are used up. Take it, or ask an operator."


@dataclass(frozen=True, slots=True)
class Made:
    """What a creator hands in; ``id`` is theirs, so that handing it in twice is once."""

    id: UUID
    text: str = ""
    link: str = ""
    video_id: UUID | None = None


@transaction.atomic
def accept(*, request: Request, by: User, at: dt.datetime) -> Request:
    """Say yes to what was paid: it is delivered within its days. Refuses: NotNow."""
    locked = begin(request, Act.ACCEPT, by=by)
    one = locked.request
    if not locked.is_again:
        go(one, State.ACCEPTED, ends_at=at + one.deliver_days * DAY)
        take_step(one, Act.ACCEPT, side=locked.side, by=by, at=at)
    return one


def decline(*, request: Request, by: User, note: str, at: dt.datetime) -> Request:
    """Say no; what was paid goes back in full. Refuses: NotNow, what ``check_text`` refuses."""
    return _end(request, Act.DECLINE, by=by, note=note, at=at)


def cancel(*, request: Request, by: User, note: str = "", at: dt.datetime) -> Request:
    """Let a fan change their mind before the creator said yes, free. Refuses: NotNow."""
    return _end(request, Act.CANCEL, by=by, note=note, at=at)


def give_up(*, request: Request, by: User, note: str, at: dt.datetime) -> Request:
    """Let a creator give up what they accepted; all goes back. Refuses: NotNow."""
    return _end(request, Act.GIVE_UP, by=by, note=note, at=at)


@transaction.atomic
def deliver(*, request: Request, by: User, made: Made, at: dt.datetime) -> Request:
    """Hand in what was made; the fan has some days to look at it.

    Refuses: NotNow, NothingDelivered, BadLink, NoSuchVideo, RequestIdTaken, and what
    ``check_text`` refuses.
    """
    known = Delivery.objects.filter(pk=made.id).first()
    if known is not None and known.request_id != request.pk:
        raise RequestIdTaken
    locked = begin(request, Act.DELIVER, by=by)
    one, rule = locked.request, request_rule(locked.request.rule_version)
    if known is not None:
        return one
    if locked.is_again:
        raise NotNow(state=one.words)  # something else was handed in
    text, link = made.text.strip(), check_link(made.link)
    if text:
        said_well(text, creator=one.creator, most=rule.delivery_chars)
        text = "\n".join(clean(line) for line in text.splitlines())
    video = _own_video(made.video_id, by=by)
    if not (text or link or video):
        raise NothingDelivered
    Delivery.objects.create(id=made.id, request=one, text=text, link=link, video=video, at=at)
    one.delivered_at = at
    go(one, State.DELIVERED, ends_at=at + rule.review)
    take_step(one, Act.DELIVER, side=locked.side, by=by, at=at)
    return one


@transaction.atomic
def revise(*, request: Request, by: User, note: str, at: dt.datetime) -> Request:
    """Ask for it once more, with what should be otherwise.

    Refuses: NotNow, NoRevisionsLeft, and what ``check_text`` refuses.
    """
    locked = begin(request, Act.REVISE, by=by)
    one = locked.request
    if locked.is_again:
        return one
    if one.revised_count >= one.revisions:
        raise NoRevisionsLeft(count=one.revisions)
    said = _said(one, note)
    one.revised_count += 1
    go(one, State.ACCEPTED, ends_at=at + one.deliver_days * DAY)
    take_step(one, Act.REVISE, side=locked.side, by=by, note=said, at=at)
    return one


@transaction.atomic
def take(*, request: Request, by: User, at: dt.datetime) -> Request:
    """Take what was delivered: it is earned. Refuses: NotNow."""
    locked = begin(request, Act.TAKE, by=by)
    if not locked.is_again:
        take_step(locked.request, Act.TAKE, side=locked.side, by=by, at=at)
        earn(locked, at=at)
    return locked.request


@transaction.atomic
def write(*, request: Request, by: User, id: UUID, text: str, at: dt.datetime) -> Message:  # noqa: A002 - as everywhere
    """Write to the other side. The same id again is the same message.

    Refuses: NoSuchRequest (only its two sides write), RequestIdTaken, what ``check_text`` refuses.
    """
    if side_of(request, user=by) not in {Side.FAN, Side.CREATOR}:
        raise NoSuchRequest
    most = request_rule(request.rule_version).message_chars
    said = said_well(text, creator=request.creator, most=most)
    message, _ = Message.objects.get_or_create(
        id=id, defaults={"request": request, "by": by, "text": said, "at": at}
    )
    if (message.request_id, message.by_id) != (request.pk, by.pk):
        raise RequestIdTaken
    return message


def earn(locked: Locked, *, at: dt.datetime) -> None:
    """Let all that was paid be earned, but for what went back already."""
    one = locked.request
    one.earned_at = at
    conclude(locked, back=one.back, why="", at=at)


@transaction.atomic
def _end(request: Request, act: Act, *, by: User, note: str, at: dt.datetime) -> Request:
    locked = begin(request, act, by=by)
    one = locked.request
    if locked.is_again:
        return one
    said = _said(one, note) if note.strip() else ""
    take_step(one, act, side=locked.side, by=by, note=said, at=at)
    call_off(locked, at=at)
    return one


def call_off(locked: Locked, *, at: dt.datetime) -> None:
    """End a request: unpaid it is over, paid all goes back."""
    one, payment = locked.request, locked.payment
    if one.paid_at is None or payment is None:
        go(one, State.ENDED)
    else:
        conclude(locked, back=payment.amount, why="The request was called off.", at=at)


def _said(one: Request, note: str) -> str:
    most = request_rule(one.rule_version).message_chars
    return said_well(note, creator=one.creator, most=most)


def _own_video(video_id: UUID | None, *, by: User) -> Video | None:
    if video_id is None:
        return None
    found = Video.objects.filter(pk=video_id, uploader=by, status=Status.READY).first()
    if found is None:
        raise NoSuchVideo
    return found
