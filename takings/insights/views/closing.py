"""The close of a period at the desk: tried out, proposed, answered by another person."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.core import clock, ids
from takings.core.errors import Conflict, Refusal
from takings.insights import actions
from takings.insights.queries import desk
from takings.insights.queries.trials import newest_trial
from takings.people.models import User
from takings.people.queries import access_operator
from takings.settlement import actions as settlement
from takings.settlement import queries
from takings.settlement.models import CloseProposal, Period, Status


class TwoPeopleClose(Conflict):
    """Nobody closes real people's earnings alone."""

    code = "two_people_close"
    sentence = "Two people close a period: propose it, and another operator approves it."


class TryForm(forms.Form):
    """Work the close out."""

    id = forms.UUIDField(widget=forms.HiddenInput)


class ProposeForm(forms.Form):
    """Close it with the numbers of a dry run, and why."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    run = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why", max_length=500, help_text="Kept with your name.", initial="The period is over."
    )


class AnswerCloseForm(forms.Form):
    """Yes or no to a proposal, and why."""

    proposal = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.CharField(label="Why", max_length=500, help_text="Kept with your name.")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who wants what of which period."""

    request: HttpRequest
    operator: User
    period: Period
    at: dt.datetime


@require_http_methods(["GET", "POST"])
def close_page(request: HttpRequest, name: str) -> HttpResponse:
    """Try a close out, propose it, answer a proposal; a demo closes at once."""
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
            return redirect("insights:close", name)
    elif request.method == "POST" and form is None:
        _close_now(asked)
        return redirect("insights:periods")
    return render(request, "insights/desk/close.html", _context(asked, form))


def _close_now(asked: _Asked) -> None:
    """Order the close of a demo. Refuses TwoPeopleClose, and what ``order_close`` refuses."""
    if not settings.DEMO:
        raise TwoPeopleClose
    actions.order_close(
        period=asked.period,
        operator=asked.operator,
        reason=asked.request.POST.get("reason", "").strip() or "closed at the desk",
        at=asked.at,
    )
    messages.success(asked.request, f"{asked.period.name} is being closed.")


def _try(asked: _Asked, form: forms.Form) -> str:
    actions.order_trial(
        period=asked.period, operator=asked.operator, id=form.cleaned_data["id"], at=asked.at
    )
    return "Ordered. Nothing is posted."


def _propose(asked: _Asked, form: forms.Form) -> str:
    data = form.cleaned_data
    settlement.propose_close(
        operator=asked.operator,
        run=queries.access_dry_run(user=asked.request.user, run_id=data["run"]),
        reason=data["reason"],
        id=data["id"],
        at=asked.at,
    )
    return "Proposed. Another operator has to approve it."


def _approve(asked: _Asked, form: forms.Form) -> str:
    proposal, said = _answer(asked, form)
    actions.approve_close(proposal=proposal, operator=asked.operator, answer=said, at=asked.at)
    return f"Approved. {asked.period.name} is being closed."


def _decline(asked: _Asked, form: forms.Form) -> str:
    proposal, said = _answer(asked, form)
    settlement.decline_close(proposal=proposal, operator=asked.operator, answer=said, at=asked.at)
    return "Declined; nothing was closed."


def _answer(asked: _Asked, form: forms.Form) -> tuple[CloseProposal, str]:
    data = form.cleaned_data
    user = asked.request.user
    return (
        queries.access_close_proposal(user=user, proposal_id=data["proposal"]),
        data["answer"],
    )


FORMS: Mapping[str, type[forms.Form]] = {
    "try": TryForm,
    "propose": ProposeForm,
    "approve": AnswerCloseForm,
    "decline": AnswerCloseForm,
}
DO: Mapping[str, Callable[[_Asked, forms.Form], str]] = {
    "try": _try,
    "propose": _propose,
    "approve": _approve,
    "decline": _decline,
}


def _context(asked: _Asked, form: forms.Form | None) -> dict[str, object]:
    proposals = queries.close_proposals(period=asked.period)
    waiting = next((one for one in proposals if one.is_approved is None), None)
    runs = queries.dry_runs(period=asked.period)
    run = waiting.run if waiting else next(iter(runs), None)
    ordered = next((one for one in proposals if one.is_approved and not one.stopped), None)
    is_open = asked.period.status == Status.OPEN and not waiting and not ordered
    propose = {"id": ids.uuid7(at=asked.at), "run": run.pk if run else None}
    answer = {"proposal": waiting.pk if waiting else None}
    return {
        "row": desk.period_row(period=asked.period, at=asked.at),
        "demo": settings.DEMO,
        "operator": asked.operator,
        "report": queries.dry_run_report(run=run) if run else None,
        "waiting": waiting,
        "ordered": ordered,
        "answered": next((one for one in proposals if one.is_approved is not None), None),
        "trial": newest_trial(period=asked.period) if is_open else None,
        "try": form if isinstance(form, TryForm) else TryForm(initial={"id": propose["id"]}),
        "propose": form if isinstance(form, ProposeForm) else ProposeForm(initial=propose),
        "answer": form if isinstance(form, AnswerCloseForm) else AnswerCloseForm(initial=answer),
    }
