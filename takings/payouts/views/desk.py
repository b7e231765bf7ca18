"""The operator's pages of people: who may be paid."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.core import clock
from takings.core.errors import Refusal
from takings.payouts import actions, queries
from takings.payouts.models import Verdict
from takings.payouts.views.forms import ReviewForm
from takings.people.queries import access_operator
from takings.people.rules import country_names


@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """List the profiles nobody has looked at, and the newest verdicts."""
    access_operator(user=request.user)
    context = {"waiting": queries.waiting_profiles(), "reviews": queries.recent_reviews()}
    return render(request, "payouts/profiles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """Show one profile to an operator and take their verdict."""
    operator = access_operator(user=request.user)
    found = queries.access_profile(user=request.user, profile_id=profile_id)
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            verdict = actions.review_profile(
                operator=operator,
                profile=found,
                verdict=Verdict(data["verdict"]),
                reason=data["reason"],
                at=clock.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{found.creator}: {verdict.get_verdict_display()}.")
            return redirect("payouts:profiles")
    papers = queries.papers_of(found)
    standing = queries.standing(creator=found.creator)
    context = {
        "profile": found,
        "papers": papers,
        "country": country_names().get(found.country, found.country),
        "hits": queries.hits_of(papers),
        "documents": queries.documents_of(creator=found.creator),
        "review": standing.review if standing.profile == found else None,
        "is_newest": standing.profile == found,
        "method": standing.method,
        "others": queries.others_with(method=standing.method) if standing.method else [],
        "form": form,
    }
    return render(request, "payouts/review.html", context)
