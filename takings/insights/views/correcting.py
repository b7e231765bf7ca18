"""Corrections of a closed period at the desk: looked for, proposed, answered by another person."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.insights import actions
from takings.insights.queries.trials import newest_trial
from takings.people.models import User
from takings.people.queries import access_operator
from takings.settlement import actions as settlement
from takings.settlement import queries
from takings.settlement.actions import Wanted
from takings.settlement.models import Correction, Period, Status

LISTED = 50


class LookForm(forms.Form):
    """Count the period again."""

    id = forms.UUIDField(widget=forms.HiddenInput)


class ProposeCorrectionForm(forms.Form):
    """Correct it by what was seen, and why."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why", max_length=500, help_text="Its creators read it.")


class AnswerCorrectionForm(forms.Form):
    """Yes or no to a correction, and why."""

    correction = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.CharField(label="Why", max_length=500, help_text="Kept with your name.")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who wants what of which period."""

    request: HttpRequest
    operator: User
    period: Period
    at: dt.datetime


@require_http_methods(["GET", "POST"])
def corrections_page(request: HttpRequest, name: str) -> HttpResponse:
    """Count a closed period again, propose a correction, answer one."""
    operator = access_operator(user=request.user)
    asked = _Asked(request, operator, queries.period(name=name), clock.now())
    verdict = request.POST.get("verdict", "")
    form = FORMS[verdict](request.POST) if verdict in FORMS else None
    if form is not None and form.is_valid():
        try:
            messages.success(request, DO[verdict](asked, form))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("insights:corrections", name)
    return render(request, "insights/desk/corrections.html", _context(asked, form))


def _look(asked: _Asked, form: forms.Form) -> str:
    if asked.period.status != Status.CLOSED:
        raise settlement.NotClosedYet(period=asked.period.name)
    actions.order_trial(
        period=asked.period, operator=asked.operator, id=form.cleaned_data["id"], at=asked.at
    )
    return "Ordered. Nothing is posted."


def _propose(asked: _Asked, form: forms.Form) -> str:
    data = form.cleaned_data
    name = asked.period.name
    wanted = Wanted(data["id"], asked.operator, name, data["reason"], data["seen"], asked.at)
    actions.order_proposal(wanted=wanted)
    return "Ordered. Once it is worked out, another operator has to approve it."


def _approve(asked: _Asked, form: forms.Form) -> str:
    found, said = _answer(asked, form)
    actions.approve_correction(correction=found, operator=asked.operator, answer=said, at=asked.at)
    return "Approved. The correction is being posted."


def _decline(asked: _Asked, form: forms.Form) -> str:
    found, said = _answer(asked, form)
    settlement.decline_correction(
        correction=found, operator=asked.operator, answer=said, at=asked.at
    )
    return "Declined; nothing was posted."


def _answer(asked: _Asked, form: forms.Form) -> tuple[Correction, str]:
    data, user = form.cleaned_data, asked.request.user
    return queries.access_correction(user=user, correction_id=data["correction"]), data["answer"]


FORMS: Mapping[str, type[forms.Form]] = {
    "look": LookForm,
    "propose": ProposeCorrectionForm,
    "approve": AnswerCorrectionForm,
    "decline": AnswerCorrectionForm,
}
DO: Mapping[str, Callable[[_Asked, forms.Form], str]] = {
    "look": _look,
    "propose": _propose,
    "approve": _approve,
    "decline": _decline,
}


def _context(asked: _Asked, form: forms.Form | None) -> dict[str, object]:
    known = queries.corrections(period=asked.period)
    waiting = next((one for one in known if one.is_approved is None), None)
    trial = None if waiting else newest_trial(period=asked.period)
    found = trial.order if trial and trial.is_found else None
    new = {"id": ids.uuid7(at=asked.at)}
    propose = new | {"seen": found.lines_digest if found else ""}
    answer = {"correction": waiting.pk if waiting else None}
    proposed = waiting.linechanges.select_related("creator", "video") if waiting else ()
    lines = found.lines.select_related("creator", "video") if found else proposed
    return {
        "period": asked.period,
        "is_closed": asked.period.status == Status.CLOSED,
        "operator": asked.operator,
        "uncorrected": queries.uncorrected(period=asked.period),
        "waiting": waiting,
        "known": [one for one in known if one.is_approved is not None],
        "trial": trial,
        "found": found,
        "lines": lines[:LISTED],
        "line_count": found.line_count if found else len(proposed),
        "look": form if isinstance(form, LookForm) else LookForm(initial=new),
        "propose": form
        if isinstance(form, ProposeCorrectionForm)
        else ProposeCorrectionForm(initial=propose),
        "answer": form
        if isinstance(form, AnswerCorrectionForm)
        else AnswerCorrectionForm(initial=answer),
    }
