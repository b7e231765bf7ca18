"""Whether a document is ours: for anybody who holds one, without signing in."""

from ipaddress import IPv6Address, ip_address, ip_network

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from takings.core import clock
from takings.core.errors import Invalid, TooMuch
from takings.insights.actions import may_ask
from takings.insights.queries.issued import verdict_on_file, verdict_on_number
from takings.insights.rules.issued import Verdict

LARGEST_BYTES = 10_000_000
MOST_A_MINUTE = 30
NETWORK_BITS = 64  # one household's IPv6 addresses are one asker


class TooManyChecks(TooMuch):
    """Whoever tries numbers has to be slow."""

    code = "too_many_checks"
    sentence = "That were many checks in a short time. Wait a minute, then go on."


class FileTooLarge(Invalid):
    """No document is that large."""

    code = "file_too_large"
    sentence = "Our documents have less than ten megabytes; this file is none."


class NumberForm(forms.Form):
    """What stands on the paper."""

    number = forms.CharField(
        label="Number",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "S-7KQ4-M9ZT-3WXH"}
        ),
    )
    sha256 = forms.CharField(
        label="SHA-256",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="The 64 letters and digits beside it. Spaces do not matter.",
    )


class FileForm(forms.Form):
    """The file itself."""

    file = forms.FileField(
        label="The file",
        help_text="The PDF, CSV or JSON as it was downloaded. It is not kept.",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.csv,.json"}),
    )


@require_http_methods(["GET", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """Say of a file, or of a number and its SHA-256, whether it is ours, and nothing else.

    Refuses TooManyChecks, FileTooLarge.
    """
    asked = "number" in request.GET
    number = NumberForm(request.GET if asked else None)
    file = FileForm(None, None)
    found: Verdict | None = None
    if request.method == "POST":
        file = FileForm(request.POST, request.FILES)
        found = _file_verdict(request, file)
    elif asked:
        found = _number_verdict(request, number)
    context = {"number": number, "file": file, "verdict": found, "of_file": not asked}
    return render(request, "insights/verify.html", context)


def _file_verdict(request: HttpRequest, form: FileForm) -> Verdict | None:
    _keep_pace(request)
    if not form.is_valid():
        return None
    sent = form.cleaned_data["file"]
    if sent.size > LARGEST_BYTES:
        raise FileTooLarge
    return verdict_on_file(content=sent.read())


def _number_verdict(request: HttpRequest, form: NumberForm) -> Verdict | None:
    _keep_pace(request)
    if not form.is_valid():
        return None
    data = form.cleaned_data
    return verdict_on_number(number=data["number"], sha256=data["sha256"])


def _keep_pace(request: HttpRequest) -> None:
    asker = _asker(request.META.get("REMOTE_ADDR", ""))
    if not may_ask(asker=asker, most=MOST_A_MINUTE, at=clock.now()):
        raise TooManyChecks


def _asker(address: str) -> str:
    """Return whom an address belongs to, as far as one can tell."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, NETWORK_BITS), strict=False))
    return str(parsed)
