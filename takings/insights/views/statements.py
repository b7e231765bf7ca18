"""Statements: the list, one to read, its files, and the canonical lines behind it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takings.core import clock
from takings.insights import actions
from takings.insights.queries import NothingHere
from takings.insights.queries.issued import issued_statement
from takings.insights.queries.statements import canonical, sheets, summaries
from takings.insights.rules.issued import Form
from takings.people.queries import access_own_creator
from takings.settlement.queries import open_holds

FORMS: dict[str, tuple[Form, str]] = {
    "pdf": ("pdf", "application/pdf"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "json": ("json", "application/json"),
}


@require_GET
def statements_page(request: HttpRequest) -> HttpResponse:
    """List the creator's statements, newest first."""
    creator = access_own_creator(user=request.user)
    context = {
        "creator": creator,
        "statements": summaries(creator=creator),
        "holds": open_holds(creator=creator),
    }
    return render(request, "insights/statements.html", context)


@require_GET
def statement_page(request: HttpRequest, period: str) -> HttpResponse:
    """Show one period's statement."""
    creator = access_own_creator(user=request.user)
    context = {
        "creator": creator,
        "sheets": sheets(creator=creator, period=period),
    }
    return render(request, "insights/statement.html", context)


@require_GET
def statement_content(request: HttpRequest, period: str, currency: str) -> HttpResponse:
    """Download what the digest is of, byte for byte."""
    creator = access_own_creator(user=request.user)
    content = canonical(creator=creator, period=period, currency=currency)
    response = HttpResponse(content, content_type="application/json")
    name = f"takings-{creator.handle}-{period}-{currency}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def statement_file(
    request: HttpRequest, *, period: str, currency: str, form: str, revision: int = 1
) -> HttpResponse:
    """Download a statement, or a revision of it, as it was issued. Refuses NothingHere."""
    creator = access_own_creator(user=request.user)
    if form not in FORMS:
        raise NothingHere(id=form)
    issued = issued_statement(creator=creator, period=period, currency=currency, revision=revision)
    wanted, content_type = FORMS[form]
    content = actions.give_out(issued=issued, form=wanted, at=clock.now())
    response = HttpResponse(content, content_type=content_type)
    name = f"takings-{period}-{currency}-{issued.number}.{wanted}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
