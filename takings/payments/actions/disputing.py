"""Answering a dispute: with what was bought, when, by whom, and what was delivered for it."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict
from takings.payments.actions.asking import ask_provider
from takings.payments.models import Evidence, Payment, PaymentFact
from takings.payments.providers import provider_named
from takings.payments.queries import evidence_lines
from takings.payments.rules import FactKind
from takings.people.actions import record_staff_act
from takings.people.models import User


class NotDisputed(Conflict):
    """Only an open dispute can be answered."""

    code = "not_disputed"
    sentence = "No dispute of this payment waits for an answer."


def answer_dispute(*, operator: User, dispute: PaymentFact, note: str, at: dt.datetime) -> Payment:
    """Send the evidence and ask what came of it. What was stored and not sent is sent again.

    Refuses: NotDisputed, ProviderRefused, ProviderSilent (try again; it is stored).
    """
    evidence = _store(operator=operator, dispute=dispute, note=note, at=at)
    provider = provider_named(dispute.payment.provider)
    provider.send_evidence(dispute=evidence.dispute, text=evidence.text)
    Evidence.objects.filter(pk=evidence.pk, sent_at=None).update(sent_at=at)
    ask_provider(payment_id=dispute.payment_id, at=at)
    return Payment.objects.get(pk=dispute.payment_id)


@transaction.atomic
def _store(*, operator: User, dispute: PaymentFact, note: str, at: dt.datetime) -> Evidence:
    payment = Payment.objects.select_for_update(no_key=True).get(pk=dispute.payment_id)
    over = payment.facts.filter(
        kind__in=(FactKind.DISPUTE_WON, FactKind.DISPUTE_LOST), about=dispute.about
    )
    known = Evidence.objects.filter(payment=payment, dispute=dispute.about).first()
    if dispute.kind != FactKind.DISPUTED or over.exists() or (known and known.sent_at):
        raise NotDisputed
    if known is not None:
        return known
    record_staff_act(
        operator=operator,
        act="payments.answer_dispute",
        target=f"payment:{payment.pk}",
        reason=note,
        at=at,
    )
    return Evidence.objects.create(
        payment=payment,
        dispute=dispute.about,
        text="\n".join([*evidence_lines(payment), note]),
        sent_by=operator,
        stored_at=at,
    )
