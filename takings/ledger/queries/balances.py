"""Balances: read from the account's own row, in constant time."""

from collections import defaultdict
from dataclasses import dataclass

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
