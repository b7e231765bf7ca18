"""Holds that are open: money that is kept back."""

from uuid import UUID

from takings.ledger.models import Hold
from takings.money import Money


def open_holds(*, kind: str) -> dict[UUID, Money]:
    """Return what each open hold of a kind keeps back, by its id."""
    rows = Hold.objects.filter(kind=kind, end=None)
    return {
        hold_id: Money(micros, code)
        for hold_id, micros, code in rows.values_list("id", "amount_micros", "currency")
    }
