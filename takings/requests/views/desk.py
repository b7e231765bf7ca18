"""Operators: cases that wait for a decision, money that could not go back, and all requests."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from takings.people.queries import access_operator
from takings.requests.queries.income import newest_requests, open_cases, stuck, sums

PAGE = 30


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits for an operator, and what was asked for last."""
    access_operator(user=request.user)
    context = {
        "cases": open_cases(),
        "stuck": stuck(),
        "sums": sums(),
        "page": Paginator(newest_requests(), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "requests/desk.html", context)
