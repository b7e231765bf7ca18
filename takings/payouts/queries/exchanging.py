"""What holds for a creator who exchanges earnings now: the same looks as for a payout."""

import datetime as dt
from dataclasses import replace

from takings.ledger import queries as ledger
from takings.money import Money
from takings.payouts.queries.candidates import account_of, gate_of
from takings.payouts.queries.past import Known, Look
from takings.payouts.rules.exchanging import Income, bar_of, income_of
from takings.payouts.rules.withholding import source_ratio
from takings.people.models import Creator
from takings.policies.queries import payout_policy_at


def known_of(*, creator: Creator, at: dt.datetime) -> Known:
    """Return what is known of one creator now."""
    look = Look(rules=payout_policy_at(at=at), until=at, at=at, rates_on=at.date())
    return Known(look, [creator.pk])


def bar_to_exchange(*, known: Known) -> str:
    """Return why the one creator who is asked about cannot exchange now, or nothing."""
    [key], look = known.creator_ids, known.look
    rows = ledger.balances(prefix=account_of(key))
    return bar_of(
        gate=replace(gate_of(key, known=known), is_in_a_batch=key in known.in_a_batch),
        holdings=[row.balance for row in rows if row.name == account_of(key)],
        tax=known.standings[key].tax_status(),
        rule=look.rules.withholding,
        at=look.at,
    )


def income_of_exchange(*, known: Known, price: Money) -> Income:
    """Return what an exchange at a price is for taxes, of somebody whom nothing bars.

    Its source part is in the proportion of the statements that no payout has taken yet.
    """
    [key], look = known.creator_ids, known.look
    status = known.standings[key].tax_status()
    assert status is not None  # noqa: S101 - without papers the gate bars
    waiting = [
        one for one in known.statements.get(key, ()) if one.amount.currency == price.currency
    ]
    ratio = known.past(key, price.currency).source_ratio
    if waiting:
        stated = sum(one.amount.micros for one in waiting)
        ratio = source_ratio(stated=stated, source=sum(one.source.micros for one in waiting))
    return income_of(
        price=price,
        source_ratio=ratio,
        rule=look.rules.withholding,
        status=status,
        on=look.at.date(),
    )
