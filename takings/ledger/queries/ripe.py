"""What of many accounts had come in by an instant and has not gone out since: what is ripe."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from takings.ledger.rules import AccountName
from takings.money import Money


@dataclass(frozen=True, slots=True)
class Ripe:
    """An account: what is in it now, and what of it was there by the instant asked for.

    What left since counts against what was there; what came since does not replace it.
    """

    name: AccountName
    balance: Money
    ripe: Money


def ripe_balances(*, prefix: AccountName, suffix: AccountName, until: dt.datetime) -> list[Ripe]:
    """Return the accounts whose name begins and ends so, by name and currency, in one statement.

    ``ripe`` is all that was credited until then less all that was debited until now, so it is for
    accounts that grow by credit. Each costs a few steps in an index per lane.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RIPE, [until, f"{prefix}%", f"%{suffix}"])
        rows = cursor.fetchall()
    return [
        Ripe(name, Money(int(now), code), Money(int(ripe), code)) for name, code, now, ripe in rows
    ]


_RIPE = """
    SELECT balance.name, balance.currency, balance.credits_micros - balance.debits_micros,
        coalesce(sum(earlier.credits_micros), 0) - balance.debits_micros
    FROM ledger_balance AS balance
    JOIN ledger_account AS account ON account.id = balance.account_id
    CROSS JOIN LATERAL generate_series(0, lane_count - 1) AS lane
    LEFT JOIN LATERAL ledger_stood(account.id, lane.lane, %s) AS earlier ON true
    WHERE balance.name LIKE %s AND balance.name LIKE %s
    GROUP BY balance.name, balance.currency, balance.credits_micros, balance.debits_micros
    ORDER BY balance.name, balance.currency
"""


def standing_since(*, prefix: AccountName, until: dt.datetime) -> dict[str, Money]:
    """Return by currency what is in accounts whose name begins so and was there by an instant.

    As :func:`ripe_balances`, summed up, and of accounts alone that hold something now.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [until, f"{prefix}%"])
        return {code: Money(int(micros), code) for code, micros in cursor.fetchall()}


_SINCE = """
    SELECT currency, sum(greatest(0, least(now, was - debits)))
    FROM (
        SELECT balance.currency, balance.credits_micros - balance.debits_micros AS now,
            balance.debits_micros AS debits, coalesce(sum(earlier.credits_micros), 0) AS was
        FROM ledger_balance AS balance
        JOIN ledger_account AS account ON account.id = balance.account_id
        CROSS JOIN LATERAL generate_series(0, lane_count - 1) AS lane
        LEFT JOIN LATERAL ledger_stood(account.id, lane.lane, %s) AS earlier ON true
        WHERE balance.name LIKE %s AND balance.credits_micros > balance.debits_micros
        GROUP BY balance.name, balance.currency, balance.credits_micros, balance.debits_micros
    ) AS standing
    GROUP BY currency
    ORDER BY currency
"""


def overdrawn(*, names: Sequence[AccountName]) -> set[AccountName]:
    """Return which of these accounts have more debited than credited, in any currency."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERDRAWN, [list(names)])
        return {name for (name,) in cursor.fetchall()}


_OVERDRAWN = """
    SELECT name FROM ledger_balance WHERE name = ANY (%s) AND credits_micros < debits_micros
"""
