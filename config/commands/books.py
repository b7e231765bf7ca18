"""Commands about money."""

import sys

from django.conf import settings
from rich.table import Table

from config.show import Bars, out
from takings.core import clock
from takings.core.errors import Forbidden
from takings.insights.actions import close_period, run_books_check
from takings.insights.queries import trace_text
from takings.settlement import queries


class NotYet(Forbidden):
    """Real people's earnings are final when their month is over, not sooner."""

    code = "not_yet"
    sentence = "Only a demo closes a period early; {period} is closed when it is over."


def close(name: str, *, early: bool) -> None:
    """Close a period and show its stages. Refuses :class:`NotYet`."""
    if early and not settings.DEMO:
        raise NotYet(period=name)
    with Bars() as bars:
        period = close_period(name=name, at=clock.now(), early=early, progress=bars)
    table = Table("stage", "finished", "rows", "digest of the result", title=f"Period {name}")
    for stage in queries.close_stages(period=period):
        finished = f"{stage.finished_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(stage.stage, finished, str(stage.row_count), stage.output_digest[:16])
    out.print(table)
    out.print(f"Closed under {period.policy_version}.")


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
