"""Accounts on the desk: the tree of their names, and one account from its first day on."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from takings.insights.rules.charts import balance_chart
from takings.insights.rules.standing import Month, Standing, standings
from takings.ledger import queries as ledger
from takings.ledger.queries import AccountBalance, AccountLine, ArchivedMonth
from takings.ledger.queries.tree import Node, children
from takings.ledger.queries.turnovers import Posted, turnovers
from takings.ledger.rules import account_kind
from takings.money import Money

PAGE = 1_000
NODES = 50
_INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Crumb:
    """A node above a branch: its label and the prefix that opens it."""

    label: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Branch:
    """Some nodes side by side; ``more`` is the label after which there are others, or empty."""

    prefix: str
    nodes: tuple[Node, ...]
    more: str

    @property
    def crumbs(self) -> tuple[Crumb, ...]:
        """The way to it from the root."""
        return crumbs_to(self.prefix)


def crumbs_to(name: str) -> tuple[Crumb, ...]:
    """Return the nodes above a name, from the root down."""
    labels = name.split(":")[:-1]
    ways = (":".join(labels[: depth + 1]) + ":" for depth in range(len(labels)))
    return tuple(Crumb(label, way) for label, way in zip(labels, ways, strict=True))


def branch(*, prefix: str, after: str = "") -> Branch:
    """Return the nodes whose names begin so, one level deep, a page of them. Refuses BadPrefix."""
    nodes = children(prefix=prefix, after=after, limit=NODES + 1)
    shown = nodes[:NODES]
    return Branch(prefix, tuple(shown), more=shown[-1].label if len(nodes) > NODES else "")


@dataclass(frozen=True, slots=True)
class Periods:
    """An account's months, or the days of one, oldest first, in one currency."""

    currency: str
    rows: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """One account: its balances, and the entries that touched it; ``older`` continues the list."""

    name: str
    meaning: str
    balances: tuple[AccountBalance, ...]
    charts: tuple[dict[str, object], ...]
    periods: tuple[Periods, ...]
    lines: tuple[AccountLine, ...]
    older: int | None
    archived: tuple[ArchivedMonth, ...]

    @property
    def crumbs(self) -> tuple[Crumb, ...]:
        """The nodes of the tree above it."""
        return crumbs_to(self.name)

    @property
    def label(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(":")[2]


def account_history(
    *, name: str, before: int | None, limit: int, month: Month | None = None
) -> AccountHistory:
    """Return what happened to an account, newest first. Refuses UnknownAccount.

    ``periods`` are months, or the days of the ``month`` that is named.
    """
    lines = ledger.entries_touching(account=name, before=before, limit=limit)
    balances = _balances(name)
    codes = [row.balance.currency for row in balances]
    charts = (
        balance_chart(ledger.daily_balances(name=name, currency=code), currency=code)
        for code in codes
    )
    return AccountHistory(
        name=name,
        meaning=account_kind(name).meaning,
        balances=balances,
        charts=tuple(chart for chart in charts if chart),
        periods=tuple(_periods(name, code, month) for code in codes),
        lines=tuple(lines),
        older=lines[-1].number if len(lines) >= limit else None,
        archived=tuple(ledger.archived_months()),
    )


def account_periods(*, name: str, month: Month | None = None) -> list[Periods]:
    """Return an account's months, or the days of one, per currency. Refuses UnknownAccount."""
    account_kind(name)
    return [_periods(name, row.balance.currency, month) for row in _balances(name)]


def _balances(name: str) -> tuple[AccountBalance, ...]:
    return tuple(row for row in ledger.balances(prefix=name) if row.name == name)


def _periods(name: str, code: str, month: Month | None) -> Periods:
    if month is None:
        opening = Money.zero(code)
        moved = turnovers(name=name, currency=code, by="month")
    else:
        posted = Posted(month.starts_at, month.ends_at)
        opening = ledger.balance_at(name=name, currency=code, at=month.starts_at - _INSTANT)
        moved = turnovers(name=name, currency=code, by="day", posted=posted)
    triples = ((one.first, one.inflow, one.outflow) for one in moved)
    return Periods(code, tuple(standings(opening=opening, turnovers=triples)))


def account_lines(*, name: str) -> Iterator[AccountLine]:
    """Return all that happened to an account, newest first, page by page.

    Refuses UnknownAccount at the call.
    """
    account_kind(name)
    return _pages(name)


def _pages(name: str) -> Iterator[AccountLine]:
    before: int | None = None
    while lines := ledger.entries_touching(account=name, before=before, limit=PAGE):
        yield from lines
        before = lines[-1].number
