"""The command that looks again at what was billed."""

from rich.table import Table

from config.show import out
from takings.ads import actions
from takings.core import clock
from takings.money import Money, format_money


def judge() -> None:
    """Judge the days that wait for it and show what each gave back."""
    table = Table("day", "rules", "views judged", "given back", "for")
    passes = actions.judge_traffic(at=clock.now())
    for one in passes:
        rows = list(one.credits.all())
        sums: dict[str, int] = {}
        for row in rows:
            sums[row.currency] = sums.get(row.currency, 0) + row.amount_micros
        amounts = (format_money(Money(micros, code), exact=True) for code, micros in sums.items())
        views = sum(row.impression_count for row in rows)
        table.add_row(
            str(one.day), one.rules, f"{one.judged_count:,}", f"{views:,}", ", ".join(amounts)
        )
    out.print(table if passes else "Every day that is over was judged before.")
