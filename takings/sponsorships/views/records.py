"""The public record of a brand, and rating each other."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock
from takings.core.errors import Refusal
from takings.sponsorships import actions, queries
from takings.sponsorships.queries.records import access_record, record_of


@require_safe
def record(request: HttpRequest, brand_id: int) -> HttpResponse:
    """Show everybody how a brand pays, answers and was rated."""
    brand = access_record(brand_id=brand_id)
    context = {"brand": brand, "record": record_of(brand=brand, at=clock.now())}
    return render(request, "sponsorships/record.html", context)


@require_POST
def rate(request: HttpRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Take what one side says of the other."""
    seat = queries.access_seat(user=request.user, deal_id=deal_id)
    stars = request.POST.get("stars", "")
    try:
        actions.rate_deal(
            seat=seat,
            stars=int(stars) if stars.isdecimal() and len(stars) == 1 else 0,
            words=request.POST.get("words", ""),
            at=clock.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Thank you. It is shown when both have rated, or in two weeks.")
    return redirect("sponsorships:room", deal_id=deal_id)
