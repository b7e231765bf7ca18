"""The pages themselves: translate, make one call, translate back."""

import uuid

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takings.core import clock
from takings.core.errors import Refusal
from takings.people.queries import access_own_creator
from takings.policies.queries import break_rule_at
from takings.videos import actions, queries
from takings.videos.models import Disclosed, Purpose, Status, Video
from takings.videos.rules import files
from takings.videos.rules.captions import MAX_CAPTIONS_BYTES
from takings.videos.rules.categories import by_name
from takings.videos.rules.refusals import MAX_BYTES, MAX_DURATION_MS
from takings.videos.views.forms import (
    MUSIC_HINT,
    CaptionsForm,
    DetailsForm,
    DisclosureForm,
    MembersForm,
)

PER_PAGE = 30
_UNSETTLED = {Status.UPLOADING, Status.QUARANTINED, Status.TRANSCODING}
_TONES = {Status.READY: "ok", Status.REFUSED: "bad", Status.UPLOADING: "warn"}


@require_GET
def upload_page(request: HttpRequest) -> HttpResponse:
    """Show the page on which a file is chosen, sent and followed."""
    creator = access_own_creator(user=request.user)
    props = {
        "purpose": Purpose.POST.value,
        "maxBytes": MAX_BYTES,
        "maxSeconds": MAX_DURATION_MS // 1000,
        "categories": by_name(),
        "levels": queries.levels_of(creator_id=creator.pk),
    }
    return render(request, "videos/upload.html", {"props": props})


@require_GET
def videos_page(request: HttpRequest) -> HttpResponse:
    """Show my videos with their statuses, newest first."""
    creator = access_own_creator(user=request.user)
    mine = queries.own_videos(user=request.user).filter(purpose=Purpose.POST)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    context = {"creator": creator, "page": page, "rows": [_row(video) for video in page]}
    return render(request, "videos/videos.html", context)


@require_http_methods(["GET", "POST"])
def video_page(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Show one video, and change what it says."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    if request.method == "GET":
        return _show(request, video, form=DetailsForm(None, video=video))
    form = DetailsForm(request.POST, video=video)
    if not form.is_valid():
        return _show(request, video, form=form, status=422)
    try:
        actions.change_details(video_id=video.pk, details=form.details(), at=clock.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _show(request, video, form=form, status=422)
    messages.success(request, "Saved.")
    return redirect("videos:video", video_id=video.pk)


@require_POST
def keep_for_members(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Keep a video for members, for good or until everybody may watch it."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    form = MembersForm(request.POST, video=video, time_zone=video.uploader.time_zone)
    details = DetailsForm(None, video=video)
    if not form.is_valid():
        return _show(request, video, form=details, members_form=form, status=422)
    rank, opens_at = form.cleaned_data["rank"], form.opens()
    try:
        actions.keep_for_members(video_id=video.pk, rank=rank, opens_at=opens_at, at=clock.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _show(request, video, form=details, members_form=form, status=422)
    messages.success(request, "It is for members. Others see its title, and how to join.")
    return redirect("videos:video", video_id=video.pk)


@require_POST
def disclose(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Say who had a reason to pay for the video, or that nobody had."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    form = DisclosureForm(request.POST)
    if form.is_valid():
        kind, partner = form.cleaned_data["kind"], form.cleaned_data["partner"]
        try:
            if kind:
                actions.disclose(
                    video_id=video.pk, kind=Disclosed(kind), partner=partner, at=clock.now()
                )
            else:
                actions.disclose_nothing(video_id=video.pk)
        except Refusal as refusal:
            form.add_error("partner", str(refusal))
        else:
            messages.success(request, "Viewers read it from the first frame.")
            return redirect("videos:video", video_id=video.pk)
    details = DetailsForm(None, video=video)
    return _show(request, video, form=details, disclosure_form=form, status=422)


@require_POST
def set_captions(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Take the captions that were sent."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    form = CaptionsForm(request.POST, request.FILES)
    if form.is_valid():
        content = form.cleaned_data["file"].read(MAX_CAPTIONS_BYTES + 1)
        language = form.cleaned_data["language"]
        try:
            actions.set_captions(video_id=video.pk, content=content, language=language)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "The captions are there.")
            return redirect("videos:video", video_id=video.pk)
    details = DetailsForm(None, video=video)
    return _show(request, video, form=details, captions_form=form, status=422)


@require_POST
def remove_captions(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Take the captions away."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    actions.remove_captions(video_id=video.pk)
    messages.success(request, "The captions are gone.")
    return redirect("videos:video", video_id=video.pk)


@require_POST
def prepare_again(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Try once more to prepare a refused video."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    actions.prepare_again(video_id=video.pk, by=video.uploader, at=clock.now())
    return redirect("videos:video", video_id=video.pk)


@require_POST
def remove(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Remove the video for good."""
    video = queries.access_own_video(user=request.user, video_id=video_id)
    actions.remove(video_id=video.pk, by=video.uploader, why="Removed.", at=clock.now())
    messages.success(request, f"“{video.title}” is removed.")
    return redirect("videos:videos")


def _row(video: Video) -> dict[str, object]:
    """Return what the templates say about a video."""
    is_ready = video.status == Status.READY
    return {
        "video": video,
        "tone": _TONES.get(Status(video.status), "info"),
        "is_ready": is_ready,
        "is_refused": video.status == Status.REFUSED,
        "is_unsettled": video.status in _UNSETTLED,
        "percent": video.progress_bp // 100,
        "seconds": round(video.duration_ms / 1000),
        "poster": files.media_url(video.pk, files.POSTER) if is_ready else "",
        "preview": files.media_url(video.pk, files.PREVIEW) if is_ready else "",
    }


def _show(
    request: HttpRequest,
    video: Video,
    *,
    form: DetailsForm,
    status: int = 200,
    **others: forms.Form,
) -> HttpResponse:
    said = queries.disclosure_of(video)
    initial = {"kind": said.kind, "partner": said.partner} if said else {}
    context = {
        **_row(video),
        "said": said,
        "disclosure_form": DisclosureForm(initial=initial),
        "form": form,
        "captions_form": CaptionsForm(),
        "members_form": MembersForm(None, video=video, time_zone=video.uploader.time_zone),
        "is_post": video.purpose == Purpose.POST,
        "music_hint": MUSIC_HINT,
        "mid_from_s": break_rule_at(at=clock.now()).mid_from_ms // 1000,
        "steps": video.steps.select_related("taken_by"),
        **others,
    }
    return render(request, "videos/video.html", context, status=status)
