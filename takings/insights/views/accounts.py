"""The desk's accounts: the tree, one account, and both as files. For staff only."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takings.insights.queries import accounts
from takings.insights.queries.accounts import Periods
from takings.insights.rules.standing import Month, parse_month
from takings.insights.views.csv_files import csv_answer
from takings.ledger.queries import AccountLine
from takings.ledger.queries.tree import BadPrefix, accounts_below
from takings.people.queries import access_operator

PER_PAGE = 50
LARGEST_DIGITS = 18  # numbers of entries are bigints
LINES_HEAD = (
    "number",
    "entry",
    "kind",
    "reference",
    "policy",
    "happened",
    "posted",
    "currency",
    "change",
)
BALANCES_HEAD = ("account", "side", "currency", "debits", "credits", "balance")
PERIODS_HEAD = ("account", "currency", "from", "opening", "in", "out", "closing")


@require_GET
def accounts_page(request: HttpRequest) -> HttpResponse:
    """Show the tree of accounts, from the node that is asked for."""
    access_operator(user=request.user)
    prefix, after = request.GET.get("prefix", "").strip(), request.GET.get("after", "")
    context: dict[str, object] = {"prefix": prefix, "after": after}
    try:
        context["branch"] = accounts.branch(prefix=prefix, after=after)
    except BadPrefix as refusal:
        context["error"] = str(refusal)
    status = 422 if "error" in context else 200
    return render(request, "insights/desk/accounts.html", context, status=status)


@require_GET
def branch_part(request: HttpRequest) -> HttpResponse:
    """Give some nodes of the tree, for a page that shows it already. Refuses BadPrefix."""
    access_operator(user=request.user)
    prefix, after = request.GET.get("prefix", ""), request.GET.get("after", "")
    context = {"branch": accounts.branch(prefix=prefix, after=after)}
    return render(request, "insights/desk/_branch.html", context)


@require_GET
def balances_csv(request: HttpRequest) -> HttpResponseBase:
    """Give what is in all accounts whose name begins as asked. Refuses BadPrefix."""
    access_operator(user=request.user)
    prefix = request.GET.get("prefix", "").strip()
    rows = (
        (
            row.name,
            row.side,
            row.balance.currency,
            *(money.decimal() for money in (row.debits, row.credits, row.balance)),
        )
        for row in accounts_below(prefix=prefix)
    )
    name = f"accounts-{prefix.strip(':')}" if prefix else "accounts"
    return csv_answer(name=name, head=BALANCES_HEAD, rows=rows)


@require_GET
def account_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show what happened to one account, newest first. Refuses UnknownAccount, BadMonth."""
    access_operator(user=request.user)
    before = request.GET.get("before", "")
    month = _month(request)
    history = accounts.account_history(
        name=name,
        before=int(before) if before.isdecimal() and len(before) <= LARGEST_DIGITS else None,
        limit=PER_PAGE,
        month=month,
    )
    return render(request, "insights/desk/account.html", {"history": history, "month": month})


@require_GET
def account_csv(request: HttpRequest, name: str) -> HttpResponseBase:
    """Give everything that touched one account, newest first; amounts are exact."""
    access_operator(user=request.user)
    lines = accounts.account_lines(name=name)
    return csv_answer(name=name, head=LINES_HEAD, rows=map(_line, lines))


@require_GET
def periods_csv(request: HttpRequest, name: str) -> HttpResponseBase:
    """Give an account's months, or the days of one: opening, in, out, closing."""
    access_operator(user=request.user)
    month = _month(request)
    rows = _rows(accounts.account_periods(name=name, month=month), name=name)
    return csv_answer(name=f"{name}-{month or 'months'}", head=PERIODS_HEAD, rows=rows)


def _month(request: HttpRequest) -> Month | None:
    """Return the month asked for. Refuses BadMonth."""
    text = request.GET.get("month", "")
    return parse_month(text) if text else None


def _rows(found: list[Periods], *, name: str) -> Iterator[tuple[object, ...]]:
    for periods in found:
        for row in periods.rows:
            amounts = (row.opening, row.inflow, row.outflow, row.closing)
            yield (name, periods.currency, row.first, *(money.decimal() for money in amounts))


def _line(line: AccountLine) -> tuple[object, ...]:
    return (
        line.number,
        line.id,
        line.kind,
        line.reference,
        line.policy_version,
        line.occurred_at,
        line.posted_at,
        line.change.currency,
        line.change.decimal(),
    )
