"""Commands that close a period, or try it out."""

from collections.abc import Iterator
from functools import partial

from django.conf import settings
from rich.table import Table

from config.show import Bars, out, read_words, say
from takings.core import clock, ids
from takings.core.errors import Forbidden
from takings.insights.actions import close_on_the_machine
from takings.money import Money, format_money
from takings.settlement import queries
from takings.settlement.actions import Asked, count_lake, dry_run
from takings.settlement.models import Status
from takings.settlement.queries import DryRunReport


class NotYet(Forbidden):
    """Real people's earnings are final when their month is over, not sooner."""

    code = "not_yet"
    sentence = "Only a demo closes a period early; {period} is closed when it is over."


def close(name: str, *, early: bool) -> None:
    """Close a period and show its stages. Refuses :class:`NotYet`."""
    if early and not settings.DEMO:
        raise NotYet(period=name)
    at = clock.now()
    if queries.period(name=name).status == Status.CLOSED:
        out.print(f"{name} was closed before; its numbers stay what they are.")
    with Bars() as bars:
        count = partial(count_lake, tell=bars.days)
        period = close_on_the_machine(name=name, at=at, early=early, progress=bars, count=count)
    table = Table("stage", "finished", "rows", "digest of the result", title=f"Period {name}")
    for stage in queries.close_stages(period=period):
        finished = f"{stage.finished_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(stage.stage, finished, str(stage.row_count), stage.output_digest[:16])
    out.print(table)
    out.print(f"Closed under {period.policy_version}.")
    _tell_cost(bars)


def try_close(name: str) -> None:
    """Work a close out, keep it, and show what it would pay and what somebody should look at."""
    at = clock.now()
    asked = Asked(id=ids.uuid7(at=at), operator=None, at=at)
    with Bars() as bars:
        run = dry_run(name=name, asked=asked, count=partial(count_lake, tell=bars.days))
    report = queries.dry_run_report(run=run)
    out.print(_pools(report))
    out.print(_shares(report))
    for sentence in _warnings(report):
        out.print(sentence, markup=False, soft_wrap=True)
    out.print(f"Nothing was posted. Dry run {run.pk}, snapshot {run.snapshot_id} of the lake.")
    out.print(f"What comes of it: {run.lines_digest}", soft_wrap=True)
    _tell_cost(bars)


def _tell_cost(bars: Bars) -> None:
    """Say what counting took; nothing, where nothing had to be counted."""
    days = bars.counted
    if days is not None and days.day_count:
        took = f"{days.took_ms / 1_000:,.1f} s"
        say(f"Counted: {days.done:,} of {days.day_count:,} days, {read_words(days)}, {took}.")


def _pools(report: DryRunReport) -> Table:
    table = Table("pool", "views", "creators", "rights", "platform", "total", title="Pools")
    for pool in report.pools:
        parts = (pool.creators_micros, pool.rights_micros, pool.platform_micros, pool.total_micros)
        amounts = (format_money(Money(micros, pool.currency)) for micros in parts)
        table.add_row(pool.account, f"{pool.views:,}", *amounts)
    return table


def _shares(report: DryRunReport) -> Table:
    last = report.before.name if report.before else "last time"
    table = Table("creator", "views", "amount", "estimate", last, title="The largest shares")
    for row in report.largest:
        amounts = (format_money(one) for one in (row.amount, row.estimated, row.before))
        table.add_row(f"@{row.creator.handle}", f"{row.views:,}", *amounts)
    return table


def _warnings(report: DryRunReport) -> Iterator[str]:
    for row in report.moved:
        moved = f"{row.before_bp / 100:.2f} % to {row.now_bp / 100:.2f} %"
        yield f"Look: the share of @{row.creator.handle} moved from {moved} of all earnings."
    for pool in report.without_views:
        yield f"Look: {pool.account} holds {format_money(pool.total)} and has no counted view."
    for pool in report.without_money:
        yield f"Look: {pool.views:,} counted views of {pool.account} share nothing."
    for one in report.outcomes:
        yield f"{one.views:,} views: {one.outcome}, {one.bp / 100:.2f} %"
