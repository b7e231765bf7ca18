"""The studio's pages of numbers: overview, earnings, the terms of the pool."""

import csv
import datetime as dt
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from takings.core import clock
from takings.core.cells import text_cell
from takings.insights.queries import earnings as ask
from takings.insights.queries.earnings import Earnings, LineRow
from takings.insights.queries.earnings.inside import AdInside
from takings.insights.queries.overview import overview
from takings.insights.rules.charts import ChartDays, days_chart
from takings.insights.rules.earnings import LineFilter, PeriodFacts, waterfall
from takings.insights.rules.reader import YOURS
from takings.insights.rules.words import policy_card
from takings.insights.views.csv_files import csv_answer
from takings.people.actions import accept_pool_terms
from takings.people.queries import access_own_creator
from takings.policies.queries import policy_at
from takings.settlement.rules import counted_once

TOP = 5
PER_PAGE = 50
COLUMNS = (
    "period",
    "status",
    "day_utc",
    "country",
    "video",
    "title",
    "engaged_views",
    "amount",
    "currency",
    "trace",
    "stream",
)
ADS_COLUMNS = (
    *("seen_at_utc", "video", "title", "country", "place", "campaign", "advertiser"),
    *("price", "your_share", "currency", "what_became_of_it", "trace"),
)


@require_GET
def overview_page(request: HttpRequest) -> HttpResponse:
    """Show the studio's first page."""
    creator = access_own_creator(user=request.user)
    at = clock.now()
    found = overview(creator=creator, at=at)
    stretches = [_stretch(sums, at=at) for sums in (found.last, found.running) if sums]
    context = {
        "creator": creator,
        "overview": found,
        "top": found.running.videos[:TOP],
        "chart": days_chart(stretches, currency=found.running.currency),
        "statements": reverse("insights:statements"),
    }
    return render(request, "insights/overview.html", context)


@require_http_methods(["GET", "POST"])
def terms_page(request: HttpRequest) -> HttpResponse:
    """Explain the pool's terms, and accept them."""
    creator = access_own_creator(user=request.user)
    at = clock.now()
    if request.method == "POST":
        accept_pool_terms(creator=creator, at=at)
        messages.success(request, "You share in the ad pool from now on.")
        return redirect("insights:overview")
    rules = policy_at(at=at)
    context = {"creator": creator, "policy": policy_card(rules), "rules": rules}
    return render(request, "insights/terms.html", context)


@require_GET
def earnings_page(request: HttpRequest) -> HttpResponse:
    """Show a period: chart, days, videos, countries, and what did not count."""
    creator = access_own_creator(user=request.user)
    at = clock.now()
    periods = ask.periods_of(creator=creator, at=at)
    chosen = _chosen(request, periods)
    sums = ask.earnings(creator=creator, period=chosen, currency=request.GET.get("currency", ""))
    shares = ask.country_shares(creator=creator, period=chosen.name, currency=sums.currency)
    others = ask.product_shares(creator=creator, period=chosen.name, currency=sums.currency)
    bars = waterfall(shares, currency=sums.currency, by=YOURS, others=others)
    context = {
        "creator": creator,
        "periods": periods,
        "earnings": sums,
        "chart": days_chart([_stretch(sums, at=at)], currency=sums.currency),
        "shares": shares,
        "waterfall": bars if chosen.is_final else (),
        "inside": ask.campaigns_inside(creator=creator, period=chosen, currency=sums.currency),
        "unpaid": ask.unpaid_inside(creator=creator, period=chosen),
        "outcomes": ask.outcome_counts(creator_id=creator.pk, period=chosen, only=LineFilter()),
        "videos": Paginator(sums.videos, PER_PAGE).get_page(request.GET.get("page")),
        "query": _query(sums),
    }
    return render(request, "insights/earnings.html", context)


@require_GET
def lines_page(request: HttpRequest) -> HttpResponse:
    """Show the lines behind a day's, a video's or a country's sum; each opens its trace."""
    creator = access_own_creator(user=request.user)
    chosen = _chosen(request, ask.periods_of(creator=creator, at=clock.now()))
    only = _only(request)
    sums = ask.earnings(creator=creator, period=chosen, currency=request.GET.get("currency", ""))
    lines = ask.lines_of(creator=creator, period=chosen, only=only, currency=sums.currency)
    context = {
        "creator": creator,
        "earnings": sums,
        "only": only,
        "lines": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "total": sum((line.amount for line in lines), type(sums.total).zero(sums.currency)),
        "views": counted_once(((one.country, one.day, one.video_id), one.views) for one in lines),
        "video_title": lines[0].title if lines and only.video_id else "",
        "query": _query(sums),
    }
    return render(request, "insights/lines.html", context)


@require_GET
def earnings_csv(request: HttpRequest) -> HttpResponse:
    """Download a period's lines; amounts are exact decimals, days are UTC."""
    creator = access_own_creator(user=request.user)
    chosen = _chosen(request, ask.periods_of(creator=creator, at=clock.now()))
    sums = ask.earnings(creator=creator, period=chosen, currency=request.GET.get("currency", ""))
    lines = ask.lines_of(creator=creator, period=chosen, only=LineFilter(), currency=sums.currency)
    name = f"takings-{creator.handle}-{chosen.name}-{chosen.status}.csv"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    rows = csv.writer(response)
    rows.writerow(COLUMNS)
    rows.writerows(_csv_row(line, period=chosen) for line in lines)
    return response


@require_GET
def ads_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Download every ad seen inside one's videos in a period: whose, its price, one's share.

    Also what nobody paid for, with why.
    """
    creator = access_own_creator(user=request.user)
    chosen = _chosen(request, ask.periods_of(creator=creator, at=clock.now()))
    rows = (_ad_row(ad) for ad in ask.ads_inside(creator=creator, period=chosen))
    name = f"takings-{creator.handle}-{chosen.name}-ads"
    return csv_answer(name=name, head=ADS_COLUMNS, rows=rows)


def _chosen(request: HttpRequest, periods: list[PeriodFacts]) -> PeriodFacts:
    """Return the period asked for, or the running one. Refuses UnknownPeriod."""
    name = request.GET.get("period", "")
    if not name:
        return periods[0]
    listed = next((one for one in periods if one.name == name), None)
    return listed or ask.period_named(name=name)


def _only(request: HttpRequest) -> LineFilter:
    """Read which lines are asked for; what cannot be read asks for nothing in particular."""
    day, video = request.GET.get("day", ""), request.GET.get("video", "")
    try:
        return LineFilter(
            day=dt.date.fromisoformat(day) if day else None,
            video_id=UUID(video) if video else None,
            country=request.GET.get("country", ""),
        )
    except ValueError:
        return LineFilter()


def _query(sums: Earnings) -> str:
    return urlencode({"period": sums.period.name, "currency": sums.currency})


def _stretch(sums: Earnings, *, at: dt.datetime) -> ChartDays:
    """Return the days of a period up to now, for the chart."""
    last = min(sums.period.ends_at - dt.timedelta(microseconds=1), at)
    address = f"{reverse('insights:lines')}?{_query(sums)}&day="
    return ChartDays(
        status=sums.period.status,
        first=sums.period.starts_at.astimezone(dt.UTC).date(),
        last=last.astimezone(dt.UTC).date(),
        days=sums.days,
        address=address,
    )


def _csv_row(line: LineRow, *, period: PeriodFacts) -> tuple[object, ...]:
    return (
        period.name,
        period.status,
        line.day,
        line.country,
        line.video_id,
        text_cell(line.title),
        line.views,
        f"{line.amount.decimal():f}",
        line.amount.currency,
        line.ref.id,
        line.product,
    )


def _ad_row(ad: AdInside) -> tuple[object, ...]:
    price, share = ("" if one is None else f"{one.decimal():f}" for one in (ad.price, ad.share))
    return (
        *(ad.seen_at.isoformat(), ad.video_id, ad.title, ad.country, ad.place),
        *(ad.campaign, ad.brand, price, share, "" if ad.price is None else ad.price.currency),
        *(ad.outcome, ad.decision_id or ""),
    )
