"""Payment advices as a creator reads and keeps them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takings.core import clock
from takings.insights import actions
from takings.insights.queries.readers import NothingHere
from takings.insights.rules.advice import read_advice
from takings.insights.views.statements import FORMS
from takings.payouts.queries import access_payout


@require_GET
def advices_page(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """Show what was issued of a payout, the newest first. Refuses NothingHere, NoSuchPayout."""
    payout = access_payout(user=request.user, payout_id=payout_id)
    issued = actions.issue_advices_of(payout=payout, at=clock.now())
    if not issued:
        raise NothingHere(id=str(payout_id))
    context = {
        "payout": payout,
        "forms": tuple(FORMS),
        "advices": [(one, read_advice(one.content)) for one in reversed(issued)],
    }
    return render(request, "insights/advices.html", context)


@require_GET
def advice_file(request: HttpRequest, *, payout_id: UUID, number: str, form: str) -> HttpResponse:
    """Download an advice as it was issued. Refuses NothingHere, NoSuchPayout."""
    payout = access_payout(user=request.user, payout_id=payout_id)
    found = payout.advices.filter(number=number).first()
    if found is None or form not in FORMS:
        raise NothingHere(id=f"{number}.{form}")
    wanted, content_type = FORMS[form]
    content = actions.give_out(issued=found, form=wanted, at=clock.now())
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="takings-{number}.{wanted}"'
    return response
