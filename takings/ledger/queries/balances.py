"""Balances: read from the account's own row, in constant time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from takings.ledger.models import Account, Balance
from takings.ledger.rules import AccountKind, AccountName, Side, account_kind
from takings.money import Money, currency


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account, what went through it and what is in it (on its own side).

    ``held`` of it is kept back by holds; ``limit`` is the most it may hold, if there is one.
    """

    name: AccountName
    side: Side
    debits: Money
    credits: Money
    balance: Money
    held: Money
    limit: Money | None
    closed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One line of the trial balance: all accounts of one kind and currency together.

    ``debit`` and ``credit`` are the balances standing on each side; over a currency both columns
    have the same sum.
    """

    kind: AccountKind
    currency: str
    account_count: int
    debit: Money
    credit: Money


def balance(*, name: AccountName, currency: str) -> Money:
    """Return what is in the account, on its own side; nothing if it was never used.

    Refuses: UnknownAccount, UnknownCurrency.
    """
    account_kind(name)
    row = Balance.objects.filter(name=name, currency=currency).first()
    return Money(row.balance_micros if row else 0, currency)


def available(*, name: AccountName, currency: str) -> Money:
    """Return what may still be taken out of the account: its balance less what is held.

    Refuses: UnknownAccount, UnknownCurrency.
    """
    account_kind(name)
    row = Balance.objects.filter(name=name, currency=currency).first()
    return Money(row.balance_micros - row.held_micros if row else 0, currency)


def balance_at(*, name: AccountName, currency: str, at: dt.datetime) -> Money:
    """Return what was in the account at an instant: what was posted until then, on its own side.

    A few steps in an index per lane, however long the history. Refuses: UnknownAccount,
    UnknownCurrency.
    """
    [totals] = _totals(name, currency, [at])
    return totals.balance


def daily_balances(*, name: AccountName, currency: str) -> list[tuple[dt.date, Money]]:
    """Return the balance at the end of each day (UTC) on which something was posted, in order.

    Refuses: UnknownAccount, UnknownCurrency.
    """
    return [(day, totals.balance) for day, totals in daily_totals(name=name, currency=currency)]


@dataclass(frozen=True, slots=True)
class TotalsThen:
    """What had gone into and out of an account by then, and what was in it, on its own side."""

    inflow: Money
    outflow: Money

    @property
    def balance(self) -> Money:
        """What was in it."""
        return self.inflow - self.outflow


def daily_totals(*, name: AccountName, currency: str) -> list[tuple[dt.date, TotalsThen]]:
    """Return the totals at the end of each day (UTC) on which something was posted, in order.

    A few steps in an index per day, however much was posted on it. Refuses: UnknownAccount.
    """
    account_kind(name)
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [name, currency])
        days: list[dt.date] = [day for (day,) in cursor.fetchall()]
    ends = [dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC) for day in days]
    return list(zip(days, _totals(name, currency, ends), strict=True))


# The days on which a lane moved: from one back to the one before it, each a few steps.
_DAYS = """
    WITH RECURSIVE day AS (
        SELECT account_id, lane, ledger_lane.posted_at AS at
        FROM ledger_lane JOIN ledger_account AS account ON account.id = account_id
        WHERE name = %s AND currency = %s
        UNION ALL
        SELECT account_id, lane, (SELECT posted_at FROM ledger_stood(account_id, lane,
            date_trunc('day', day.at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                - interval '1 microsecond'))
        FROM day WHERE at IS NOT NULL
    )
    SELECT DISTINCT (at AT TIME ZONE 'UTC')::date AS day FROM day WHERE at IS NOT NULL ORDER BY day
"""

_TOTALS = """
    SELECT coalesce(sum(s.debits_micros), 0)::bigint, coalesce(sum(s.credits_micros), 0)::bigint
    FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS instant (at, n)
    LEFT JOIN ledger_account AS account ON name = %s AND currency = %s
    LEFT JOIN LATERAL generate_series(0, lane_count - 1) AS lane ON true
    LEFT JOIN LATERAL ledger_stood(account.id, lane.lane, at) AS s ON true
    GROUP BY n ORDER BY n
"""


def _totals(name: AccountName, currency: str, instants: Sequence[dt.datetime]) -> list[TotalsThen]:
    """Return the totals of the account at each instant."""
    side = account_kind(name).side
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [list(instants), name, currency])
        sums = [(Money(d, currency), Money(c, currency)) for d, c in cursor.fetchall()]
    return [TotalsThen(*((c, d) if side == "credit" else (d, c))) for d, c in sums]


def balances(*, prefix: AccountName) -> list[AccountBalance]:
    """Return all accounts whose name starts with ``prefix``, by name and currency."""
    found = Balance.objects.filter(name__startswith=prefix).select_related("account")
    rows = found.order_by("name", "currency")
    return [
        AccountBalance(
            name=row.name,
            side=account_kind(row.name).side,
            debits=Money(row.debits_micros, row.currency),
            credits=Money(row.credits_micros, row.currency),
            balance=Money(row.balance_micros, row.currency),
            held=Money(row.held_micros, row.currency),
            limit=_limit(row.account),
            closed_at=row.account.closed_at,
        )
        for row in rows
    ]


def _limit(account: Account) -> Money | None:
    micros = account.ceiling_micros
    return None if micros is None else Money(micros, account.currency)


def trial_balance() -> list[TrialRow]:
    """Return the balances of all accounts by kind and currency: both columns sum to the same."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in Balance.objects.order_by("account_id").iterator(chunk_size=5_000):
        kind = account_kind(row.name)
        standing = row.debits_micros - row.credits_micros
        sums_of = sums[row.currency, kind.pattern]
        sums_of[0] += 1
        sums_of[1] += max(standing, 0)
        sums_of[2] += max(-standing, 0)
    kinds = {account_kind(pattern.replace("<", "").replace(">", "")) for _, pattern in sums}
    by_pattern = {kind.pattern: kind for kind in kinds}
    return [
        TrialRow(
            kind=by_pattern[pattern],
            currency=currency(code).code,
            account_count=count,
            debit=Money(debit, code),
            credit=Money(credit, code),
        )
        for (code, pattern), (count, debit, credit) in sorted(sums.items())
    ]
