"""Money that is a creator's from the first instant: written down, taken back when it must be."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from takings.ledger.rules import AccountName
from takings.money import Money
from takings.people.models import Creator
from takings.settlement.actions.taking_out import Draw, draw_on_pool
from takings.settlement.models import DirectEarning
from takings.settlement.rules import PLATFORM, Earning, direct_parts
from takings.videos.actions import channel_of

BATCH = 2_000


def earn_directly(
    *, earnings: Iterable[tuple[UUID, Earning]], at: dt.datetime
) -> list[DirectEarning]:
    """Write down what entries bring to creators, each with its entry's id.

    Call it in the transaction that posts the entries, with the earnings' period held open; the
    entries credit what :func:`~takings.settlement.rules.direct_parts` says.
    """
    rows = [_row(entry_id, one, sign=1, at=at) for entry_id, one in earnings]
    return DirectEarning.objects.bulk_create(rows, batch_size=BATCH)


def take_directly(
    *, entry_id: UUID, earning: Earning, why: str, at: dt.datetime
) -> dict[AccountName, Money]:
    """Take back what an earning brought; return the accounts that give it and how much each.

    Until the close these are the creator's pending money and the platform, each its share. After it
    the platform gives all, and the next correction takes the creator's share, and that of whom the
    creator shared it with: from pending, or what is payable (:class:`PoolCut`). Call it in the
    transaction that posts the entry. Refuses: PeriodIsBeingClosed.
    """
    draw = Draw(entry_id, earning.total, why)
    source = draw_on_pool(key=earning.key, draw=draw, at=at)
    _row(entry_id, earning, sign=-1, at=at).save()
    return {PLATFORM: earning.total} if source == PLATFORM else direct_parts([earning])


def _row(entry_id: UUID, one: Earning, *, sign: int, at: dt.datetime) -> DirectEarning:
    creator_id, video_id = one.creator_id, one.video_id
    if video_id is None:
        video_id = channel_of(creator=Creator.objects.get(pk=creator_id), at=at).pk
    return DirectEarning(
        entry_id=entry_id,
        product=one.key.product,
        country=one.key.country,
        period=one.key.period,
        currency=one.key.currency,
        creator_id=creator_id,
        video_id=video_id,
        day=one.day,
        count=sign * one.count,
        total_micros=sign * one.total.micros,
        share_micros=sign * one.share.micros,
        earned_at=at,
    )
