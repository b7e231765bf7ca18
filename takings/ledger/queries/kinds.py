"""What entries of some kinds did: what they took from accounts, and which were undone."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import F, Sum

from takings.ledger.models import Entry, Transfer
from takings.ledger.rules import AccountName


def reversals_of(*, entry_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the entry that undid each of these, where one did."""
    rows = Entry.objects.filter(reverses_id__in=entry_ids)
    return dict(rows.values_list("reverses_id", "id"))


def taken_by(*, prefix: AccountName, kinds: Sequence[str]) -> list[tuple[AccountName, str, int]]:
    """Return the micro-units that entries of these kinds took from each account of that prefix.

    Rows are (account, currency, debited less credited). Months that were archived are not seen.
    """
    rows = Transfer.objects.filter(entry__kind__in=kinds)
    out = rows.filter(debit__name__startswith=prefix).values_list("debit__name", "currency")
    back = rows.filter(credit__name__startswith=prefix).values_list("credit__name", "currency")
    sums: dict[tuple[str, str], int] = {}
    for name, code, micros in out.annotate(sum=Sum(F("amount_micros"))):
        sums[name, code] = sums.get((name, code), 0) + int(micros)
    for name, code, micros in back.annotate(sum=Sum(F("amount_micros"))):
        sums[name, code] = sums.get((name, code), 0) - int(micros)
    return [(name, code, micros) for (name, code), micros in sorted(sums.items())]
