"""Documents: a creator sends them, an operator opens them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.payouts import actions, queries
from takings.payouts.models import Proof
from takings.payouts.rules.documents import MOST_BYTES, DocumentTooLarge
from takings.payouts.views.forms import DocumentForm
from takings.people.queries import access_operator, access_own_creator


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest) -> HttpResponse:
    """Let a creator send a document; list what they sent."""
    creator = access_own_creator(user=request.user)
    now = clock.now()
    form = DocumentForm(
        request.POST or None, request.FILES or None, initial={"id": ids.uuid7(at=now)}
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            if data["file"].size > MOST_BYTES:
                raise DocumentTooLarge(most=MOST_BYTES // 2**20)
            sent = actions.Sent(
                data["id"], Proof(data["proves"]), data["file"].name, data["file"].read()
            )
            actions.send_document(creator=creator, sent=sent, at=now)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "Thank you. Whoever checks who you are can see it now.")
            return redirect("payouts:documents")
    context = {"form": form, "documents": queries.documents_of(creator=creator)}
    return render(request, "payouts/documents.html", context)


@require_POST
def open_document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Give a document to an operator, as a file; each time is written down."""
    operator = access_operator(user=request.user)
    found = queries.access_document(user=request.user, document_id=document_id)
    content = actions.open_document(operator=operator, document=found, at=clock.now())
    name = f"{found.creator.handle}-{found.proves}.{found.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=found.content_type, headers=headers)
