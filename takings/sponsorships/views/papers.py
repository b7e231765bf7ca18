"""The agreement of a deal as a file to keep."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from takings.documents import print_pdf
from takings.policies.queries import deal_rule
from takings.sponsorships import queries
from takings.sponsorships.queries.papers import agreed_of
from takings.sponsorships.rules.paper import agreement_of


@require_safe
def agreement(request: HttpRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Give both sides what they agreed on, as PDF."""
    seat = queries.access_deal(user=request.user, deal_id=deal_id)
    document = agreement_of(agreed_of(seat.deal), rule=deal_rule(seat.deal.rule_version))
    answer = HttpResponse(print_pdf(document=document), content_type="application/pdf")
    answer["content-disposition"] = f'attachment; filename="agreement-{deal_id}.pdf"'
    return answer
