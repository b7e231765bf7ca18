"""The desk's entries: those that fit a filter, and one entry as a picture. For staff only."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takings.insights.queries.entries import entry_detail, entry_lines
from takings.insights.rules.words import KINDS
from takings.insights.views.csv_files import csv_answer
from takings.insights.views.forms import EntryFilterForm
from takings.ledger import queries as ledger
from takings.ledger.queries.search import EntryPage, TransferLine, search_transfers
from takings.ledger.rules import TransferDraft
from takings.people.queries import access_operator
from takings.policies.queries import versions

PER_PAGE = 50
LARGEST_DIGITS = 18  # numbers of entries are bigints
MOVE_HEAD = ("position", "debit", "credit", "currency", "amount")
ENTRIES_HEAD = (
    "number",
    "entry",
    "kind",
    "reference",
    "policy",
    "memo",
    "happened",
    "posted",
    "reverses",
    *MOVE_HEAD,
)


@require_GET
def entries_page(request: HttpRequest) -> HttpResponse:
    """Show the entries that fit, newest first; the filter is the address."""
    access_operator(user=request.user)
    form, before = EntryFilterForm(request.GET), _before(request)
    if before == 0:
        form.add_error(None, "This page of the list does not exist; start again at the newest.")
    if not form.is_valid():
        return _entries(request, form, status=422)
    found = entry_lines(wanted=form.wanted(), before=before)
    return _entries(request, form, found=found)


@require_GET
def entries_csv(request: HttpRequest) -> HttpResponseBase:
    """Give every transfer of the entries that fit; with a wrong filter, the page that says so."""
    access_operator(user=request.user)
    form = EntryFilterForm(request.GET)
    if not form.is_valid():
        return _entries(request, form, status=422)
    rows = map(_row, search_transfers(wanted=form.wanted()))
    return csv_answer(name="entries", head=ENTRIES_HEAD, rows=rows)


@require_GET
def entry_page(request: HttpRequest, entry: UUID) -> HttpResponse:
    """Show one entry: its picture, its facts, its transfers. Refuses UnknownEntry."""
    access_operator(user=request.user)
    detail = entry_detail(id=entry)
    moves = Paginator(detail.entry.transfers, PER_PAGE).get_page(request.GET.get("page"))
    context = {"detail": detail, "entry": detail.entry, "moves": moves}
    return render(request, "insights/desk/entry.html", context)


@require_GET
def entry_csv(request: HttpRequest, entry: UUID) -> HttpResponseBase:
    """Give the transfers of one entry. Refuses UnknownEntry."""
    access_operator(user=request.user)
    found = ledger.entry(id=entry)
    return csv_answer(name=f"entry-{found.number}", head=MOVE_HEAD, rows=_moves(found.transfers))


def _entries(
    request: HttpRequest,
    form: EntryFilterForm,
    *,
    found: EntryPage | None = None,
    status: int = 200,
) -> HttpResponse:
    is_filtered = any(request.GET.get(name) for name in form.fields)
    context = {
        "form": form,
        "page": found,
        "is_filtered": is_filtered,
        "kinds": KINDS,
        "policies": [pack.version for pack in versions()],
        "query": _query(request),
        "is_first": not request.GET.get("before"),
    }
    return render(request, "insights/desk/entries.html", context, status=status)


def _query(request: HttpRequest) -> str:
    """Return the filter as an address holds it, without the page and what is empty."""
    kept = request.GET.copy()
    for name in [name for name in kept if name == "before" or not kept[name]]:
        del kept[name]
    return kept.urlencode()


def _before(request: HttpRequest) -> int | None:
    """Return the number before which to begin; 0 when what is asked for is no number."""
    text = request.GET.get("before", "")
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) <= LARGEST_DIGITS else 0


def _moves(transfers: Sequence[TransferDraft]) -> Iterator[tuple[object, ...]]:
    for position, move in enumerate(transfers):
        yield _move(position, move)


def _move(position: int, move: TransferDraft) -> tuple[object, ...]:
    return (position, move.debit, move.credit, move.amount.currency, move.amount.decimal())


def _row(line: TransferLine) -> tuple[object, ...]:
    entry = line.entry
    return (
        entry.number,
        entry.id,
        entry.kind,
        entry.reference,
        entry.policy_version,
        entry.memo,
        entry.occurred_at,
        entry.posted_at,
        entry.reverses,
        *_move(line.position, line.transfer),
    )
