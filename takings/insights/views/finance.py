"""The finance desk: where money stands, corrections with four eyes, the lock, files to take."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from takings.core import clock, ids
from takings.core.errors import NotFound, Refusal
from takings.insights.actions import adjusting
from takings.insights.actions.adjusting import Correction
from takings.insights.queries import finance as ask
from takings.insights.views.csv_files import csv_answer
from takings.insights.views.forms import DayInput
from takings.ledger.queries.archives import need_transfers
from takings.ledger.queries.journal import journal_text, standings
from takings.ledger.queries.terms import locked_before
from takings.ledger.rules.plaintext import DIALECTS
from takings.money import Money
from takings.people.models import User
from takings.people.queries import access_operator
from takings.policies.queries import policy_at

SUFFIXES = {"hledger": "journal", "beancount": "beancount"}
STANDING_HEAD = ("account", "currency", "debit", "credit")
NOTHING = Money.zero("USD").decimal()


class NoSuchProgram(NotFound):
    """Journals are written for two programs."""

    code = "no_such_program"
    sentence = "A journal is written for hledger or beancount."


def _day(label: str, hint: str) -> forms.DateField:
    widget = DayInput(format="%Y-%m-%d")
    return forms.DateField(
        label=label, input_formats=["%Y-%m-%d"], widget=widget, help_text=hint, required=True
    )


class AdjustmentForm(forms.Form):
    """One transfer by hand."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    debit = forms.CharField(max_length=120, help_text="The account debited: bank")
    credit = forms.CharField(max_length=120, help_text="The account credited: platform:loss")
    amount = forms.CharField(
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="4.25",
    )
    currency = forms.CharField(max_length=4)
    reason = forms.CharField(max_length=500, help_text="Auditors read it.")


class AnswerForm(forms.Form):
    """Yes or no, and why."""

    answer = forms.CharField(label="Why", max_length=500, help_text="Kept with your name.")


class LockForm(forms.Form):
    """Before which day, and why."""

    before = _day("Lock everything before", "What happened before (UTC) is posted no more.")
    reason = forms.CharField(max_length=500, help_text="Kept with your name.")


class StandingForm(forms.Form):
    """At the beginning of which day."""

    before = forms.DateField(input_formats=["%Y-%m-%d"], required=False)


@require_GET
def finance_page(request: HttpRequest) -> HttpResponse:
    """Show where all money stands, and what needs somebody."""
    access_operator(user=request.user)
    context = {"finance": ask.finance(at=clock.now()), "today": clock.now().date()}
    return render(request, "insights/desk/finance.html", context)


@require_http_methods(["GET", "POST"])
def adjustments_page(request: HttpRequest) -> HttpResponse:
    """List corrections, and propose one."""
    operator = access_operator(user=request.user)
    at = clock.now()
    initial = {"id": ids.uuid7(at=at), "currency": policy_at(at=at).currency}
    form = AdjustmentForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            _propose(form, operator=operator, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Proposed. Another operator has to approve it.")
            return redirect("insights:adjustments")
    context = {
        "form": form,
        "operator": operator,
        "waiting": ask.finance(at=at).waiting,
        "answered": ask.answered_adjustments(),
    }
    return render(request, "insights/desk/adjustments.html", context)


@require_http_methods(["GET", "POST"])
def adjustment_page(request: HttpRequest, adjustment: UUID) -> HttpResponse:
    """Approve or decline what somebody else proposed. Refuses what the actions refuse."""
    operator = access_operator(user=request.user)
    found = ask.access_adjustment(user=request.user, adjustment_id=adjustment)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        is_approved = request.POST.get("verdict") == "approve"
        do = adjusting.approve_adjustment if is_approved else adjusting.decline_adjustment
        try:
            do(
                adjustment=found,
                operator=operator,
                answer=form.cleaned_data["answer"],
                at=clock.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Posted." if is_approved else "Declined; nothing moved.")
            return redirect("insights:adjustments")
    context = {"adjustment": found, "form": form, "operator": operator}
    return render(request, "insights/desk/adjustment.html", context)


@require_http_methods(["GET", "POST"])
def lock_page(request: HttpRequest) -> HttpResponse:
    """Ask before locking the books, then lock them."""
    operator = access_operator(user=request.user)
    at = clock.now()
    form = LockForm(request.POST or None, initial={"before": at.date().replace(day=1)})
    if form.is_valid():
        before = dt.datetime.combine(form.cleaned_data["before"], dt.time(), tzinfo=dt.UTC)
        try:
            adjusting.lock_books(
                operator=operator, before=before, reason=form.cleaned_data["reason"], at=at
            )
        except Refusal as refusal:
            form.add_error("before", str(refusal))
        else:
            messages.success(request, f"The books are locked before {before:%Y-%m-%d}.")
            return redirect("insights:finance")
    context = {"form": form, "locked_before": locked_before()}
    return render(request, "insights/desk/lock.html", context)


@require_GET
def journal_file(request: HttpRequest, program: str) -> StreamingHttpResponse:
    """Download the whole journal for a program. Refuses NoSuchProgram, TransfersArchived."""
    access_operator(user=request.user)
    if program not in DIALECTS:
        raise NoSuchProgram
    need_transfers()
    lines = (part.encode() for part in journal_text(dialect=DIALECTS[program]))
    name = f"takings-{clock.now():%Y-%m-%d}.{SUFFIXES[program]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/plain; charset=utf-8", headers=headers)


@require_GET
def standings_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Download what stands in every account: now, or as a day (UTC) began."""
    access_operator(user=request.user)
    form = StandingForm(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else None
    name = f"takings-standings-{before or 'now'}"
    return csv_answer(name=name, head=STANDING_HEAD, rows=_standing_rows(before))


def _standing_rows(before: dt.date | None) -> Iterator[tuple[object, ...]]:
    for one in standings(before=before):
        value = one.amount.decimal()
        debit, credit = (value, NOTHING) if one.amount.micros >= 0 else (NOTHING, -value)
        yield one.account, one.amount.currency, debit, credit


def _propose(form: AdjustmentForm, *, operator: User, at: dt.datetime) -> None:
    data = form.cleaned_data
    adjusting.propose_adjustment(
        operator=operator,
        correction=Correction(
            debit=data["debit"],
            credit=data["credit"],
            amount=Money.parse(data["amount"], data["currency"].upper()),
            reason=data["reason"],
        ),
        id=data["id"],
        at=at,
    )
