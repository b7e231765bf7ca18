"""The operator's pages of batches: dry run, draft, a second person's approval, payment."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.core import clock, ids
from takings.core.errors import NotFound, Refusal
from takings.payouts import actions, queries
from takings.payouts.models import Batch, BatchState
from takings.payouts.views.forms import BatchForm, StepForm
from takings.people.models import User
from takings.people.queries import access_operator

PER_PAGE = 50
MOST_SHOWN = 2_000  # a dry run of more would take longer than anybody waits for a page
PAYING = {BatchState.APPROVED, BatchState.POSTED}


class NoSuchStep(NotFound):
    """A batch is approved, paid or cancelled, nothing else."""

    code = "no_such_batch_step"
    sentence = "There is nothing here."


@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """List the newest batches."""
    access_operator(user=request.user)
    context = {"batches": queries.batches(), "open_count": queries.open_transfer_count()}
    return render(request, "payouts/batches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_batch(request: HttpRequest) -> HttpResponse:
    """Show what would be paid now, and order its draft; the form's id makes it one draft."""
    operator = access_operator(user=request.user)
    now = clock.now()
    form = BatchForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    if form.is_valid():
        actions.order_draft(operator=operator, id=form.cleaned_data["id"], at=now)
        return redirect("payouts:batch", form.cleaned_data["id"])
    due_count = queries.due_count(at=now)
    context = {
        "form": form,
        "due_count": due_count,
        "dates": queries.last_pay_dates(at=now),
        "preview": queries.preview(at=now) if due_count <= MOST_SHOWN else None,
        "limit": queries.SHOWN,
    }
    return render(request, "payouts/new_batch.html", context)


@require_safe
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show a batch: its sums, its payouts and whom it leaves out."""
    operator = access_operator(user=request.user)
    draft = queries.draft_order(batch_id=batch_id)
    if draft is not None:
        return render(request, "payouts/drafting.html", {"draft": draft})
    found = queries.access_batch(user=request.user, batch_id=batch_id)
    payouts = Paginator(queries.payouts_of_batch(found), PER_PAGE)
    omissions = Paginator(queries.omissions_of(found), PER_PAGE)
    order = queries.newest_order(found) if found.state in PAYING else None
    context = {
        "batch": found,
        "order": order,
        "steps": found.steps.select_related("taken_by"),
        "totals": queries.totals_of(found),
        "files": queries.files_of(found),
        "payouts": payouts.get_page(request.GET.get("page")),
        "omissions": omissions.get_page(request.GET.get("left_out")),
        "open_count": queries.open_transfer_count(found),
        "is_own": found.drafted_by_id == operator.pk,
        "reload": order is not None and not order.refusal,
    }
    return render(request, "payouts/batch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_batch(request: HttpRequest, batch_id: UUID, step: str) -> HttpResponse:
    """Ask before a batch is approved, paid or cancelled, then do it."""
    operator = access_operator(user=request.user)
    found = queries.access_batch(user=request.user, batch_id=batch_id)
    if step not in STEPS:
        raise NoSuchStep
    question = STEPS[step]
    form = StepForm(request.POST or None, initial={"reason": question.reason})
    if form.is_valid():
        try:
            question.act(operator, found, form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, question.done)
            return redirect("payouts:batch", found.pk)
    context = {
        "batch": found,
        "question": question,
        "form": form,
        "totals": queries.totals_of(found),
    }
    return render(request, "payouts/change_batch.html", context)


def _approve(operator: User, found: Batch, reason: str) -> None:
    actions.approve_batch(operator=operator, batch_id=found.pk, reason=reason, at=clock.now())


def _pay(operator: User, found: Batch, reason: str) -> None:
    actions.order_execution(operator=operator, batch_id=found.pk, reason=reason, at=clock.now())


def _cancel(operator: User, found: Batch, reason: str) -> None:
    actions.cancel_batch(operator=operator, batch_id=found.pk, reason=reason, at=clock.now())


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before a step, and what is said after it."""

    heading: str
    text: str
    button: str
    reason: str
    done: str
    act: Callable[[User, Batch, str], None]


STEPS = {
    "approve": Question(
        "Approve this batch",
        "You are the second person. After this it can be paid.",
        "Approve",
        "The sums and the list were looked at.",
        "The batch is approved and can be paid.",
        _approve,
    ),
    "pay": Question(
        "Pay this batch",
        "Every payout is posted to the books; then files are made for the bank, and providers pay. "
        "A crash is finished by paying again; nobody is paid twice.",
        "Pay now",
        "It was approved.",
        "The batch is being paid.",
        _pay,
    ),
    "cancel": Question(
        "Cancel this batch",
        "Nothing was sent. Its balances are free for the next batch.",
        "Cancel the batch",
        "It is not right.",
        "The batch is cancelled.",
        _cancel,
    ),
}
