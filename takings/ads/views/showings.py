"""What viewers did with a campaign's ads, on its page and as a file for a spreadsheet."""

import csv
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from takings.ads import queries
from takings.ads.models import Campaign
from takings.ads.rules.showings import COUNTS, Watched, by_ad
from takings.ads.views.aiming import PLACES
from takings.core.cells import cell

HEAD = ("day_utc", "ad", "headline", "place", *COUNTS)


@dataclass(frozen=True, slots=True)
class Row:
    """One ad in one place, in words."""

    headline: str
    place: str
    counts: Watched


def showing_rows(campaign: Campaign, watched: Iterable[Watched]) -> list[Row]:
    """Return the sums of each ad and place, as the page shows them."""
    return _rows(campaign, by_ad(watched))


def _rows(campaign: Campaign, watched: Iterable[Watched]) -> list[Row]:
    headlines = {one.video_id: one.headline for one in queries.creatives_of(campaign=campaign)}
    return [
        Row(headlines.get(one.creative_id, "An earlier video"), PLACES[one.placement.word], one)
        for one in watched
    ]


@require_safe
def showings(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Send what viewers did with a campaign's ads by UTC day, ad and place, one line each."""
    found = queries.access_campaign(user=request.user, campaign_id=campaign_id)
    headers = {"Content-Disposition": f'attachment; filename="viewers-{found.pk}.csv"'}
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(answer)
    writer.writerow(HEAD)
    for row in _rows(found, queries.watched(campaign=found)):
        told = row.counts
        what = (told.day.isoformat(), str(told.creative_id), row.headline, row.place)
        counts = (getattr(told, name) for name in COUNTS)
        writer.writerow([cell(one) for one in (*what, *counts)])
    return answer
