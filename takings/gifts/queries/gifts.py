"""Gifts that were sent: a sender's, a creator's, and one for whoever may see it."""

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet

from takings.core.errors import NotFound
from takings.gifts.models import Gift, GiftBlock, Welcome
from takings.people.models import Creator, User
from takings.people.queries import Visitor, access_self
from takings.policies.queries import gift_rule


class NoSuchGift(NotFound):
    """There is no such gift, or it is between others: the answer is the same."""

    code = "no_such_gift"
    sentence = "There is no such gift among yours."


def access_sent_gift(*, user: Visitor, gift_id: UUID) -> Gift:
    """Return a gift to whoever sent it. Refuses: NotSignedIn, NoSuchGift."""
    found = gifts_sent(user=access_self(user=user)).filter(pk=gift_id).first()
    if found is None:
        raise NoSuchGift
    return found


def gift(*, gift_id: UUID) -> Gift:
    """Return a gift to an operator. Refuses: NoSuchGift."""
    found = _whole().filter(pk=gift_id).first()
    if found is None:
        raise NoSuchGift
    return found


def gifts_sent(*, user: User) -> QuerySet[Gift]:
    """Return what somebody sent, the newest first."""
    return _whole().filter(sender=user)


def gifts_received(*, creator: Creator) -> QuerySet[Gift]:
    """Return what a creator was sent, the newest first."""
    return _whole().filter(creator=creator)


def held_gifts() -> QuerySet[Gift]:
    """Return the gifts that wait to be looked at, those that end first in front."""
    waiting = _whole().filter(hold__isnull=False, release__isnull=True, taken_back__isnull=True)
    return waiting.order_by("hold__ends_at", "pk")


def newest_gifts() -> QuerySet[Gift]:
    """Return all gifts, the newest first."""
    return _whole()


def _whole() -> QuerySet[Gift]:
    rows = Gift.objects.select_related(
        *("kind", "sender__fan_choice", "creator", "video"),
        *("hold", "release", "taken_back", "thanks"),
    )
    return rows.prefetch_related("moneys").order_by("-sent_at", "-pk")


def undo_until(*, gift: Gift) -> dt.datetime:
    """Return until when its sender may undo a gift."""
    return gift.sent_at + gift_rule(gift.rule_version).undo


def welcome_of(*, creator: Creator) -> Welcome:
    """Return a creator's say about gifts; without one they are welcome."""
    return Welcome.objects.filter(pk=creator.pk).first() or Welcome(creator=creator)


def blocked_senders(*, creator: Creator) -> list[GiftBlock]:
    """Return whose gifts a creator does not take, by name."""
    rows = GiftBlock.objects.filter(creator=creator, ended_at__isnull=True)
    return list(rows.select_related("user").order_by("user__display_name", "pk"))
