"""Messages of providers who pay creators: stored, answered, worked later; and what nobody told.

A message only says what to ask for, so lost, repeated and late ones make no difference.
"""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app as jobs

from takings.core.errors import Refusal
from takings.payments.actions import open_case
from takings.payments.models import Case
from takings.payments.rules import ProviderSilent
from takings.payouts.actions.accounts import ask_account
from takings.payouts.actions.transferring import ask_transfer
from takings.payouts.models import PayoutState, ProviderAccount, ProviderEvent, Transfer
from takings.payouts.providers import provider_named
from takings.payouts.rules.port import Event

WORK = "payouts.work_event"
NOT_BOOKED_WAITS = dt.timedelta(hours=1)
OPEN = (PayoutState.SENT, PayoutState.SETTLED)


def receive_event(
    *, provider: str, body: bytes, headers: Mapping[str, str], at: dt.datetime
) -> int:
    """Store what a provider sends and order its work; return how many events were new.

    Refuses: UnknownProvider, BadSignature, UnreadableEvent; nothing is stored then.
    """
    adapter = provider_named(provider)
    adapter.check_signature(body=body, headers=headers, at=at)
    return sum(_store(event, provider=provider, at=at) for event in adapter.events_in(body))


def work_event(*, event_id: int, at: dt.datetime) -> None:
    """Ask for what an event is about; one about nothing we know becomes a case.

    Refuses: ProviderSilent (the provider must be asked, and does not answer yet).
    """
    row = ProviderEvent.objects.get(pk=event_id)
    if row.worked_at is not None:
        return
    accounts, transfers = _meant(row)
    if not accounts and not transfers:
        what = row.transfer or row.account
        sentence = f"Event {row.event_id} is about {what}, which is none of our payouts."
        unknown = Case.Kind.UNKNOWN_OBJECT
        open_case(provider=row.provider, kind=unknown, key=what, sentence=sentence, at=at)
    answers = [ask_account(account_id=key, at=at) for key in accounts]
    answers += [ask_transfer(payout_id=key, at=at) for key in transfers]
    if not all(answers):
        raise ProviderSilent
    ProviderEvent.objects.filter(pk=row.pk, worked_at=None).update(worked_at=at)


def ask_all(*, at: dt.datetime) -> int:
    """Ask for every transfer and account whose time has come; return for how many was answered.

    What cannot be booked becomes a case, and holds up no other.
    """
    transfers = Transfer.objects.filter(ask_at__lte=at).order_by("ask_at", "pk")
    accounts = ProviderAccount.objects.filter(ask_at__lte=at).order_by("ask_at", "pk")
    asked = [_ask_one(key, at=at) for key in transfers.values_list("pk", flat=True)]
    asked += [ask_account(account_id=key, at=at) for key in accounts.values_list("pk", flat=True)]
    return sum(asked)


def _ask_one(payout_id: UUID, *, at: dt.datetime) -> bool:
    try:
        return ask_transfer(payout_id=payout_id, at=at)
    except Refusal as refusal:
        transfer = Transfer.objects.select_related("account").get(pk=payout_id)
        open_case(
            provider=transfer.account.provider,
            kind=Case.Kind.NOT_BOOKED,
            key=str(payout_id),
            sentence=str(refusal),
            at=at,
        )
        Transfer.objects.filter(pk=payout_id).update(ask_at=at + NOT_BOOKED_WAITS)
        return False


@transaction.atomic
def _store(event: Event, *, provider: str, at: dt.datetime) -> bool:
    row, is_new = ProviderEvent.objects.get_or_create(
        provider=provider,
        event_id=event.id,
        defaults={
            "account": event.account,
            "transfer": event.transfer,
            "key": event.key,
            "received_at": at,
        },
    )
    if is_new:
        jobs.configure_task(WORK, queue="payments").defer(event_id=row.pk)
    return is_new


def _meant(row: ProviderEvent) -> tuple[list[int], list[UUID]]:
    """Return the accounts and transfers that an event is about, by the provider's name or our key.

    A message may come before the call it is about is answered. One about an account may be about
    any of its transfers that can still change.
    """
    is_key = Q(key=row.key) if row.key else Q(pk__in=[])
    accounts = ProviderAccount.objects.filter(provider=row.provider).order_by("pk")
    transfers = Transfer.objects.filter(account__provider=row.provider).order_by("pk")
    if row.transfer:
        found = transfers.filter(Q(ref=row.transfer) | is_key)
        return [], list(found.values_list("pk", flat=True))
    meant = accounts.filter(Q(ref=row.account) | is_key)
    changing = transfers.filter(account__in=meant, payout__state__in=OPEN, ask_at__isnull=False)
    return list(meant.values_list("pk", flat=True)), list(changing.values_list("pk", flat=True))
