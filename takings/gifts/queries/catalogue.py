"""The catalogue: all of it for operators, what is sold to somebody for everybody else."""

import datetime as dt
from dataclasses import dataclass

from takings.gifts.models import GiftKind
from takings.gifts.queries.staging import buyer_of, senders_of
from takings.gifts.rules import NoSuchGiftKind, NotSold, TooYoungForGift, check_sold
from takings.people.models import User


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What operators see: what is sold, and what was retired."""

    sold: list[GiftKind]
    retired: list[GiftKind]


def catalogue() -> Catalogue:
    """Return every gift there is or was, the cheapest first."""
    kinds = list(GiftKind.objects.all())
    return Catalogue(
        [kind for kind in kinds if kind.retired_at is None],
        [kind for kind in kinds if kind.retired_at is not None],
    )


def gift_kind(*, slug: str) -> GiftKind:
    """Return a gift of the catalogue. Refuses: NoSuchGiftKind."""
    found = GiftKind.objects.filter(pk=slug).first()
    if found is None:
        raise NoSuchGiftKind
    return found


def sold_to(*, user: User, at: dt.datetime) -> list[GiftKind]:
    """Return what somebody may send now, the cheapest first."""
    senders = senders_of([user.pk])
    if user.pk not in senders:
        return []
    buyer = buyer_of(senders[user.pk], at=at)
    found = []
    for kind in GiftKind.objects.filter(retired_at__isnull=True):
        try:
            check_sold(kind.as_offer(), buyer=buyer)
        except (NotSold, TooYoungForGift):
            continue
        found.append(kind)
    return found
