"""Reports of a brand or a campaign over chosen days, as a page and as a file."""

import csv
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from takings.ads import queries
from takings.ads.models import Campaign
from takings.ads.rules.breakdown import (
    COUNTS,
    REASONS,
    SORTABLE,
    By,
    Report,
    Row,
    Span,
    check_span,
    sorted_rows,
)
from takings.ads.rules.schedule import DAY, day_of
from takings.ads.views.console import brand_asked_for
from takings.ads.views.forms import RefusableForm, day_field
from takings.core import clock
from takings.core.cells import cell
from takings.core.errors import Refusal
from takings.core.zones import time_zone_choices, time_zone_or_utc
from takings.people.models import Brand
from takings.people.queries import access_self
from takings.policies.queries import policy_at

USUAL_DAYS = 30
ROWS_PER_PAGE, MOST_BARS = 50, 12
LABELS = {
    "name": "Name",
    "served": "Served",
    "impressions": "Impressions",
    "viewable": "Viewable",
    "viewability": "Viewability",
    "first_quartile": "25 % watched",
    "midpoint": "50 % watched",
    "third_quartile": "75 % watched",
    "completed": "To the end",
    "vtr": "View-through",
    "clicks": "Clicks",
    "ctr": "Click-through",
    "conversions": "Conversions",
    "charged": "Charged",
    "average": "Average price",
    "rejected": "Not charged",
    "credited": "Given back",
    "ecpm": "For 1,000 impressions",
    "spent": "Spent",
}
STEPS = ("impressions", "first_quartile", "midpoint", "third_quartile", "completed")
"""How far ads were watched: shown of all rows together."""
COLUMNS = tuple(name for name in LABELS if name not in {"name", "viewable", "ecpm", *STEPS[1:-1]})
"""What the page shows of each row, unless there is none of it; the file has all."""
MONEY = ("spent", "average", "ecpm")
RATIOS = ("viewability", "vtr", "ctr")
HEAD = (
    "time_zone",
    "first_day",
    "last_day",
    "by",
    "key",
    "name",
    *COUNTS,
    "spent_micros",
    "spent",
    "credited_micros",
    "credited_amount",
    "average_price",
    "ecpm",
    *(f"{name}_percent" for name in RATIOS),
    *(f"why_{one}" for one in REASONS),
    "currency",
)


class ReportForm(RefusableForm):
    """Which campaigns, which days, by what."""

    campaign = forms.ChoiceField(required=False)
    by = forms.ChoiceField(label="By", choices=[(one.value, one.words) for one in By])
    first = day_field("First day")
    last = day_field("Last day")
    time_zone = forms.ChoiceField(label="Time zone", choices=time_zone_choices)
    currency = forms.ChoiceField()
    order = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Newest day or highest spend"),
            *((f"-{name}", f"{LABELS[name]}, most first") for name in SORTABLE if name != "name"),
            *((name, f"{LABELS[name]}, least first") for name in SORTABLE),
            ("-name", "Name, last first"),
        ],
    )

    def offer(self, campaigns: Sequence[Campaign], *, currencies: Sequence[str]) -> None:
        """Let these be chosen from."""
        named = [(str(one.pk), one.name) for one in campaigns]
        self._choices("campaign", [("", "All campaigns"), *named])
        self._choices("currency", [(code, code) for code in currencies])

    def span(self) -> Span:
        """Return the days; call it on a valid form only. Refuses: what ``check_span`` does."""
        data = self.cleaned_data
        return check_span(Span(data["first"], data["last"], data["time_zone"]))

    def _choices(self, field: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[field]).choices = choices


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row: as text, and under which label it stands on a phone."""

    label: str
    value: object
    kind: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: the form as it was filled in, and the report unless refused."""

    brand: Brand
    brands: list[Brand]
    campaigns: list[Campaign]
    form: ReportForm
    report: Report | None


@require_safe
def breakdown(request: HttpRequest) -> HttpResponse:
    """Show what a brand or one campaign got, day by day or by something else."""
    asked = _asked(request)
    if asked is None:
        return redirect("ads:open_brand")
    report = asked.report
    context: dict[str, object] = {
        "brand": asked.brand,
        "brands": asked.brands,
        "form": asked.form,
        "has_currencies": len(asked.form.fields["currency"].choices) > 1,  # type: ignore[attr-defined] # a choice
    }
    if report is not None:
        order = asked.form.cleaned_data["order"]
        rows = sorted_rows(report, order=order)
        columns = [name for name in COLUMNS if name == "spent" or _value(report.total, name)]
        page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
        context |= {
            "report": report,
            "heads": _heads(request, columns, order=order),
            "page": page,
            "rows": [(row, _cells(row, columns)) for row in page],
            "total": _cells(report.total, columns),
            "charts": _charts(report),
            "dearest": _most(report, "spent"),
            "most_seen": _most(report, "impressions"),
            "steps": [(LABELS[name], getattr(report.total, name)) for name in STEPS],
            "query": urlencode(request.GET),
            "last_day": _last_day(asked, report.span),
        }
    return render(request, "ads/reports.html", context)


@require_safe
def breakdown_csv(request: HttpRequest) -> HttpResponse:
    """Send the same report, one line for each row: exact amounts, and every reason in a column.

    What the page would not show is refused as there, on the page.
    """
    asked = _asked(request)
    if asked is None or asked.report is None:
        return redirect(f"{reverse('ads:reports')}?{urlencode(request.GET)}")
    report, span = asked.report, asked.report.span
    name = f"report-{report.by.value}-{span.first}-{span.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(answer)
    writer.writerow(HEAD)
    for row in report.rows:
        values = (
            *(span.time_zone, span.first, span.last, report.by.value, row.key, row.name),
            *(getattr(row, count) for count in COUNTS),
            *(row.spent_micros, row.spent.decimal()),
            *(row.credited_micros, row.credited_back.decimal()),
            *(amount and amount.decimal() for amount in (row.average, row.ecpm)),
            *(_percent(getattr(row, f"{ratio}_ppm"), places=4) for ratio in RATIOS),
            *(row.whys[why] for why in REASONS),
            row.currency,
        )
        writer.writerow([cell(one) for one in values])
    return answer


def _asked(request: HttpRequest) -> Asked | None:
    """Read what was asked for; what was not said is usual. None: this person has no brand."""
    given = {name: value for name, value in request.GET.dict().items() if value}
    brand, brands = brand_asked_for(request)
    chosen = None
    if "campaign" in given:
        chosen = queries.access_campaign(user=request.user, campaign_id=_read_id(given["campaign"]))
        brand = chosen.brand
    if brand is None:
        return None
    campaigns = queries.campaigns_of(brand=brand)
    currencies = sorted({one.currency for one in campaigns} | {policy_at(at=clock.now()).currency})
    usual = {
        "time_zone": _usual_zone(request, chosen),
        "by": By.DAY.value,
        "currency": chosen.currency if chosen else policy_at(at=clock.now()).currency,
    }
    zone = given.get("time_zone", usual["time_zone"])
    today = day_of(clock.now(), time_zone=time_zone_or_utc(zone))
    usual["first"] = (today - (USUAL_DAYS - 1) * DAY).isoformat()
    usual["last"] = today.isoformat()
    form = ReportForm(usual | given)
    form.offer(campaigns, currencies=currencies)
    listed = [chosen] if chosen else campaigns
    report = None
    if form.is_valid():
        try:
            report = queries.breakdown(
                campaigns=listed,
                currency=form.cleaned_data["currency"],
                by=By(form.cleaned_data["by"]),
                span=form.span(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
    return Asked(brand, brands, listed, form, report)


def _read_id(given: str) -> uuid.UUID:
    """Return the id of a campaign; of what is none, one that names nothing."""
    try:
        return uuid.UUID(given)
    except ValueError:
        return uuid.UUID(int=0)


def _usual_zone(request: HttpRequest, campaign: Campaign | None) -> str:
    """Return the clock of a campaign's first line item, or the person's own."""
    if campaign is not None:
        return queries.line_items_of(campaign=campaign)[0].time_zone
    return time_zone_or_utc(access_self(user=request.user).time_zone)


def _last_day(asked: Asked, span: Span) -> dt.date | None:
    """Return the last day on which something was charged, where this span has nothing."""
    if asked.report is None or asked.report.rows:
        return None
    last_at = queries.last_fact_at(campaigns=asked.campaigns)
    return day_of(last_at, time_zone=span.time_zone) if last_at else None


def _heads(request: HttpRequest, columns: Sequence[str], *, order: str) -> list[dict[str, str]]:
    """Return the heads of the table: what a click on each orders by, and how it is ordered now."""
    heads = []
    for name in ("name", *columns):
        falls = order == f"-{name}"
        query = request.GET.copy()
        query["order"] = name if falls or (name == "name" and order != name) else f"-{name}"
        query.pop("page", None)
        sorting = "descending" if falls else "ascending" if order == name else ""
        heads.append(
            {"name": name, "label": LABELS[name], "query": query.urlencode(), "sorting": sorting}
        )
    return heads


def _cells(row: Row, columns: Sequence[str]) -> list[Cell]:
    cells = []
    for name in columns:
        value = _value(row, name)
        if name in RATIOS:
            percent = _percent(value)
            cells.append(Cell(LABELS[name], percent and f"{percent} %", "text"))
        else:
            cells.append(Cell(LABELS[name], value, "money" if name in MONEY else "count"))
    return cells


def _value(row: Row, name: str) -> object:
    return getattr(row, f"{name}_ppm" if name in RATIOS else name)


def _percent(ppm: object, *, places: int = 2) -> str | None:
    """Return parts per million as percent, cut after so many places (four are exact)."""
    if not isinstance(ppm, int):
        return None
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04}"[: len(f"{whole}.") + places]


def _charts(report: Report) -> list[dict[str, object]]:
    """Return two plots of every day of the span; of other things ``_most`` is drawn."""
    if report.by != By.DAY:
        return []
    days = [day.isoformat() for day in report.span.days]
    spent = {row.key: row.spent_micros for row in report.rows}
    seen = {row.key: row.impressions for row in report.rows}
    money = {"currency": report.total.currency}
    return [
        _chart("Spent", days, [spent.get(day, 0) for day in days], look="final") | money,
        _chart("Impressions", days, [seen.get(day, 0) for day in days], look="plain")
        | {"unit": "impressions"},
    ]


def _chart(what: str, days: list[str], values: list[int], *, look: str) -> dict[str, object]:
    return {
        "kind": "bar",
        "title": f"{what} by day",
        "x": days,
        "series": [{"name": what, "look": look, "values": values}],
        "table": False,
    }


def _most(report: Report, name: str) -> list[Row]:
    """Return the rows with most of something, the largest first."""
    if report.by == By.DAY:
        return []
    rows = sorted_rows(report, order=f"-{name}")
    return [row for row in rows[:MOST_BARS] if getattr(row, name)]
