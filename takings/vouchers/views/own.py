"""One's own vouchers: the codes, until when the shop takes them, and what to do if it does not."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock
from takings.core.errors import Refusal
from takings.people.queries import access_own_creator
from takings.vouchers import actions, queries
from takings.vouchers.views.forms import FaultForm

PAGE = 20


@cache_control(private=True, no_store=True)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show a creator's vouchers with their codes; no browser keeps the page."""
    creator, now = access_own_creator(user=request.user), clock.now()
    page = Paginator(queries.handouts_of(creator=creator), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "vouchers": [queries.owned(handout=one, at=now) for one in page.object_list],
    }
    return render(request, "vouchers/own.html", context)


@require_POST
def report(request: HttpRequest, voucher_id: uuid.UUID) -> HttpResponse:
    """Say that a code does not work."""
    creator, form = access_own_creator(user=request.user), FaultForm(request.POST)
    handout = queries.access_handout(creator=creator, voucher_id=voucher_id)
    said = form.cleaned_data["said"] if form.is_valid() else ""
    try:
        actions.report_fault(handout=handout, said=said, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Told. You get another code, or your earnings back.")
    return redirect("vouchers:own")
