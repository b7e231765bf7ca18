"""Videos from the ad tags of others."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from takings.ads import actions, queries
from takings.ads.actions import TagDraft
from takings.ads.rules.outside import LONGEST_ADDRESS
from takings.ads.views.console import brand_asked_for, may_change
from takings.ads.views.forms import RefusableForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_self


class TagForm(RefusableForm):
    """The address of a tag."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    url = forms.CharField(
        label="Address of the VAST tag",
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput(attrs={"placeholder": "https://ads.example/vast?id=7"}),
        help_text="We ask it once, in a moment, and take the video of its ad.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: HttpRequest) -> HttpResponse:
    """List the tags of a brand, and take another one."""
    brand, brands = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    now = clock.now()
    form = TagForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    if form.is_valid():
        draft = TagDraft(form.cleaned_data["id"], form.cleaned_data["url"])
        user = access_self(user=request.user)
        try:
            actions.add_tag(brand=brand, draft=draft, user=user, at=now)
        except Refusal as refusal:
            form.add_error("url", str(refusal))
        else:
            messages.success(request, "The tag is being asked.")
            return redirect(_page(brand.pk))
    context = {
        "form": form,
        "brand": brand,
        "brands": brands,
        "tags": queries.tags_of(brand=brand),
        "may_change": may_change(request, brand),
    }
    return render(request, "ads/tags.html", context)


@require_POST
def try_again(request: HttpRequest, tag_id: uuid.UUID) -> HttpResponse:
    """Ask a tag that was refused once more."""
    user = access_self(user=request.user)
    tag = actions.retry_tag(tag_id=tag_id, user=user)
    messages.success(request, "The tag is asked again.")
    return redirect(_page(tag.brand_id))


def _page(brand_id: int) -> str:
    return f"{reverse('ads:tags')}?brand={brand_id}"
