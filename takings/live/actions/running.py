"""What the clock does with rooms: it begins them, ends them, and reminds who asked."""

import datetime as dt
import logging
import uuid

from django.db import transaction
from django.urls import reverse

from takings.core.errors import Refusal
from takings.live.actions.scheduling import begin_room, end_room, lock_room
from takings.live.models import Reminder, Room
from takings.live.rules.rooms import State
from takings.people.actions.letters import send_letter

log = logging.getLogger(__name__)
AT_ONCE = 500


def run_rooms(*, at: dt.datetime) -> int:
    """Begin and end the rooms whose time has come; return how many. Safe to repeat.

    A room whose video cannot be watched is cancelled, and says why.
    """
    open_ones = Room.objects.filter(ended_at=None, cancelled_at=None)
    due = open_ones.filter(began_at=None, starts_at__lte=at).order_by("starts_at")
    count = 0
    for room_id in due.values_list("pk", flat=True)[:AT_ONCE]:
        count += _begin(room_id, at=at)
    running = open_ones.filter(began_at__isnull=False).select_related("video")
    for room in running:
        if room.ends_at <= at:
            end_room(room_id=room.pk, at=at)
            count += 1
    return count


def _begin(room_id: uuid.UUID, *, at: dt.datetime) -> int:
    try:
        with transaction.atomic():
            room = lock_room(room_id)
            if room.state != State.COMING or room.starts_at > at:
                return 0  # changed or begun by hand meanwhile
            begin_room(room_id=room_id, at=at)
    except Refusal as refusal:
        log.warning("Room %s was cancelled: %s", room_id, refusal)
        end_room(room_id=room_id, at=at, why=str(refusal))
    return 1


def remind(*, room_id: uuid.UUID, at: dt.datetime) -> int:
    """Write to those who asked to be told that a room begins; return to how many.

    Each letter is noted before the next: who is cut off writes one of them twice at most.
    """
    room = Room.objects.select_related("creator").get(pk=room_id)
    if room.state != State.RUNNING:
        return 0
    waiting = Reminder.objects.filter(room=room, sent_at=None, user__is_active=True)
    count = 0
    for reminder in waiting.select_related("user").order_by("pk"):
        send_letter(
            address=reminder.user.email,
            subject=f"{room.title} has begun",
            letter="live/letters/begun.txt",
            told={"room": room, "reminder": reminder},
            page=reverse("live:room", args=[room.pk]),
        )
        reminder.sent_at = at
        reminder.save(update_fields=["sent_at"])
        count += 1
    return count
