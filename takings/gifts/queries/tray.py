"""What the gift tray of a video shows: what may be sent, the balance, and why nothing may be."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from takings.coins.queries import open_lots
from takings.core.errors import Refusal
from takings.gifts.models import GiftKind
from takings.gifts.queries.catalogue import sold_to
from takings.gifts.queries.staging import stage_of
from takings.gifts.rules import COIN, NotGiftable, Wish, sign_sender
from takings.money import Money
from takings.people.models import User
from takings.policies.queries import gift_rule_at

NO_GIFT = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Balance:
    """What somebody can spend: coins they bought, and coins that were given."""

    paid: Money
    bonus: Money

    @property
    def whole(self) -> Money:
        """All of it."""
        return self.paid + self.bonus


@dataclass(frozen=True, slots=True)
class Tray:
    """The gifts of one video for one person. ``closed`` says why none may be sent, if so."""

    handle: str
    kinds: list[GiftKind]
    balance: Balance
    token: str
    message_chars: int
    undo_seconds: int
    closed: str


def tray_for(*, user: User, video_id: UUID, at: dt.datetime) -> Tray:
    """Return what somebody may give for a video. Refuses: NotGiftable."""
    rule = gift_rule_at(at=at)
    stage = stage_of([Wish(NO_GIFT, user.pk, video_id, "")], rule=rule, at=at)
    to = stage.recipients.get(video_id)
    if to is None:
        raise NotGiftable
    closed = ""
    try:
        stage.check_welcome(to, sender_id=user.pk)
    except Refusal as refusal:
        closed = str(refusal)
    return Tray(
        handle=to.handle,
        kinds=sold_to(user=user, at=at),
        balance=balance_of(user=user, at=at),
        token=sign_sender(user_id=user.pk, key=settings.SECRET_KEY, at=at),
        message_chars=rule.message_chars,
        undo_seconds=rule.undo // dt.timedelta(seconds=1),
        closed=closed,
    )


def balance_of(*, user: User, at: dt.datetime) -> Balance:
    """Return what somebody can spend now: not what is held, nor what has ended."""
    left = {False: 0, True: 0}
    for lot in open_lots(viewer_ids=[user.pk]).get(user.pk, []):
        is_there = lot.expires_at is None or at < lot.expires_at
        if is_there and (lot.held_until is None or lot.held_until <= at):
            left[lot.is_bonus] += lot.left.micros
    return Balance(Money(left[False], COIN), Money(left[True], COIN))
