"""The operator's desk: books and periods. Everything here is for staff only."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from takings.core import clock
from takings.insights import actions
from takings.insights.queries import desk
from takings.ledger import queries as ledger
from takings.people.queries import access_operator


@require_GET
def desk_page(request: HttpRequest) -> HttpResponse:
    """Show whether the books are right: the trial balance and the last proof."""
    access_operator(user=request.user)
    context = {
        "sheets": desk.trial_sheets(),
        "run": desk.last_books_run(),
        "acts": desk.recent_staff_acts(),
        "head": ledger.latest_head(),
    }
    return render(request, "insights/desk/books.html", context)


@require_POST
def check_books(request: HttpRequest) -> HttpResponse:
    """Prove the books now."""
    operator = access_operator(user=request.user)
    run = actions.run_books_check(at=clock.now(), operator=operator)
    count = run.findings.count()
    if count:
        messages.error(request, f"{count} rows break an invariant.")
    else:
        messages.success(request, "Every invariant holds.")
    return redirect("insights:desk")


@require_GET
def tree_head(request: HttpRequest) -> JsonResponse:
    """Give the newest signed tree head away: who keeps it can tell whether the past was changed."""
    access_operator(user=request.user)
    return _document(ledger.latest_head() or {}, name="tree-head")


@require_GET
def entry_proof(request: HttpRequest, entry: UUID) -> JsonResponse:
    """Give an entry with its way to a signed tree head. Refuses UnknownEntry, NotSealedYet."""
    access_operator(user=request.user)
    return _document(ledger.entry_proof(id=entry), name=f"proof-{entry}")


def _document(content: dict[str, object], *, name: str) -> JsonResponse:
    words = {"indent": 2, "ensure_ascii": False}
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return JsonResponse(content, json_dumps_params=words, headers=headers)


@require_GET
def periods_page(request: HttpRequest) -> HttpResponse:
    """List periods with the stages of their close."""
    access_operator(user=request.user)
    rows = desk.period_rows(at=clock.now())
    context = {"periods": rows, "reload": any(row.is_closing for row in rows)}
    context["demo"] = settings.DEMO
    return render(request, "insights/desk/periods.html", context)
