"""An approved batch is paid: posted in chunks, each a transaction, until nothing is left.

A crash leaves whole chunks, and running it again goes on after them: a payout is posted in the same
transaction that says it was sent, under an id of its own, so it is posted once.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from procrastinate.contrib.django import app as jobs

from takings.core.errors import Conflict
from takings.core.progress import Progress, silent
from takings.ledger.actions import InsufficientFunds, post
from takings.ledger.queries import balance, overdrawn
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money, format_money
from takings.payouts import queries
from takings.payouts.actions.batches import drop, lock_batch, take_step
from takings.payouts.actions.sending import check_payers, make_files
from takings.payouts.actions.transferring import check_providers, send_transfers
from takings.payouts.models import (
    Batch,
    BatchOrder,
    BatchState,
    Conversion,
    Payout,
    PayoutState,
    Withholding,
)
from takings.payouts.rules import states
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import payout_policy_at, policy_at

TASK = "payouts.execute_batch"
CHUNK = 2_000
LONGEST = 500
FELL = "The balance fell below it before it was sent."


class BankTooLow(Conflict):
    """The platform's bank account does not hold what is to be paid."""

    code = "bank_too_low"
    sentence = (
        "The bank account holds {held} and {needed} are to be paid next; nothing of it was sent."
    )


class ProviderTooLow(Conflict):
    """A provider does not hold for the platform what is to be paid from there."""

    code = "provider_too_low"
    sentence = (
        "{provider} holds {held} for us; {asked} are to be paid from there next. "
        "Nothing of it was sent."
    )


class NotApproved(Conflict):
    """Money leaves only after a second person said yes."""

    code = "not_approved"
    sentence = "This batch was not approved."


class _Overdrawn(Exception):  # noqa: N818 - undoes a chunk, and is caught where it is raised
    """Some balances do not hold what was to leave them."""

    def __init__(self, creator_ids: set[int]) -> None:
        super().__init__()
        self.creator_ids = creator_ids


@transaction.atomic
def order_execution(*, operator: User, batch_id: UUID, reason: str, at: dt.datetime) -> None:
    """Have a worker pay a batch: an audit row and a job, both or neither.

    Ordering it twice is harmless. Refuses: NotApproved, NoSuchBatch.
    """
    batch = lock_batch(batch_id)
    if batch.state in {BatchState.DRAFTED, BatchState.CANCELLED}:
        raise NotApproved
    BatchOrder.objects.create(batch=batch, ordered_by=operator, ordered_at=at, reason=reason)
    record_staff_act(
        operator=operator,
        act="payouts.batch_ordered",
        target=f"batch:{batch_id}",
        reason=reason,
        at=at,
    )
    order = jobs.configure_task(TASK, queue="default", lock=f"{TASK}:{batch_id}")
    order.defer(batch_id=str(batch_id), operator_id=operator.pk)


def refuse_order(*, batch_id: UUID, why: str) -> None:
    """Write down why an ordered batch cannot be paid on; a person mends it and orders it again."""
    BatchOrder.objects.filter(batch_id=batch_id, refusal="").update(refusal=why[:LONGEST])


def execute_batch(
    *, operator: User, batch_id: UUID, at: dt.datetime, progress: Progress = silent
) -> Batch:
    """Pay an approved batch; running it again finishes what a crash left undone.

    A balance that fell meanwhile is left out, with the reason. Refuses: NotApproved, PayerUnknown,
    UnknownProvider, BankTooLow, ProviderTooLow, NoSuchBatch, and what ``post`` refuses.
    """
    batch = queries.batch(batch_id=batch_id)
    if batch.state in {BatchState.DRAFTED, BatchState.CANCELLED}:
        raise NotApproved
    if batch.state == BatchState.APPROVED:
        check_payers(batch)
        check_providers(batch)
        _post_all(batch, at=at, progress=progress)
        batch = _finish_posting(batch_id, operator=operator, at=at)
    if batch.state == BatchState.POSTED:
        make_files(batch, at=at, progress=progress)
        send_transfers(batch, at=at, progress=progress)
        batch = _finish_sending(batch_id, operator=operator, at=at)
    return batch


def _post_all(batch: Batch, *, at: dt.datetime, progress: Progress) -> None:
    total = batch.payouts.count()
    left = batch.payouts.filter(state=PayoutState.DRAFTED)
    while keys := list(left.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        progress("posted", total - left.count(), total)
        _post_chunk(batch.pk, keys, at=at)
    progress("posted", total, total)


@transaction.atomic
def _finish_posting(batch_id: UUID, *, operator: User, at: dt.datetime) -> Batch:
    batch = lock_batch(batch_id)
    is_done = not batch.payouts.filter(state=PayoutState.DRAFTED).exists()
    if batch.state == BatchState.APPROVED and is_done:
        take_step(batch, states.BatchState.POSTED, operator=operator, reason="Posted.", at=at)
    return batch


@transaction.atomic
def _finish_sending(batch_id: UUID, *, operator: User, at: dt.datetime) -> Batch:
    batch = lock_batch(batch_id)
    if batch.state == BatchState.POSTED:
        take_step(batch, states.BatchState.SENT, operator=operator, reason="Sent.", at=at)
    return batch


@transaction.atomic
def _post_chunk(batch_id: UUID, keys: Sequence[UUID], *, at: dt.datetime) -> None:
    """Post these payouts, all together, but for whom the gate or their balance bars by now."""
    batch = lock_batch(batch_id)
    if batch.state != BatchState.APPROVED:
        return  # another worker finished it, or it was cancelled: the caller sees that next
    payouts = _still_payable(batch, _lock(keys), at=at)
    while payouts:
        try:
            with transaction.atomic():
                _post(payouts, at=at)
        except _Overdrawn as found:
            fell = [one for one in payouts if one.creator_id in found.creator_ids]
            drop(fell, why=FELL)
            payouts = [one for one in payouts if one.creator_id not in found.creator_ids]
        else:
            return


def _still_payable(batch: Batch, payouts: Sequence[Payout], *, at: dt.datetime) -> list[Payout]:
    """Leave out whom the gate bars by now: a list, a rejection, another account may be new."""
    look = queries.Look(
        rules=payout_policy_at(at=at), until=batch.counts_until, at=at, rates_on=at.date()
    )
    barred = queries.barred(payouts=payouts, look=look)
    for one in payouts:
        if one.pk in barred:
            drop([one], why=barred[one.pk])
    return [one for one in payouts if one.pk not in barred]


def _lock(keys: Sequence[UUID]) -> list[Payout]:
    rows = Payout.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=keys, state=PayoutState.DRAFTED
    )
    related = (
        Prefetch("withholdings", Withholding.objects.order_by("jurisdiction")),
        Prefetch("conversions", Conversion.objects.order_by("currency")),
    )
    return list(
        rows.select_related("method__account", "profile").prefetch_related(*related).order_by("pk")
    )


def _post(payouts: Sequence[Payout], *, at: dt.datetime) -> None:
    """Post payouts as one group and say that they were sent, or undo it.

    Balances are looked at after posting: it locked them, so that nobody moves them in between.
    """
    version = policy_at(at=at).version
    drafts = [draft for one in payouts for draft in _entries(one, version=version, at=at)]
    try:
        post(drafts=drafts, at=at)
    except InsufficientFunds as refusal:  # the bank alone has a floor among these accounts
        raise _bank_too_low(refusal, payouts) from refusal
    _check_providers_hold(payouts)
    fell = overdrawn(names=[queries.account_of(one.creator_id) for one in payouts])
    if fell:
        raise _Overdrawn({int(name.split(":")[1]) for name in fell})
    keys = [one.pk for one in payouts]
    Payout.objects.filter(pk__in=keys).update(state=PayoutState.SENT, sent_at=at)


def _check_providers_hold(payouts: Sequence[Payout]) -> None:
    """Refuse with ProviderTooLow: such accounts have no floor, since disputes may come later."""
    asked: dict[tuple[str, str], Money] = {}
    for one in payouts:
        if one.method.account is not None:
            place = one.method.account.provider, one.currency
            asked[place] = asked.get(place, Money.zero(one.currency)) + one.net
    for (provider, currency), amount in sorted(asked.items()):
        left = balance(name=f"provider:{provider}", currency=currency)
        if left < Money.zero(currency):
            held, wanted = format_money(left + amount), format_money(amount)
            raise ProviderTooLow(provider=provider, held=held, asked=wanted)


def _bank_too_low(refusal: InsufficientFunds, payouts: Sequence[Payout]) -> BankTooLow:
    """Say in a person's words what the bank holds and what the chunk needs."""
    asked = refusal.facts["asked"]
    assert isinstance(asked, Money)  # noqa: S101 - the books answer with amounts
    held = balance(name=queries.BANK, currency=asked.currency)
    nets = (o.net for o in payouts if o.currency == asked.currency and not o.method.account)
    needed = sum(nets, Money.zero(asked.currency))
    return BankTooLow(held=format_money(held), needed=format_money(needed))


def _entries(payout: Payout, *, version: str, at: dt.datetime) -> Iterable[EntryDraft]:
    """Return the entries of one payout: its conversions, then what leaves."""
    account = queries.account_of(payout.creator_id)
    for change in payout.conversions.all():
        paid = Money(change.amount_micros, change.currency)
        worth = Money(change.worth_micros, payout.currency)
        yield EntryDraft(
            id=change.entry_id,
            kind="converted",
            reference=change.rate_reference,
            policy_version=version,
            occurred_at=at,
            memo=f"For payout {payout.pk}",
            transfers=(
                TransferDraft(account, f"fx:{change.currency}", paid),
                TransferDraft(f"fx:{payout.currency}", account, worth),
            ),
        )
    taxes = tuple(
        TransferDraft(
            account,
            f"tax:{tax.jurisdiction}:withheld",
            Money(tax.amount_micros, payout.currency),
        )
        for tax in payout.withholdings.all()
    )
    yield EntryDraft(
        id=payout.pk,
        kind="payout_sent",
        reference=f"payout:{payout.pk}",
        policy_version=version,
        occurred_at=at,
        memo=f"To {payout.method.masked}",
        transfers=(TransferDraft(account, queries.paid_from(payout), payout.net), *taxes),
    )
