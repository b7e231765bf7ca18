"""One request, as its fan, its creator or an operator sees it; each of their steps is one form."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.payments.queries import accepted_terms, show_terms, with_receipts
from takings.payments.rules import VERSION
from takings.people.models import User
from takings.people.queries import access_operator, access_self
from takings.requests import actions, queries
from takings.requests.models import Request
from takings.requests.rules import Act, Side
from takings.requests.views.forms import (
    DecisionForm,
    DeliveryForm,
    NoteForm,
    QuoteForm,
    RatingForm,
    WordsForm,
)

PAGE = 30
TOLD = {
    Act.ACCEPT: "Accepted. Deliver it in time, and it is earned once it is taken.",
    Act.DECLINE: "Declined. What was paid goes back in full.",
    Act.CANCEL: "Cancelled. What was paid goes back to your card in full.",
    Act.GIVE_UP: "Given up. What was paid goes back in full.",
    Act.REVISE: "Asked for once more.",
    Act.TAKE: "Taken. It is the creator’s now. Thank you!",
    Act.OPEN_CASE: "An operator looks at it. The clock stands still until they decide.",
}


PLAIN: dict[Act, Callable[[Request, User, str], object]] = {
    Act.ACCEPT: lambda one, by, _: actions.accept(request=one, by=by, at=clock.now()),
    Act.TAKE: lambda one, by, _: actions.take(request=one, by=by, at=clock.now()),
    Act.DECLINE: lambda one, by, note: actions.decline(
        request=one, by=by, note=note, at=clock.now()
    ),
    Act.CANCEL: lambda one, by, note: actions.cancel(request=one, by=by, note=note, at=clock.now()),
    Act.GIVE_UP: lambda one, by, note: actions.give_up(
        request=one, by=by, note=note, at=clock.now()
    ),
    Act.REVISE: lambda one, by, note: actions.revise(request=one, by=by, note=note, at=clock.now()),
    Act.OPEN_CASE: lambda one, by, why: actions.open_case(
        request=one, by=by, why=why, at=clock.now()
    ),
}


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form of the room by its name there, what it does, and what is told then."""

    name: str
    form: forms.Form
    send: Callable[[], object]
    told: str


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show what somebody asked for, the newest first."""
    found = queries.requests_by(fan=access_self(user=request.user))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "requests/own.html", {"page": page})


@require_safe
def room(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Show one request: where it stands, until when, what happened, and what can be done."""
    return _room_page(request, request_id)


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Say once more what is paid and what for, then lead to the card page."""
    user, now = access_self(user=request.user), clock.now()
    one = queries.access_request(user=user, request_id=request_id)
    if request.method == "POST":
        try:
            accepted = accepted_terms(request.POST.get("terms", ""), at=now)
            payment = actions.pay_request(request=one, fan=user, at=now, accepted=accepted)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            return redirect("payments:go", payment_id=payment.pk)
        return redirect("requests:room", request_id=request_id)
    found = queries.room_of(one, user=user, at=now)
    if not found.is_payable:
        return redirect("requests:room", request_id=request_id)
    context = {
        "room": found,
        "request_": one,
        "terms": show_terms(at=now),
        "version": VERSION,
        "takes_cards": bool(settings.PAYMENT_ROUTES),
    }
    return render(request, "requests/pay.html", context)


@require_POST
def act(request: HttpRequest, request_id: uuid.UUID, name: str) -> HttpResponse:
    """Do one of the things that need no more than a word."""
    user = access_self(user=request.user)
    one = queries.access_request(user=user, request_id=request_id)
    form = NoteForm(request.POST)
    note = form.cleaned_data["text"] if form.is_valid() else ""
    which = Act(name)
    try:
        PLAIN[which](one, user, note)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        if note:  # what was written stays
            return _room_page(request, one.pk, noted={"act": name, "text": note})
    else:
        messages.success(request, TOLD[which])
    return redirect("requests:room", request_id=one.pk)


@require_POST
def write(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Write to the other side."""
    user, now = access_self(user=request.user), clock.now()
    one, form = queries.access_request(user=user, request_id=request_id), WordsForm(request.POST)
    if not form.is_valid():
        return _room_page(request, request_id, words=form)
    key, text = form.cleaned_data["id"] or ids.uuid7(at=now), form.cleaned_data["text"]
    try:
        actions.write(request=one, by=user, id=key, text=text, at=now)
    except Refusal as refusal:
        form.add_error("text", str(refusal))
        return _room_page(request, request_id, words=form)
    return redirect("requests:room", request_id=request_id)


@require_POST
def quote(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Name the price of a request."""
    user = access_self(user=request.user)
    one = queries.access_request(user=user, request_id=request_id)
    form = QuoteForm(request.POST, one=one)

    def send() -> object:
        return actions.quote(request=one, by=user, offer=form.quote(), at=clock.now())

    told = "The price is named. It can be paid until then."
    return _fill(request, one, _Sent("quote", form, send, told))


@require_POST
def deliver(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Hand in what was made."""
    user = access_self(user=request.user)
    one = queries.access_request(user=user, request_id=request_id)
    form = DeliveryForm(request.POST, by=user)

    def send() -> object:
        return actions.deliver(request=one, by=user, made=form.made(), at=clock.now())

    told = "Delivered. It is earned once it is taken, or nobody says otherwise in time."
    return _fill(request, one, _Sent("delivery", form, send, told))


@require_POST
def rate(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Say what one thinks of what was made."""
    user = access_self(user=request.user)
    one = queries.access_request(user=user, request_id=request_id)
    form = RatingForm(request.POST)

    def send() -> object:
        said = form.cleaned_data
        return actions.rate(
            request=one, by=user, stars=said["stars"], words=said["words"], at=clock.now()
        )

    told = "Thank you. Your rating stands beside the service."
    return _fill(request, one, _Sent("rating_form", form, send, told))


@require_POST
def decide(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Decide a case."""
    operator = access_operator(user=request.user)
    one = queries.access_request(user=operator, request_id=request_id)
    form = DecisionForm(request.POST, one=one)

    def send() -> object:
        said = form.cleaned_data
        return actions.decide(
            operator=operator,
            request=one,
            back=said["back"],
            reason=said["reason"],
            at=clock.now(),
        )

    return _fill(request, one, _Sent("decision", form, send, "Decided. Both sides are told."))


def _fill(request: HttpRequest, one: Request, sent: _Sent) -> HttpResponse:
    """Do what a form says; what was filled in stays when it is refused."""
    if sent.form.is_valid():
        try:
            sent.send()
        except Refusal as refusal:
            sent.form.add_error(None, str(refusal))
        else:
            messages.success(request, sent.told)
            return redirect("requests:room", request_id=one.pk)
    return _room_page(request, one.pk, **{sent.name: sent.form})


def _room_page(request: HttpRequest, request_id: uuid.UUID, **filled: object) -> HttpResponse:
    user, now = access_self(user=request.user), clock.now()
    one = queries.access_request(user=user, request_id=request_id)
    found = queries.room_of(one, user=user, at=now)
    context = {
        "room": found,
        "request_": one,
        "acts": {str(each) for each in found.acts},
        "is_fan": found.side is Side.FAN,
        "is_creator": found.side is Side.CREATOR,
        "steps": one.steps.select_related("by"),
        "deliveries": one.deliveries.select_related("video"),
        "said": one.messages.select_related("by"),
        "case": getattr(one, "case", None),
        "listed": with_receipts([found.payment]) if found.payment and one.paid_at else [],
        "message_id": ids.uuid7(at=now),
        "delivery_id": ids.uuid7(at=now),
        "words": WordsForm(),
        "quote": QuoteForm(one=one),
        "delivery": DeliveryForm(by=user),
        "decision": DecisionForm(one=one),
        "rating": getattr(one, "rating", None),
        "rating_form": RatingForm(),
        "noted": None,
        **filled,
    }
    return render(request, "requests/room.html", context, status=422 if filled else 200)
