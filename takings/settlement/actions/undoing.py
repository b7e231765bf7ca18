"""Undoing an exchange of earnings: what it took is payable again, tax included, once."""

import datetime as dt

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.ledger.actions import reverse
from takings.people.models import User
from takings.settlement.models import Exchange, ExchangeReturn
from takings.settlement.queries.rewards import gate

LONGEST_REASON = 300


class ExchangeUndone(Conflict):
    """An exchange is undone once."""

    code = "exchange_undone"
    sentence = "The earnings were given back already."


@transaction.atomic
def undo_exchange(
    *, operator: User, exchange: Exchange, reason: str, at: dt.datetime
) -> ExchangeReturn:
    """Give earnings back by the exact reverse of the exchange's entry.

    Called by the app whose reward it is, which takes the reward back in the same transaction and
    has asked for a reason. Refuses: ExchangeUndone.
    """
    if ExchangeReturn.objects.filter(pk=exchange.pk).exists():
        raise ExchangeUndone
    gate().make_room(exchange_id=exchange.pk, at=at)
    entry_id = ids.derived("exchange_undone", exchange.pk)
    reverse(
        entry_id=exchange.entry_id,
        id=entry_id,
        at=at,
        memo=reason[:LONGEST_REASON],
        kind="exchange_undone",
    )
    return ExchangeReturn.objects.create(
        exchange=exchange,
        reason=reason[:LONGEST_REASON],
        returned_by=operator,
        returned_at=at,
        entry_id=entry_id,
    )
