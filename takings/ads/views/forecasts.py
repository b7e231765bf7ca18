"""What a line item would get, while its form is filled in and on its page; nothing is saved."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from takings.ads import queries
from takings.ads.models import Campaign, LineItem
from takings.ads.queries import Plan
from takings.ads.rules.forecast import Amounts, Forecast, Unknown
from takings.ads.rules.pricing import KINDS, PER_MILLE
from takings.ads.rules.terms import Terms
from takings.ads.views.aiming import REGIONS_PART
from takings.ads.views.buying import CampaignForm, LineItemForm
from takings.core import clock
from takings.core.errors import Refusal
from takings.money import Money
from takings.people.models import Brand

PART = "part"
"""What a page's script asks for: only the forecast. The button asks for the whole page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A forecast in the words of what a line item pays for."""

    found: Forecast
    currency: str
    word: str

    @property
    def spent(self) -> tuple[Money, Money, Money]:
        """The least, what is expected, and the most that is spent."""
        low, expected, high = (Money(one.spent_micros, self.currency) for one in self._amounts)
        return low, expected, high

    @property
    def to_win(self) -> Money:
        """What a thousand impressions had to be worth in the middle of the places."""
        return Money(self.found.to_win_micros * PER_MILLE, self.currency)

    @property
    def _amounts(self) -> tuple[Amounts, Amounts, Amounts]:
        return self.found.low, self.found.expected, self.found.high


def is_asked(request: HttpRequest) -> bool:
    """Tell whether a form was sent to see its forecast, not to be saved."""
    return "forecast" in request.POST


def show_line_item_forecast(
    request: HttpRequest,
    form: LineItemForm,
    *,
    campaign: Campaign,
    item: LineItem | None = None,
    page: str,
) -> HttpResponse:
    """Answer a line item's form with its forecast: as a part of its page, or with the page."""
    before = queries.terms_of(item=item) if item and "pricing" not in form.fields else None
    terms = form.terms_so_far(currency=campaign.currency, before=before)
    plan = queries.plan_in(campaign=campaign, terms=terms, item=item) if terms else None
    context = {"form": form, "campaign": campaign, "item": item}
    return _answer(request, plan, page=page, context=context)


def show_campaign_forecast(
    request: HttpRequest, form: CampaignForm, *, brand: Brand, context: Mapping[str, object]
) -> HttpResponse:
    """Answer the form of a new campaign with the forecast of its first line item."""
    currency = str(context["currency"])
    terms = form.terms_so_far(currency=currency)
    budget = form.cleaned_data.get("budget")
    plan = None
    if terms and budget is not None:
        whole = Money.parse(budget, currency)
        category = str(form.cleaned_data.get("category", ""))
        plan = queries.plan_new(brand=brand, terms=terms, budget=whole, category=category)
    return _answer(request, plan, page="ads/new_campaign.html", context=context)


def forecast_context(plan: Plan | None) -> dict[str, object]:
    """Return what the part of a page shows: a forecast, why there is none, or what is missing."""
    if plan is None:
        return {"forecast_refused": "Fill in price, days and budgets first."}
    try:
        found = queries.forecast_of(plan=plan, at=clock.now())
    except Refusal as refusal:
        return {"forecast_refused": str(refusal)}
    if isinstance(found, Unknown):
        return {"forecast_unknown": found}
    return {
        "forecast": _shown(found, plan.terms),
        "forecast_waits": plan.waits,
        "forecast_by_region": bool(plan.terms.audience.regions),
    }


def _answer(
    request: HttpRequest, plan: Plan | None, *, page: str, context: Mapping[str, object]
) -> HttpResponse:
    if request.POST["forecast"] == REGIONS_PART:
        return render(request, "ads/_regions.html", context)
    is_part = request.POST["forecast"] == PART
    found = forecast_context(plan)
    return render(request, "ads/_forecast.html" if is_part else page, {**context, **found})


def _shown(found: Forecast, terms: Terms) -> Shown:
    return Shown(found, terms.price.currency, KINDS[terms.pricing].word)
