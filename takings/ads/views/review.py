"""The operator's part: which ads may be shown."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.ads import actions, queries
from takings.ads.models import Creative
from takings.ads.rules.creatives import NoReasonGiven
from takings.ads.views.creatives import preview_of
from takings.ads.views.forms import ReviewForm
from takings.core import clock
from takings.core.errors import Refusal
from takings.people.models import User
from takings.people.queries import access_operator


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List the ads that wait, and what was said last."""
    access_operator(user=request.user)
    context = {"waiting": queries.creatives_in_review(), "reviews": queries.newest_reviews()}
    return render(request, "ads/review.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, creative_id: uuid.UUID) -> HttpResponse:
    """Show an ad as viewers would see it, and take the operator's word on it."""
    found = queries.access_creative_to_review(user=request.user, creative_id=creative_id)
    form = ReviewForm(request.POST or None, initial={"edition": found.edition})
    if form.is_valid():
        try:
            _decide(form, found, operator=access_operator(user=request.user), request=request)
        except NoReasonGiven as refusal:
            form.refuse(refusal)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("ads:review_creative", creative_id=found.pk)
        else:
            return redirect("ads:review")
    context = {
        "form": form,
        "creative": found,
        "campaign": found.campaign,
        "preview": preview_of(found),
        "changes": queries.changes_of(campaign=found.campaign, creative=found),
    }
    return render(request, "ads/review_creative.html", context)


def _decide(form: ReviewForm, found: Creative, *, operator: User, request: HttpRequest) -> None:
    edition = form.cleaned_data["edition"]
    now = clock.now()
    if request.POST.get("verdict") == "approve":
        actions.approve_creative(creative_id=found.pk, edition=edition, operator=operator, at=now)
        messages.success(request, f"“{found}” is approved.")
    else:
        actions.decline_creative(
            creative_id=found.pk,
            edition=edition,
            reason=form.cleaned_data["reason"],
            operator=operator,
            at=now,
        )
        messages.success(request, f"“{found}” is declined; the advertiser reads why.")
