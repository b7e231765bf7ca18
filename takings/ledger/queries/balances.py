"""Balances: read from the account's own row, in constant time."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from takings.ledger.models import Account
from takings.ledger.rules import AccountKind, AccountName, Side, account_kind
from takings.money import Money, currency


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account, what went through it and what is in it (on its own side)."""

    name: AccountName
    side: Side
    debits: Money
    credits: Money
    balance: Money


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
    account = Account.objects.filter(name=name, currency=currency).first()
    return Money(account.balance_micros if account else 0, currency)


def balance_at(*, name: AccountName, currency: str, at: dt.datetime) -> Money:
    """Return what was in the account at an instant: what was posted until then, on its own side.

    Refuses: UnknownAccount, UnknownCurrency.
    """
    sums = _changes(name, currency, until=at)
    return Money(sum(change for _, change in sums), currency)


def daily_balances(*, name: AccountName, currency: str) -> list[tuple[dt.date, Money]]:
    """Return the balance at the end of each day (UTC) on which something was posted, in order.

    Refuses: UnknownAccount, UnknownCurrency.
    """
    standing, days = 0, []
    for day, change in _changes(name, currency, until=None):
        standing += change
        days.append((day, Money(standing, currency)))
    return days


def _changes(
    name: AccountName, currency: str, *, until: dt.datetime | None
) -> list[tuple[dt.date, int]]:
    """Return by how much each day moved an account, on its own side, in order."""
    sign = 1 if account_kind(name).side == "credit" else -1
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH moved AS (
                SELECT entry_id, CASE credit_id WHEN account.id THEN 1 ELSE -1 END * amount_micros
                    AS change
                FROM ledger_account AS account
                JOIN ledger_transfer ON account.id IN (debit_id, credit_id)
                WHERE account.name = %s AND account.currency = %s
            )
            SELECT (posted_at AT TIME ZONE 'UTC')::date AS day, sum(change)::bigint
            FROM moved JOIN ledger_entry ON ledger_entry.id = entry_id
            WHERE posted_at <= coalesce(%s, posted_at)
            GROUP BY day ORDER BY day
            """,
            [name, currency, until],
        )
        return [(day, sign * change) for day, change in cursor.fetchall()]


def balances(*, prefix: AccountName) -> list[AccountBalance]:
    """Return all accounts whose name starts with ``prefix``, by name and currency."""
    rows = Account.objects.filter(name__startswith=prefix).order_by("name", "currency")
    return [
        AccountBalance(
            name=row.name,
            side=account_kind(row.name).side,
            debits=Money(row.debits_micros, row.currency),
            credits=Money(row.credits_micros, row.currency),
            balance=Money(row.balance_micros, row.currency),
        )
        for row in rows
    ]


def trial_balance() -> list[TrialRow]:
    """Return the balances of all accounts by kind and currency: both columns sum to the same."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in Account.objects.order_by("id").iterator(chunk_size=5_000):
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
