"""Trace pages: one view for every kind of thing that can be traced."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from takings.core.errors import NotFound
from takings.insights.queries import find_trace, reader_of, trace
from takings.insights.rules.reader import Reader
from takings.insights.rules.trace import RefKind
from takings.insights.templatetags.traces import href


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way back."""

    label: str
    url: str = ""


@require_GET
def trace_page(request: HttpRequest, kind: RefKind, **parts: object) -> HttpResponse:
    """Show everything behind one amount; ``parts`` of the address make the id."""
    reader = reader_of(user=request.user)
    identifier = "/".join(str(part) for part in parts.values())
    found = trace(kind=kind, id=identifier, reader=reader)
    context = {"trace": found, "crumbs": _crumbs(reader)}
    return render(request, "insights/trace.html", context)


@require_GET
def find_page(request: HttpRequest) -> HttpResponse:
    """Open the trace of any id; without one, ask for it; for an unknown one, ask again."""
    reader = reader_of(user=request.user)
    wanted = request.GET.get("id", "").strip()
    if not wanted:
        return render(request, "insights/find.html", {})
    try:
        found = find_trace(id=wanted, reader=reader)
    except NotFound as unknown:
        context = {"wanted": wanted, "error": str(unknown)}
        return render(request, "insights/find.html", context, status=404)
    return redirect(href(found.ref))


def _crumbs(reader: Reader) -> list[Crumb]:
    here = Crumb("Trace")
    if reader.is_operator:
        return [Crumb("Desk", reverse("insights:desk")), here]
    if reader.creator_id is not None:
        return [Crumb("Earnings", reverse("insights:earnings")), here]
    if reader.brand_ids:
        return [Crumb("Advertiser", "/ads/"), here]
    return [Crumb("Your payments", "/payments/"), here]
