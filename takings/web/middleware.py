"""Around every page: the viewer's cookie, and refusals as pages a person can act on."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.core.statuses import status_of
from takings.people.models import User
from takings.people.queries import NoStudio, NotSignedIn, age_for_ads, region_for_ads
from takings.people.rules import (
    VIEWER_COOKIE,
    VIEWER_TOKEN_DAYS,
    BadViewerToken,
    Viewer,
    read_viewer,
    sign_viewer,
    whole_second,
)

View = Callable[[HttpRequest], HttpResponseBase]
DAY_S = 86_400
HEADINGS = {
    403: "This is not open to you",
    404: "There is nothing here",
    409: "That does not go together",
    429: "That is too much at once",
    503: "Not possible just now",
}


class ViewerCookie:
    """Gives every browser a signed viewer token, so that edge routes need no database.

    Signed-in people carry their account's viewer id and country, and their age group and region if
    they want ads to be chosen by it; visitors a random id and the country of the settings. The
    token is renewed when someone signs in or out, and when what it says is not so any more.
    """

    def __init__(self, get_response: View) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; pages bring the cookie when it is missing or someone else's."""
        response = self.get_response(request)
        if _is_page(request, response):
            user = request.user if isinstance(request.user, User) else None
            carried = _carried(request)
            if carried is None or not _belongs(carried, user, at=clock.now()):
                _give(response, user)
        return response


def _is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    html = response.headers.get("Content-Type", "").startswith("text/html")
    return html and request.method == "GET" and hasattr(request, "user")


def _carried(request: HttpRequest) -> Viewer | None:
    token = request.COOKIES.get(VIEWER_COOKIE, "")
    try:
        return read_viewer(token=token, key=settings.SECRET_KEY, at=clock.now())
    except BadViewerToken:
        return None


def _belongs(viewer: Viewer, user: User | None, *, at: dt.datetime) -> bool:
    if user is None:
        return viewer.user_id is None
    carried = (viewer.viewer_id, viewer.user_id, viewer.country, viewer.age, viewer.region)
    age, region = age_for_ads(user=user, at=at), region_for_ads(user=user, at=at)
    until = _ad_free(viewer.ad_free_until, at=at)
    is_own = carried == (user.viewer_id, user.pk, user.country, age, region)
    return is_own and until == _ad_free(user.ad_free_until, at=at)


def _ad_free(until: dt.datetime | None, *, at: dt.datetime) -> int:
    """Return until when no ads are shown, as tokens say it; 0 when that is over."""
    return whole_second(until) if until is not None and at < until else 0


def _give(response: HttpResponseBase, user: User | None) -> None:
    at = clock.now()
    viewer = Viewer(
        viewer_id=user.viewer_id if user else _visitor(),
        user_id=user.pk if user else None,
        country=user.country if user else settings.DEFAULT_COUNTRY,
        signed_at=at,
        age=age_for_ads(user=user, at=at) if user else "",
        region=region_for_ads(user=user, at=at) if user else "",
        ad_free_until=user.ad_free_until if user else None,
    )
    token = sign_viewer(viewer, key=settings.SECRET_KEY)
    response.set_cookie(
        VIEWER_COOKIE,
        token,
        max_age=VIEWER_TOKEN_DAYS * DAY_S,
        httponly=True,
        secure=settings.SECURE,
        samesite="Lax",
    )


def _visitor() -> uuid.UUID:
    return ids.uuid7(at=clock.now())


class RefusalPages:
    """Turns a refusal that a view let through into a page with the right status.

    Who is not signed in is asked to; who has no studio is offered one.
    """

    def __init__(self, get_response: View) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer refusals; leave every other exception to Django."""
        if not isinstance(exception, Refusal):
            return None
        if isinstance(exception, NotSignedIn):
            return redirect_to_login(request.get_full_path())
        if isinstance(exception, NoStudio):
            return redirect("open_studio")
        return refused(request, exception)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page that says why not, with the status of the refusal's kind."""
    status = status_of(refusal)
    context = {
        "status": status,
        "heading": HEADINGS.get(status, "That is not possible"),
        "sentence": str(refusal),
        "code": refusal.code,
    }
    return render(request, "web/refused.html", context, status=status)
