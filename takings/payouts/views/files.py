"""The operator's pages of files: to the bank, and from it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.payouts import actions, queries
from takings.payouts.views.forms import AnswerForm
from takings.people.queries import access_operator


@require_POST
def download(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Give a file to the bank away: the same bytes each time, and each time written down."""
    operator = access_operator(user=request.user)
    file = queries.access_file(user=request.user, file_id=file_id)
    content = actions.download_file(operator=operator, file=file, at=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest) -> HttpResponse:
    """Read a file from the bank; list those that were read, and what came back."""
    operator = access_operator(user=request.user)
    now = clock.now()
    form = AnswerForm(
        request.POST or None, request.FILES or None, initial={"id": ids.uuid7(at=now)}
    )
    if form.is_valid():
        given = form.cleaned_data["file"]
        try:
            file = actions.read_bank_answers(
                operator=operator,
                content=given.read(),
                name=given.name,
                id=form.cleaned_data["id"],
                at=now,
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            count = file.answers.count()
            what = "1 payout" if count == 1 else f"{count:,} payouts"
            messages.success(request, f"{file} says something of {what}.")
            return redirect("payouts:answers")
    context = {
        "form": form,
        "files": queries.answer_files(),
        "returns": queries.recent_returns(),
    }
    return render(request, "payouts/answers.html", context)
