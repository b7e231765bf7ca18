"""A creator chooses which ads are kept away from the own videos."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.ads import actions, queries
from takings.core import clock
from takings.people.queries import access_own_creator
from takings.videos.rules.categories import by_name


class AdChoiceForm(forms.Form):
    """The categories of ads that are kept away."""

    blocked_categories = forms.MultipleChoiceField(
        label="Keep ads about these away",
        choices=by_name,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def own_videos(request: HttpRequest) -> HttpResponse:
    """Show what is kept away, and change it."""
    creator = access_own_creator(user=request.user)
    said = {"blocked_categories": queries.blocked_by(creator=creator)}
    form = AdChoiceForm(request.POST if request.method == "POST" else None, initial=said)
    if form.is_valid():
        blocked = form.cleaned_data["blocked_categories"]
        actions.choose_ads(creator=creator, blocked_categories=blocked, at=clock.now())
        messages.success(request, "Saved. Ad servers notice within a minute.")
        return redirect("ads:own_videos")
    return render(request, "ads/own_videos.html", {"form": form})
