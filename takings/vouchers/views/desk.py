"""The operators' part: the stock, files of codes, and codes that do not work."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_operator
from takings.vouchers import actions, queries
from takings.vouchers.models import Fault, Load
from takings.vouchers.views.forms import LoadForm, ReasonForm


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """Show the stock, and load a file of codes; no code is shown here."""
    operator, now = access_operator(user=request.user), clock.now()
    form = LoadForm(initial={"id": ids.uuid7(at=now)})
    if request.method == "POST":
        form = LoadForm(request.POST, request.FILES)
        if form.is_valid():
            given = form.cleaned_data
            file = actions.VoucherFile(given["id"], given["file"].name, given["file"].read())
            try:
                load = actions.load_vouchers(operator=operator, file=file, at=now)
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                messages.success(request, f"{load.code_count:,} codes were loaded.")
                return redirect("vouchers:desk")
    context = {
        "form": form,
        "stock": queries.stock(),
        "today": now.date(),
        "faults": queries.faults(),
        "loads": list(queries.loads()),
        "operator": operator,
    }
    return render(request, "vouchers/desk.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """Give what is left of a file to nobody any more."""
    operator, load = access_operator(user=request.user), get_object_or_404(Load, pk=load_id)

    def act(reason: str, at: dt.datetime) -> str:
        actions.withdraw_load(operator=operator, load=load, reason=reason, at=at)
        return "Nobody gets them any more. Codes that were given out stay their creators'."

    return _do(request, act)


@require_POST
def answer(request: HttpRequest, fault_id: uuid.UUID) -> HttpResponse:
    """Replace a code that does not work, give its earnings back, or say why neither."""
    operator, fault = access_operator(user=request.user), get_object_or_404(Fault, pk=fault_id)

    def act(reason: str, at: dt.datetime) -> str:
        if request.POST.get("verdict") == "replace":
            actions.replace_voucher(operator=operator, fault=fault, answer=reason, at=at)
            return "They have another code."
        if request.POST.get("verdict") == "return":
            actions.return_earnings(operator=operator, fault=fault, answer=reason, at=at)
            return "Their earnings are payable again."
        actions.decline_fault(operator=operator, fault=fault, answer=reason, at=at)
        return "Declined; they read why."

    return _do(request, act)


def _do(request: HttpRequest, act: Callable[[str, dt.datetime], str]) -> HttpResponse:
    """Do it for the reason given, and say what came of it beside the stock."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        messages.success(request, act(reason, clock.now()))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("vouchers:desk")
