"""Posted payouts become transfers of a provider: each is stored before it is asked for.

A crash before a call, during it or after it leaves the transfer ``asked``: running the batch again,
or the job that asks, looks for it at the provider by its key, and sends it only if the provider
never heard of it. The key stays the same, so that even two workers send it once.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.progress import Progress
from takings.payments.rules import ProviderRefused, ProviderSilent
from takings.payouts.actions.hearing import hear, note, refuse
from takings.payouts.models import Batch, Payout, PayoutState, Transfer, TransferStatus
from takings.payouts.providers import provider_named
from takings.payouts.rules.methods import Rail
from takings.payouts.rules.port import (
    Outcome,
    PayoutProvider,
    ProviderHoldsTooLittle,
    TransferAsk,
    TransferTold,
)
from takings.people.actions import record_staff_act
from takings.people.models import User

CHUNK = 2_000
ASK_AGAIN = dt.timedelta(minutes=1)
NO_ANSWER = "The provider did not answer."


def check_providers(batch: Batch) -> None:
    """Refuse to post what nobody here could send. Refuses: UnknownProvider."""
    accounts = batch.payouts.filter(rail=Rail.PROVIDER.value)
    for name in set(accounts.values_list("method__account__provider", flat=True)):
        provider_named(name)


def send_transfers(batch: Batch, *, at: dt.datetime, progress: Progress) -> None:
    """Send what goes by a provider; what another run began is asked for first."""
    begun = Transfer.objects.filter(payout__batch=batch, status=TransferStatus.ASKED)
    left = list(begun.order_by("pk").values_list("pk", flat=True))
    for done, payout_id in enumerate(left):
        progress("asked", done, len(left))
        ask_transfer(payout_id=payout_id, at=at)
    while fresh := _store(batch, at=at):
        for done, payout_id in enumerate(fresh):
            progress("transfers", done, len(fresh))
            _send(payout_id, at=at)


def ask_transfer(*, payout_id: UUID, at: dt.datetime) -> bool:
    """Ask what became of a transfer and act on it; tell whether there was an answer.

    What never arrived is sent under the same key; what the provider could not pay is tried again.
    """
    transfer = _transfer(payout_id)
    if transfer.status == TransferStatus.WAITING:
        _renew(payout_id, at=at)
        return _send(payout_id, at=at)
    provider = provider_named(transfer.account.provider)
    try:
        told = provider.look_up(transfer.ref) if transfer.ref else provider.find(transfer.key)
    except (ProviderSilent, ProviderRefused) as silent:
        note(payout_id, TransferStatus.UNKNOWN, why=_why(silent), at=at)
        return False
    if told is None:
        return _send(payout_id, at=at)
    _act(payout_id, told, provider=provider, at=at)
    return True


def ask_now(*, operator: User, payout_id: UUID, at: dt.datetime) -> bool:
    """Ask for a transfer because an operator wants to know."""
    record_staff_act(
        operator=operator,
        act="payouts.transfer_asked",
        target=f"payout:{payout_id}",
        reason="It was open.",
        at=at,
    )
    return ask_transfer(payout_id=payout_id, at=at)


@transaction.atomic
def _store(batch: Batch, *, at: dt.datetime) -> Sequence[UUID]:
    """Store the keys of the next calls, before any of them is made."""
    waiting = Payout.objects.filter(
        batch=batch, state=PayoutState.SENT, rail=Rail.PROVIDER.value, transfer__isnull=True
    )
    payouts = list(waiting.select_related("method__account").order_by("pk")[:CHUNK])
    made = [
        Transfer(
            payout=payout,
            account=payout.method.account,
            key=_key(payout.pk, 1),
            asked_at=at,
            ask_at=at + ASK_AGAIN,
        )
        for payout in payouts
    ]
    Transfer.objects.bulk_create(made)
    return [one.payout_id for one in made]


@transaction.atomic
def _renew(payout_id: UUID, *, at: dt.datetime) -> None:
    """Store a new key for what certainly did not happen under the old one."""
    transfer = Transfer.objects.select_for_update(no_key=True).get(pk=payout_id)
    if transfer.status == TransferStatus.WAITING:
        transfer.try_count += 1
        transfer.key = _key(payout_id, transfer.try_count)
        transfer.status, transfer.ask_at = TransferStatus.ASKED, at + ASK_AGAIN
        transfer.save(update_fields=["try_count", "key", "status", "ask_at"])


def _key(payout_id: UUID, try_count: int) -> UUID:
    return ids.derived("a transfer is asked for", payout_id, try_count)


def _send(payout_id: UUID, *, at: dt.datetime) -> bool:
    """Make a call whose key is stored, outside of any transaction of ours.

    What was made or refused meanwhile, by whoever asked, is not sent again.
    """
    transfer = _transfer(payout_id)
    if transfer.status not in {TransferStatus.ASKED, TransferStatus.UNKNOWN}:
        return True
    provider = provider_named(transfer.account.provider)
    ask = TransferAsk(
        key=transfer.key,
        account=transfer.account.ref,
        amount=transfer.payout.net,
        description=f"Payout {payout_id}",
    )
    try:
        told = provider.send(ask)
    except ProviderSilent as silent:
        note(payout_id, TransferStatus.UNKNOWN, why=_why(silent), at=at)
        return False
    except ProviderHoldsTooLittle as low:
        note(payout_id, TransferStatus.WAITING, why=_why(low), at=at)
    except ProviderRefused as refusal:
        refuse(payout_id, why=_why(refusal), at=at)
    else:
        _act(payout_id, told, provider=provider, at=at)
    return True


def _act(payout_id: UUID, told: TransferTold, *, provider: PayoutProvider, at: dt.datetime) -> None:
    """Keep what is told; what the creator's bank gave back is taken back from their account."""
    hear(payout_id, told, at=at)
    if told.outcome is not Outcome.FAILED:
        return
    key = ids.derived("a transfer is taken back", payout_id)
    try:
        hear(payout_id, provider.take_back(key=key, ref=told.ref), at=at)
    except (ProviderSilent, ProviderRefused) as refusal:
        note(payout_id, TransferStatus.MADE, why=_why(refusal), at=at)


def _why(refusal: ProviderSilent | ProviderRefused) -> str:
    return str(refusal.facts.get("why", NO_ANSWER))


def _transfer(payout_id: UUID) -> Transfer:
    return Transfer.objects.select_related("account", "payout").get(pk=payout_id)
