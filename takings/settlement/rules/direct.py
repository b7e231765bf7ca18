"""Money that is one creator's from the start: what of it is theirs, and where the rest goes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from takings.ledger.rules import AccountName
from takings.money import Money, Rate, allocate
from takings.policies.rules import DIRECT
from takings.settlement.rules.posting import PoolKey

CREATOR, REST = "creator", "platform"


@dataclass(frozen=True, slots=True)
class Earning:
    """What ``count`` ads, gifts or sales brought on one UTC day: ``share`` is the creator's.

    ``key`` is the place of its line: period, country, currency and product. ``video_id`` is a video
    of this creator, or nothing where it was earned by the channel as a whole.
    """

    key: PoolKey
    creator_id: int
    video_id: UUID | None
    day: dt.date
    count: int
    total: Money
    share: Money


def direct_share(price: Money, *, rate: Rate) -> Money:
    """Return the creator's share of one ad's price; the rest is the platform's.

    By largest remainder, as pools are shared (ADR 8): half a micro-unit goes to the creator.

    >>> direct_share(Money(4_250, "USD"), rate=Rate.of_bp(5_500)).micros
    2338
    """
    weights = {CREATOR: rate.ratio, REST: 1 - rate.ratio}
    return Money(allocate(price.micros, weights)[CREATOR], price.currency)


def direct_parts(earnings: Iterable[Earning]) -> dict[AccountName, Money]:
    """Return what each account gets of earnings of one currency; nothing is left out."""
    parts: dict[AccountName, Money] = {}
    for one in earnings:
        for account, amount in (
            (f"creator:{one.creator_id}:pending", one.share),
            (DIRECT[one.key.product], one.total - one.share),
        ):
            if amount:
                parts[account] = parts.get(account, Money.zero(amount.currency)) + amount
    return parts
