"""Gifts: a catalogue, and wishes of fans for a creator's video."""

import datetime as dt
from uuid import UUID, uuid4

from takings.core import clock
from takings.gifts.actions import make_kind, send_gift
from takings.gifts.models import Gift, GiftKind
from takings.gifts.rules import Art, Motion, Offer, Wish
from takings.money import Money
from takings.people.models import User
from tests.make.people import make_operator
from tests.make.settlement import Act

LOOKS = (Art.ROSE, Motion.RISE)


def coins(count: int) -> Money:
    """Return so many whole coins."""
    return Money(count * 10**6, "COIN")


def make_gift_kind(count: int = 100, *, slug: str = "", offer: Offer | None = None) -> GiftKind:
    """Put a gift into the catalogue that costs so many coins."""
    return make_kind(
        operator=make_operator(),
        slug=slug or f"rose-{count}",
        looks=LOOKS,
        offer=offer or Offer(name="Rose", price=coins(count)),
        at=clock.now(),
    )


def wish(
    user: User,
    act: Act,
    kind: GiftKind,
    *,
    id: UUID | None = None,  # noqa: A002 - as everywhere
    message: str = "",
    moment_ms: int | None = None,
) -> Wish:
    """Wish to give a gift for the act's video."""
    return Wish(
        id=id or uuid4(),
        sender_id=user.pk,
        video_id=act.video_id,
        kind=kind.slug,
        message=message,
        moment_ms=moment_ms,
    )


def give(user: User, act: Act, kind: GiftKind, *, at: dt.datetime | None = None) -> Gift:
    """Give it."""
    return send_gift(wish=wish(user, act, kind), at=at or clock.now())
