"""Creators: what they promote with their credits, a form of few fields, and what came of it."""

import uuid
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.ads import actions, queries
from takings.ads.queries.promoters import message_of, promoter_brand
from takings.ads.queries.promotions import (
    access_promotable,
    access_promotion,
    credits_of,
    gained,
    promotion_rows,
    promotions_of,
)
from takings.ads.rules.promotions import Credits, PromotionDraft, check_promotion, promotion_terms
from takings.ads.rules.serving import label_of
from takings.ads.rules.showings import funnel
from takings.ads.rules.targeting import language_names
from takings.ads.views.console import NoSuchStep
from takings.ads.views.creatives import preview_of
from takings.ads.views.forecasts import PART, forecast_context, is_asked
from takings.ads.views.forms import MOST_DIGITS, RefusableForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import Money
from takings.people.models import Brand, Creator
from takings.people.queries import access_own_creator
from takings.people.rules import country_names
from takings.policies.queries import policy_at, promotion_rule_at
from takings.policies.rules import PromotionRule
from takings.videos.models import Video
from takings.videos.queries import public_videos

PAGE = 12
PERMILLE = 1_000
USUAL_DAYS = 3
STEPS = {
    "pause": (actions.pause_campaign, "is paused; within two seconds it is shown no more"),
    "resume": (actions.activate_campaign, "runs again"),
    "end": (actions.end_campaign, "has ended; what it did not spend is yours to use again"),
}


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda pair: pair[1])


class PromotionForm(RefusableForm):
    """How much, how long, and for whom."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    budget = forms.DecimalField(
        label="Credits to spend",
        max_digits=MOST_DIGITS,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text="Never more than this. What is left at the end stays yours as credits.",
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    days = forms.IntegerField(
        label="Days", min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    countries = forms.MultipleChoiceField(
        label="Countries",
        choices=lambda: _by_name(country_names()),
        required=False,
        help_text="None chosen means everywhere.",
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.MultipleChoiceField(
        label="Languages of the audience",
        choices=lambda: _by_name(language_names()),
        required=False,
        help_text="As their browsers say. None chosen means all.",
        widget=forms.CheckboxSelectMultiple,
    )

    def draft(self, *, video: Video, currency: str) -> PromotionDraft:
        """Return what was filled in; call it on a valid form only."""
        said = self.cleaned_data
        return PromotionDraft(
            id=said["id"],
            video_id=video.pk,
            budget=Money.parse(said["budget"], currency),
            days=said["days"],
            countries=tuple(said["countries"]),
            languages=tuple(said["languages"]),
        )


@require_safe
def promotions(request: HttpRequest) -> HttpResponse:
    """Show a creator's credits, what they are spent on, and which videos could be promoted."""
    creator, at = access_own_creator(user=request.user), clock.now()
    page = Paginator(promotions_of(creator=creator), PAGE).get_page(request.GET.get("page"))
    context = {
        "brand": promoter_brand(creator=creator),
        "credits": _credits(creator),
        "page": page,
        "rows": promotion_rows(campaigns=page.object_list, at=at),
        "videos": public_videos(creator=creator)[:PAGE],
    }
    return render(request, "ads/promotions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def promote(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Ask how much, how long and for whom; forecast it; then promote the video."""
    creator, at = access_own_creator(user=request.user), clock.now()
    video = access_promotable(creator=creator, video_id=video_id)
    rule, brand = promotion_rule_at(at=at), promoter_brand(creator=creator)
    initial = {"id": ids.uuid7(at=at), "budget": rule.least_budget, "days": USUAL_DAYS}
    form = PromotionForm(request.POST or None, initial=initial)
    context = {
        "form": form,
        "video": video,
        "rule": rule,
        "credits": _credits(creator),
        "currency": policy_at(at=at).currency,
        "preview": _preview(video, payer=f"@{creator.handle}"),
    }
    if is_asked(request):
        context |= _forecast(form, brand, video, rule=rule)
        is_part = request.POST["forecast"] == PART
        return render(request, "ads/_forecast.html" if is_part else "ads/promote.html", context)
    if form.is_valid():
        draft = form.draft(video=video, currency=str(context["currency"]))
        try:
            made = actions.promote_video(creator=creator, draft=draft, at=at)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{video}” is promoted.")
            return redirect("ads:promotion", campaign_id=made.pk)
    return render(request, "ads/promote.html", context, status=422 if form.errors else 200)


@require_safe
def promotion(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Show what a promotion spent, on what, and what it won."""
    row = access_promotion(user=request.user, campaign_id=campaign_id, at=clock.now())
    report, creator = (
        queries.campaign_report(campaign=row.campaign),
        access_own_creator(user=request.user),
    )
    is_public = public_videos(creator=creator).filter(pk=row.creative.video_id).exists()
    context = {
        "row": row,
        "campaign": row.campaign,
        "report": report,
        "funnel": funnel(queries.watched(campaign=row.campaign)),
        "gained": gained(row=row, creator=creator),
        "refunds": queries.refunds_of(campaign=row.campaign),
        "spent_permille": row.spent.micros * PERMILLE // max(1, row.campaign.budget_micros),
        "preview": preview_of(row.creative) if is_public else None,
    }
    return render(request, "ads/promotion.html", context)


@require_POST
def change(request: HttpRequest, campaign_id: uuid.UUID, step: str) -> HttpResponse:
    """Pause, resume or end a promotion."""
    if step not in STEPS:
        raise NoSuchStep
    row = access_promotion(user=request.user, campaign_id=campaign_id, at=clock.now())
    act, done = STEPS[step]
    creator = access_own_creator(user=request.user)
    try:
        act(campaign_id=row.campaign.pk, user=creator.user, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{row.campaign}” {done}.")
    return redirect("ads:promotion", campaign_id=row.campaign.pk)


def _credits(creator: Creator) -> Credits:
    at, brand = clock.now(), promoter_brand(creator=creator)
    currency = policy_at(at=at).currency
    if brand is None:
        return Credits(*[Money.zero(currency)] * 5)
    return credits_of(brand=brand, currency=currency, at=at)


def _forecast(
    form: PromotionForm, brand: Brand | None, video: Video, *, rule: PromotionRule
) -> dict[str, object]:
    at = clock.now()
    form.full_clean()
    if brand is None or form.errors:
        return {"forecast_refused": "Fill in credits and days first."}
    draft = form.draft(video=video, currency=policy_at(at=at).currency)
    try:
        check_promotion(draft, rule=rule)
    except Refusal as refusal:
        return {"forecast_refused": str(refusal)}
    terms = promotion_terms(draft, rule=rule, time_zone="UTC", at=at)
    plan = queries.plan_new(brand=brand, terms=terms, budget=draft.budget, category=video.category)
    return forecast_context(plan)


def _preview(video: Video, *, payer: str) -> dict[str, object]:
    said = message_of(video)
    return {
        "media": f"/media/{video.pk}",
        "headline": said.headline,
        "call_to_action": said.call_to_action,
        "click_url": said.landing_url,
        "label": label_of(is_free=False, is_promotion=True),
        "from": payer,
        "paid_by": payer,
    }
