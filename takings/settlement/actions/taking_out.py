"""Money that leaves a pool again: it came in for something that turned out to be nothing."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from takings.core.errors import Conflict
from takings.ledger.rules import AccountName
from takings.money import Money
from takings.settlement import queries
from takings.settlement.models import PoolCut, Status
from takings.settlement.rules import PLATFORM, PoolKey


class PeriodIsBeingClosed(Conflict):
    """What is being shared right now stays as it is."""

    code = "period_is_being_closed"
    sentence = "{period} is being closed; take money out of its pools when that is done."


@dataclass(frozen=True, slots=True)
class Draw:
    """How much leaves a pool by which entry, and why, as creators read it."""

    entry_id: UUID
    amount: Money
    why: str


def draw_on_pool(*, key: PoolKey, draw: Draw, at: dt.datetime) -> AccountName:
    """Return the account that gives back what a pool should not have held.

    While the pool is open it is the pool. Once it was shared it is the platform's, and the next
    correction of the period takes from everybody what they had of it (:class:`PoolCut`). Call it
    in the transaction that posts the entry. Refuses: PeriodIsBeingClosed.
    """
    period = queries.held_open(name=key.period)
    if period.status == Status.OPEN:
        return key.account
    if period.status == Status.CLOSING:
        raise PeriodIsBeingClosed(period=period.name)
    PoolCut.objects.create(
        entry_id=draw.entry_id,
        period=period,
        pool=key.account,
        currency=key.currency,
        amount_micros=draw.amount.micros,
        why=draw.why,
        cut_at=at,
    )
    return PLATFORM
