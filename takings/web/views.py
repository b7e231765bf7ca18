"""Pages of the shell: the feed and the component page."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def feed(request: HttpRequest, video_id: uuid.UUID | None = None) -> HttpResponse:
    """Show the feed, beginning with ``video_id`` when one is given."""
    props = {"start": video_id, "signedIn": request.user.is_authenticated}
    return render(request, "web/feed.html", {"props": props})


def design(request: HttpRequest) -> HttpResponse:
    """Show every component in both themes."""
    return render(request, "web/design.html")
