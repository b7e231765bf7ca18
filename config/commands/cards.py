"""Commands about card payments."""

import datetime as dt
import sys

from rich.table import Table

from config.show import out
from takings.core import clock
from takings.payments import actions
from takings.payments.providers import provider_names
from takings.payments.queries import used_providers


def reconcile(day: dt.datetime) -> None:
    """Compare a day of every provider and show what came of it; exit code 1 when some differ."""
    found = [
        actions.reconcile(provider=name, day=day.date(), at=clock.now())
        for name in sorted({*provider_names(), *used_providers()})
    ]
    if not found:
        out.print("Nobody takes cards here, so there is nothing to compare.")
        return
    table = Table("provider", "lines", "differences", title=f"Cards on {day:%Y-%m-%d}")
    for one in found:
        table.add_row(one.provider, str(one.line_count), str(one.difference_count))
    out.print(table)
    if any(one.difference_count for one in found):
        out.print("Each difference is a case: /payments/desk/cases/")
        sys.exit(1)
