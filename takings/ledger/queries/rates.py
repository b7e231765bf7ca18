"""Exchange rates: what held on a day."""

import datetime as dt

from takings.core.errors import Conflict
from takings.ledger.models import ExchangeRate
from takings.ledger.rules.converting import DatedRate

OLDEST = dt.timedelta(days=7)  # over the longest row of bank holidays, no longer


class NoRate(Conflict):
    """Nobody said what the currency was worth then; money is not converted at a guess."""

    code = "no_rate"
    sentence = (
        "There is no rate from {base} to {quote} for {on} or the seven days before; import one."
    )


def rate_on(*, base: str, quote: str, on: dt.date) -> DatedRate:
    """Return the newest rate that held on a day, at most seven days old. Refuses: NoRate."""
    row = (
        ExchangeRate.objects.filter(
            base=base, quote=quote, valid_on__lte=on, valid_on__gte=on - OLDEST
        )
        .order_by("-valid_on")
        .first()
    )
    if row is None:
        raise NoRate(base=base, quote=quote, on=on)
    return DatedRate(row.base, row.quote, row.valid_on, row.rate, row.source)
