"""A campaign's report as a file for a spreadsheet: exact amounts, texts that are no formulas."""

import csv
import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from takings.ads import queries
from takings.core.cells import cell

HEAD = (
    "day_utc",
    "country",
    "served",
    "viewable",
    "charged",
    "not_charged",
    "clicks",
    "conversions",
    "spent_micros",
    "spent",
    "currency",
)


@require_safe
def report(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Send what a campaign got by UTC day and country, one line each."""
    found = queries.access_campaign(user=request.user, campaign_id=campaign_id)
    headers = {"Content-Disposition": f'attachment; filename="campaign-{found.pk}.csv"'}
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(answer)
    writer.writerow(HEAD)
    for row in queries.campaign_report(campaign=found).rows:
        counts = (row.served, row.viewable, row.charged, row.rejected, row.clicks, row.conversions)
        values = (row.day.isoformat(), row.country, *counts, row.spent_micros)
        writer.writerow([cell(one) for one in (*values, row.spent.decimal(), row.currency)])
    return answer
