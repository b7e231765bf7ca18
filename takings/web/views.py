"""Pages of the shell: opening a studio, the component page, and what to say when a page fails."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_http_methods, require_safe

from takings.core import clock
from takings.core.errors import Refusal
from takings.core.zones import time_zone_or_utc
from takings.people import actions
from takings.people.models import User
from takings.people.queries import NoStudio, access_own_creator, access_self
from takings.people.rules import country_names
from takings.policies.queries import policy_at
from takings.web.forms import AccountForm, StudioForm
from takings.web.samples import samples

STUDIO = "/studio/"


@require_http_methods(["GET", "HEAD", "POST"])
def open_studio(request: HttpRequest) -> HttpResponse:
    """Open the person's studio; whoever has one already goes there."""
    user = access_self(user=request.user)
    if _has_studio(user):
        return redirect(STUDIO)
    form = StudioForm(request.POST or None, initial={"name": user.display_name})
    if form.is_valid():
        try:
            _open(user, form)
        except Refusal as refusal:
            form.add_error("handle", str(refusal))
        else:
            messages.success(request, "Your studio is open. Upload your first video.")
            return redirect("/studio/upload/")
    policy = policy_at(at=clock.now())
    return render(request, "web/open_studio.html", {"form": form, "policy": policy})


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Let a person say who they are here, and lead to what they sign in with."""
    user = access_self(user=request.user)
    now = {"display_name": user.display_name, "time_zone": time_zone_or_utc(user.time_zone)}
    form = AccountForm(request.POST or None, initial=now)
    if form.is_valid():
        actions.describe_person(user=user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("account")
    context = {"form": form, "country": country_names()[user.country]}
    return render(request, "web/account.html", context)


def _has_studio(user: User) -> bool:
    try:
        access_own_creator(user=user)
    except NoStudio:
        return False
    return True


def _open(user: User, form: StudioForm) -> None:
    at = clock.now()
    creator = actions.open_studio(
        user=user, handle=form.cleaned_data["handle"], name=form.cleaned_data["name"], at=at
    )
    if form.cleaned_data["shares"]:
        actions.accept_pool_terms(creator=creator, at=at)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every component; the theme button turns the page."""
    return render(request, "web/design.html", samples())


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it by name; it is for developers
    """Say what to do when a form came without its token."""
    context = {
        "status": 403,
        "heading": "This form is too old",
        "sentence": "Nothing was changed. Go back, reload the page and send the form again; "
        "cookies must be allowed for this site.",
    }
    return render(request, "web/refused.html", context, status=403)
