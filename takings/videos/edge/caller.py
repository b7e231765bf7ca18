"""Who calls: Django's session cookie, read without Django's views; and from where."""

from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from takings.core.errors import Forbidden
from takings.people.models import User
from takings.people.queries import access_self
from takings.videos.edge.http import Request


class OtherSite(Forbidden):
    """A page of another site tried to act in this person's name."""

    code = "other_site"
    sentence = "Uploads are only possible from our own pages."


def check_same_site(request: Request) -> None:
    """Refuse with :class:`OtherSite` what a browser sends from a foreign page.

    The session cookie is SameSite=Lax and every changing request carries a header that forces a
    preflight we never grant; this is the third lock (OWASP: Fetch Metadata, then Origin). Programs
    that are no browsers send neither header.
    """
    site = request.header("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise OtherSite
        return
    origin = request.header("origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return
    if urlsplit(origin).netloc != request.header("host"):
        raise OtherSite


def signed_in_user(request: Request) -> User:
    """Return who is signed in, or refuse with ``NotSignedIn``; asks the database."""
    asked = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    asked.session = engine.SessionStore(request.cookie(settings.SESSION_COOKIE_NAME) or None)
    return access_self(user=get_user(asked))


def has_session(request: Request) -> bool:
    """Return whether there is a session cookie at all; asks nobody."""
    return bool(request.cookie(settings.SESSION_COOKIE_NAME))
