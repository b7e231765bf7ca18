"""Webhooks: the message is stored, answered, and worked later; each event of a provider once."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app as jobs

from takings.payments.actions.asking import ask_provider
from takings.payments.actions.cases import open_case
from takings.payments.actions.recording import record_facts
from takings.payments.models import Case, Payment, WebhookEvent
from takings.payments.providers import provider_named
from takings.payments.queries import refunding
from takings.payments.rules import Answer, Event, ProviderSilent

WORK = "payments.work_event"


def receive_webhook(
    *, provider: str, body: bytes, headers: Mapping[str, str], at: dt.datetime
) -> int:
    """Store what a provider sends and order its work; return how many events were new.

    Refuses: UnknownProvider, BadSignature, UnreadableEvent; nothing is stored then.
    """
    adapter = provider_named(provider)
    adapter.check_signature(body=body, headers=headers, at=at)
    return sum(
        _store(event, provider=provider, body=body, at=at) for event in adapter.events_in(body)
    )


def work_event(*, event_id: int, at: dt.datetime) -> None:
    """Do what an event says; one about nothing we know becomes a case.

    Everything it does is done once, so it may be cut off anywhere and repeated.
    Refuses: ProviderSilent (the provider must be asked, and does not answer yet).
    """
    row = WebhookEvent.objects.get(pk=event_id)
    if row.worked_at is not None:
        return
    events = {one.id: one for one in provider_named(row.provider).events_in(row.body.encode())}
    _work(events[row.event_id], row, at=at)
    WebhookEvent.objects.filter(pk=row.pk, worked_at=None).update(worked_at=at)


@transaction.atomic
def _store(event: Event, *, provider: str, body: bytes, at: dt.datetime) -> bool:
    row, is_new = WebhookEvent.objects.get_or_create(
        provider=provider,
        event_id=event.id,
        defaults={"ref": event.ref, "body": body.decode(), "received_at": at},
    )
    if is_new:
        jobs.configure_task(WORK, queue="payments").defer(event_id=row.pk)
    return is_new


def _work(event: Event, row: WebhookEvent, *, at: dt.datetime) -> None:
    payment = _payment(event, provider=row.provider)
    if payment is None:
        sentence = f"Event {event.id} is about {event.ref}, which is no payment of ours."
        unknown = Case.Kind.UNKNOWN_OBJECT
        open_case(provider=row.provider, kind=unknown, key=event.ref, sentence=sentence, at=at)
    elif event.facts:
        answer = Answer(ref=event.ref, facts=event.facts)
        record_facts(payment_id=payment.pk, answer=answer, at=at)
        if refunding(payment):  # a message does not say which of our refunds it is about
            ask_provider(payment_id=payment.pk, at=at)
    elif not ask_provider(payment_id=payment.pk, at=at):
        raise ProviderSilent


def _payment(event: Event, *, provider: str) -> Payment | None:
    """Find the payment by its provider's name, or by our key when the answer is still on its way.

    A message may come before the call it is about is answered.
    """
    ours = Payment.objects.filter(provider=provider)
    is_it = Q(ref=event.ref)
    if event.key is not None:
        is_it |= Q(attempts=event.key)
    if event.about:
        is_it |= Q(facts__about=event.about)
    return ours.filter(is_it).order_by("pk").first()
