"""Reserves: part of what is released is held by policy for some days, and given back by itself."""

import datetime as dt

from takings.core import ids
from takings.ledger import queries as ledger
from takings.policies.rules import describe_reserve
from takings.settlement.actions.holding import HoldFact, move_held
from takings.settlement.models import EarningsHold, Release
from takings.settlement.queries import releasable, reserve_of
from takings.settlement.rules import reserved


def keep_reserve(*, release: Release, at: dt.datetime) -> EarningsHold | None:
    """Hold what the policy keeps of a release, in the transaction that posted it; or nothing.

    What was owed is settled first: no more is kept than is payable.
    """
    told = release.statement
    rule = reserve_of(release=release)
    if rule is None:
        return None
    payable = ledger.balance(name=f"creator:{told.creator_id}:payable", currency=told.currency)
    amount = reserved(released=releasable(statement=told), payable=payable, share=rule.share)
    if not amount:
        return None
    key, reason = (
        ids.derived("earnings_held", "reserve", told.pk),
        f"Reserve: {describe_reserve(rule)}.",
    )
    fact = HoldFact(ids.derived("earnings_held", key), "earnings_held", key, reason)
    move_held(told.creator_id, amount, fact, at=at)
    return EarningsHold.objects.create(
        id=key,
        creator_id=told.creator_id,
        currency=amount.currency,
        amount_micros=amount.micros,
        reason=reason,
        release=release,
        held_at=at,
        ends_at=at + dt.timedelta(days=rule.days),
        entry_id=fact.id,
    )
