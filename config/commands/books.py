"""Commands about money."""

import sys

from rich.table import Table

from config.show import Bars, out
from takings.core import clock
from takings.insights.actions import run_books_check
from takings.insights.queries import trace_text


def trace(subject: str) -> None:
    """Follow an amount both ways, as the desk sees it."""
    out.print(trace_text(id=subject), markup=False, soft_wrap=True)


def check_books(*, full: bool = True) -> None:
    """Prove the books and keep the result for the desk; exit code 1 when a row is wrong."""
    with Bars() as bars:
        run = run_books_check(at=clock.now(), full=full, progress=bars)
    findings = list(run.findings.all())
    if not findings:
        out.print(f"The books are right. Proved in {run.took_ms / 1000:.1f} s.")
        return
    table = Table("invariant", "row", "what is wrong")
    for found in findings:
        table.add_row(found.invariant, found.row, found.sentence)
    out.print(table)
    sys.exit(1)
