"""The ads of a campaign: added, changed, paused, looked at as viewers see them; their history."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.ads import actions, queries
from takings.ads.models import Creative, Review
from takings.ads.rules.serving import label_of
from takings.ads.views.console import may_change
from takings.ads.views.forms import CreativeForm, MessageForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_self
from takings.videos.models import Purpose
from takings.videos.models import Status as VideoStatus


@require_http_methods(["GET", "HEAD", "POST"])
def new_creative(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Give a campaign one more ad."""
    campaign = queries.access_campaign_to_change(user=request.user, campaign_id=campaign_id)
    now = clock.now()
    form = CreativeForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    form.offer_videos(queries.ad_videos_of(brand=campaign.brand))
    if form.is_valid():
        try:
            creative = actions.add_creative(
                campaign_id=campaign.pk,
                draft=form.creative_draft(),
                user=access_self(user=request.user),
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            is_approved = creative.review == Review.APPROVED
            told = "Added." if is_approved else "Sent to review. It is shown when it is approved."
            messages.success(request, told)
            return redirect("ads:creative", creative_id=creative.pk)
    upload = {"purpose": "creative", "input": "uploaded-creative"}
    context = {"form": form, "campaign": campaign, "upload": upload}
    return render(request, "ads/new_creative.html", context)


@require_safe
def creative(request: HttpRequest, creative_id: uuid.UUID) -> HttpResponse:
    """Show an ad in the frame of the feed, where it stands, and what changed."""
    found = queries.access_creative(user=request.user, creative_id=creative_id)
    context = {
        "creative": found,
        "campaign": found.campaign,
        "may_change": may_change(request, found.campaign.brand),
        "preview": preview_of(found),
        "changes": queries.changes_of(campaign=found.campaign, creative=found),
    }
    return render(request, "ads/creative.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_creative(request: HttpRequest, creative_id: uuid.UUID) -> HttpResponse:
    """Change what an ad says; it goes back to review."""
    found = queries.access_creative_to_change(user=request.user, creative_id=creative_id)
    said = {name: getattr(found, name) for name in MessageForm.base_fields}
    form = MessageForm(request.POST or None, initial=said)
    if form.is_valid():
        try:
            changed = actions.change_creative(
                creative_id=found.pk,
                message=form.message(),
                user=access_self(user=request.user),
                at=clock.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if changed.edition != found.edition:
                is_approved = changed.review == Review.APPROVED
                told = "" if is_approved else " It is in review, and shown when approved."
                messages.success(request, f"Changed.{told}")
            return redirect("ads:creative", creative_id=found.pk)
    context = {"form": form, "creative": found, "campaign": found.campaign}
    return render(request, "ads/edit_creative.html", context)


@require_POST
def pause_creative(request: HttpRequest, creative_id: uuid.UUID) -> HttpResponse:
    """Show an ad no more until it is resumed."""
    found = queries.access_creative_to_change(user=request.user, creative_id=creative_id)
    user = access_self(user=request.user)
    actions.pause_creative(creative_id=found.pk, user=user, at=clock.now())
    messages.success(request, f"“{found}” is paused; within two seconds it is chosen no more.")
    return redirect("ads:creative", creative_id=found.pk)


@require_POST
def resume_creative(request: HttpRequest, creative_id: uuid.UUID) -> HttpResponse:
    """Show a paused ad again."""
    found = queries.access_creative_to_change(user=request.user, creative_id=creative_id)
    user = access_self(user=request.user)
    actions.resume_creative(creative_id=found.pk, user=user, at=clock.now())
    messages.success(request, f"“{found}” is not paused any more.")
    return redirect("ads:creative", creative_id=found.pk)


@require_safe
def history(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Show who changed what of a campaign, newest first."""
    campaign = queries.access_campaign(user=request.user, campaign_id=campaign_id)
    context = {
        "campaign": campaign,
        "changes": queries.changes_of(campaign=campaign),
        "secrets": queries.secrets_of(brand=campaign.brand),
        "steps": campaign.steps.select_related("taken_by").order_by("-pk"),
    }
    return render(request, "ads/history.html", context)


def preview_of(found: Creative) -> dict[str, object] | None:
    """Return what the frame of the feed shows of an ad; None while its video is not ready."""
    if found.video.status != VideoStatus.READY:
        return None
    is_free = queries.is_house(brand_id=found.campaign.brand_id)
    return {
        "media": f"/media/{found.video_id}",
        "headline": found.headline,
        "call_to_action": found.call_to_action,
        "click_url": found.landing_url,
        "label": label_of(is_free=is_free, is_promotion=found.video.purpose == Purpose.POST),
        "from": found.campaign.brand.name,
        "paid_by": "" if is_free else found.campaign.brand.name,
    }
