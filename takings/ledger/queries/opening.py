"""What the books say of their own beginning."""

import datetime as dt

from takings.ledger.models import Transfer
from takings.ledger.rules.opening import KIND, reference_of


def opened_currencies(*, on: dt.date) -> set[str]:
    """Return the currencies for which balances were brought in under this day."""
    rows = Transfer.objects.filter(entry__kind=KIND, entry__reference=reference_of(on))
    return set(rows.values_list("currency", flat=True).distinct())
