"""Statements: the list, one to read or print, and its canonical text to check the digest."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takings.core import clock
from takings.insights.queries.statements import canonical, sheets, summaries
from takings.people.queries import access_own_creator


@require_GET
def statements_page(request: HttpRequest) -> HttpResponse:
    """List the creator's statements, newest first."""
    creator = access_own_creator(user=request.user)
    context = {"creator": creator, "statements": summaries(creator=creator)}
    return render(request, "insights/statements.html", context)


@require_GET
def statement_page(request: HttpRequest, period: str) -> HttpResponse:
    """Show one period's statement, made to be printed too."""
    creator = access_own_creator(user=request.user)
    context = {
        "creator": creator,
        "sheets": sheets(creator=creator, period=period),
        "printed_at": clock.now(),
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
