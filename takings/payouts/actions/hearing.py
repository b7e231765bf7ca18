"""What a provider says of a transfer is kept once, and moves the payout with it.

The transfer's row is locked first, so that a message and an answer that come together take turns.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.money import format_money
from takings.payments.actions import open_case
from takings.payments.models import Case
from takings.payouts.actions.answering import give_back
from takings.payouts.models import (
    Heard,
    Payout,
    PayoutState,
    Transfer,
    TransferNews,
    TransferStatus,
)
from takings.payouts.models.transfers import LONGEST_REASON
from takings.payouts.rules.port import Outcome, TransferTold

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
MAY_COME_BACK = dt.timedelta(days=30)
"""So long what was paid is asked for every night: a bank may think again."""
LONGEST_WHY = 300
BY_HAND = "It was reversed at the provider."


@transaction.atomic
def hear(payout_id: UUID, told: TransferTold, *, at: dt.datetime) -> None:
    """Keep what is told of a transfer and let its payout settle or come back; once each.

    What contradicts it (another amount, or that it was refused before) becomes a case instead.
    """
    transfer, payout = _lock(payout_id)
    if told.amount != payout.net or transfer.status == TransferStatus.REFUSED:
        _doubt(transfer, payout, told, at=at)
        return
    transfer.status, transfer.ref, transfer.why = TransferStatus.MADE, told.ref, ""
    transfer.made_at = told.made_at
    reason = told.reason
    if told.outcome is Outcome.RETURNED:
        reason = reason or _why_failed(transfer)
    is_new = _tell(transfer, Heard(told.outcome.value), reason=reason, at=at)
    if told.outcome is Outcome.SETTLED and payout.state == PayoutState.SENT:
        payout.state = PayoutState.SETTLED
        payout.save(update_fields=["state"])
    if told.outcome is Outcome.RETURNED and is_new:
        transfer.returned_at = told.returned_at
        give_back(payout, memo=reason, at=at)
    transfer.ask_at = _next_asking(transfer, payout, at=at)
    transfer.save(update_fields=["status", "ref", "why", "made_at", "returned_at", "ask_at"])


@transaction.atomic
def refuse(payout_id: UUID, *, why: str, at: dt.datetime) -> None:
    """Give a payout back that the provider refused: it is certain that nothing was sent."""
    transfer, payout = _lock(payout_id)
    if transfer.status in {TransferStatus.MADE, TransferStatus.REFUSED}:
        return  # a message came first
    _tell(transfer, Heard.REFUSED, reason=why, at=at)
    give_back(payout, memo=why, at=at)
    transfer.status, transfer.why, transfer.ask_at = TransferStatus.REFUSED, why[:LONGEST_WHY], None
    transfer.save(update_fields=["status", "why", "ask_at"])


@transaction.atomic
def note(payout_id: UUID, status: TransferStatus, *, why: str, at: dt.datetime) -> None:
    """Write down why a transfer is still open, and when it is asked for again."""
    transfer, payout = _lock(payout_id)
    if transfer.status == TransferStatus.REFUSED:
        return
    if transfer.status != TransferStatus.MADE:
        transfer.status = status
    transfer.why = why[:LONGEST_WHY]
    transfer.ask_at = _next_asking(transfer, payout, at=at)
    transfer.save(update_fields=["status", "why", "ask_at"])


def _lock(payout_id: UUID) -> tuple[Transfer, Payout]:
    rows = Transfer.objects.select_for_update(no_key=True, of=("self",))
    transfer = rows.select_related("account").get(pk=payout_id)
    return transfer, Payout.objects.select_for_update(no_key=True).get(pk=payout_id)


def _tell(transfer: Transfer, heard: Heard, *, reason: str, at: dt.datetime) -> bool:
    """Write a piece of news down; tell whether it was new."""
    _, is_new = TransferNews.objects.get_or_create(
        transfer=transfer,
        told=heard,
        defaults={"reason": reason[:LONGEST_REASON], "heard_at": at},
    )
    return is_new


def _why_failed(transfer: Transfer) -> str:
    failed = transfer.news.filter(told=Heard.FAILED).first()
    return failed.reason if failed is not None else BY_HAND


def _doubt(transfer: Transfer, payout: Payout, told: TransferTold, *, at: dt.datetime) -> None:
    sentence = f"Transfer {told.ref} of {format_money(told.amount, exact=True)} is {told.outcome}; "
    sentence += f"payout {payout.pk} of {format_money(payout.net, exact=True)} is {payout.state}."
    open_case(
        provider=transfer.account.provider,
        kind=Case.Kind.FACT_CHANGED if told.amount == payout.net else Case.Kind.AMOUNT_DIFFERS,
        key=told.ref,
        sentence=sentence,
        at=at,
    )
    transfer.ask_at = _next_asking(transfer, payout, at=at)
    transfer.save(update_fields=["ask_at"])


def _next_asking(transfer: Transfer, payout: Payout, *, at: dt.datetime) -> dt.datetime | None:
    """Return when to ask again: ever more seldom, and every night while it may come back."""
    if payout.state == PayoutState.SENT:
        return at + min(max(MINUTE, at - transfer.asked_at), DAY)
    is_young = transfer.made_at is not None and at - transfer.made_at < MAY_COME_BACK
    return at + DAY if payout.state == PayoutState.SETTLED and is_young else None
