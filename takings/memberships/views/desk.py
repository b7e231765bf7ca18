"""Operators: memberships of creators, and what waits for its days."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from takings.core import clock
from takings.memberships.queries.fans.sums import member_sums, newest_member_steps
from takings.people.queries import access_operator


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how many members there are, what waits, and what happened last."""
    access_operator(user=request.user)
    context = {"sums": member_sums(at=clock.now()), "steps": newest_member_steps()}
    return render(request, "memberships/fans/desk.html", context)
