"""The end of a hold: a gift that was looked at, or was not in time, becomes its creator's."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from takings.coins.actions.wallets import lock_wallet
from takings.core.errors import Conflict
from takings.gifts.actions.counting import count_gifts
from takings.gifts.actions.entering import earnings_of
from takings.gifts.models import Gift, GiftHold, GiftMoney, GiftRelease
from takings.gifts.rules import Brought, Head, gift_entry, release_transfers
from takings.ledger.actions import post
from takings.live.actions import publish
from takings.live.rules.bus import earnings_topic
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import policy_at
from takings.settlement.actions import earn_directly
from takings.settlement.queries import open_period

ENDED = "Its time was over."


class NotHeld(Conflict):
    """It was never held, is its creator's already, or was taken back."""

    code = "gift_not_held"
    sentence = "This gift is not held any more."


def release_gifts(*, at: dt.datetime) -> int:
    """Give creators the gifts whose hold is over; return how many. Again changes nothing."""
    due = open_holds().filter(ends_at__lte=at).order_by("ends_at", "pk")
    return sum(_release(pk, at=at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def release_gift(*, operator: User, gift: Gift, reason: str, at: dt.datetime) -> None:
    """Give a creator a held gift before its time. Refuses: NotHeld."""
    if not _release(gift.pk, at=at, operator=operator):
        raise NotHeld
    record_staff_act(
        operator=operator, act="gift_released", target=f"gift:{gift.pk}", reason=reason, at=at
    )


@transaction.atomic
def _release(gift_id: UUID, *, at: dt.datetime, operator: User | None = None) -> bool:
    gift = lock_gift(gift_id, at=at)
    if not is_held(gift):
        return False
    brought = brought_of(gift)
    head = Head(
        kind="gift_released",
        gift_id=gift.pk,
        policy_version=policy_at(at=at).version,
        memo=ENDED if operator is None else "Looked at by an operator.",
        at=at,
    )
    period = open_period(at=at).name
    transfers = release_transfers(brought, gift_id=gift.pk, creator_id=gift.creator_id)
    post(drafts=[gift_entry(head, transfers)], at=at)
    earned = earnings_of(gift, brought, period=period, entry_id=head.entry_id)
    earn_directly(earnings=earned, at=at)
    GiftRelease.objects.create(
        gift=gift, entry_id=head.entry_id, released_by=operator, released_at=at
    )
    count_gifts([gift])
    publish(topic=earnings_topic(gift.creator_id), kind="earned", body={}, at=at)
    return True


def lock_gift(gift_id: UUID, *, at: dt.datetime) -> Gift:
    """Return a gift, and lock its sender's wallet: of two who would end it, one sees the other."""
    gift = Gift.objects.select_related("creator", "kind", "sender").get(pk=gift_id)
    lock_wallet(user=gift.sender, at=at)
    return gift


def open_holds() -> QuerySet[GiftHold]:
    """Return the holds of gifts that were neither released nor taken back."""
    return GiftHold.objects.filter(gift__release__isnull=True, gift__taken_back__isnull=True)


def is_held(gift: Gift) -> bool:
    """Tell whether a gift's money waits to be looked at."""
    return open_holds().filter(pk=gift.pk).exists()


def brought_of(gift: Gift) -> list[Brought]:
    """Return what a gift brought, by currency."""
    rows = GiftMoney.objects.filter(gift=gift).order_by("currency")
    return [Brought(row.brought, row.share) for row in rows]
