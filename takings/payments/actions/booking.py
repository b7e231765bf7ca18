"""Booking: each fact is one entry, the difference between where a payment stood and stands.

Called with the payment's row locked, in the transaction that keeps the fact.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from takings.core import ids
from takings.invoicing.actions import take_turn
from takings.ledger.actions import InsufficientFunds, PeriodLocked
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money, format_money
from takings.payments.actions.cases import open_payment_case
from takings.payments.actions.holding import Ground, let_wait_again, look, post_on, reclaim
from takings.payments.actions.receipts import correct_receipt, give_receipt
from takings.payments.models import FACT_WORDS, Case, Payment, PaymentShare
from takings.payments.queries import plan_of, purpose_of, sale_of
from takings.payments.rules import (
    FEES,
    MOVING,
    TAX,
    Fact,
    FactKind,
    Standing,
    Step,
    between,
    check_along,
    fold,
    in_order,
    steps,
    transfers_of,
)
from takings.policies.queries import policy_at

BASES = {
    FactKind.REFUNDED: FactKind.SUCCEEDED,
    FactKind.DISPUTED: FactKind.SUCCEEDED,
    FactKind.REFUND_FAILED: FactKind.REFUNDED,
    FactKind.DISPUTE_WON: FactKind.DISPUTED,
    FactKind.DISPUTE_LOST: FactKind.DISPUTED,
}
"""What must be booked before a fact can be: until it is told, the fact waits."""

KINDS = {
    FactKind.REFUNDED: "payment_refunded",
    FactKind.REFUND_FAILED: "refund_failed",
    FactKind.DISPUTED: "payment_disputed",
    FactKind.DISPUTE_WON: "dispute_won",
    FactKind.DISPUTE_LOST: "dispute_lost",
}


def book_all(payment: Payment, *, at: dt.datetime) -> None:
    """Book every fact whose base is booked, in the order in which they can have happened."""
    rows = {row.fact.key: row for row in payment.facts.filter(is_aside=False)}
    if any(row.booked_at is None and row.fact.kind in MOVING for row in rows.values()):
        take_turn(at=at)
    booked = [row.fact for row in rows.values() if row.booked_at is not None]
    for fact in in_order(row.fact for row in rows.values() if row.booked_at is None):
        if _has_base(fact, booked):
            entry_id = _book(payment, fact, booked=booked, at=at) if fact.kind in MOVING else None
            row = rows[fact.key]
            row.booked_at, row.entry_id = at, entry_id
            row.save(update_fields=["booked_at", "entry_id"])
            booked.append(fact)


def _has_base(fact: Fact, booked: Iterable[Fact]) -> bool:
    base = BASES.get(fact.kind)
    return base is None or any(
        one.kind is base and (base is FactKind.SUCCEEDED or one.about == fact.about)
        for one in booked
    )


def _book(payment: Payment, fact: Fact, *, booked: list[Fact], at: dt.datetime) -> UUID | None:
    """Post what a fact moves; return the entry's id, or nothing when nothing moved."""
    before = fold(booked, currency=payment.currency)
    after = fold([*booked, fact], currency=payment.currency)
    if fact.kind is FactKind.SUCCEEDED:
        give_receipt(payment, at=at)
        return _book_paid(payment, fact, at=at)
    draft = _Change(payment, fact, before, after)
    entry_id = _book_change(draft, at=at)
    taken = after.taken - before.taken
    if taken:
        purpose_of(payment.purpose).taken_back(sale_of(payment), amount=taken, at=at)
    correct_receipt(payment, fact, returned=after.returned, at=at)
    if after.excess > before.excess:
        beyond = format_money(after.excess - before.excess)
        told = f"{fact.key} takes {beyond} more than was paid; it is booked as a loss."
        open_payment_case(payment, Case.Kind.TAKEN_BEYOND, fact.key, sentence=told, at=at)
    return entry_id


def _book_paid(payment: Payment, fact: Fact, *, at: dt.datetime) -> UUID:
    """Post a paid payment as its purpose plans, with the provider's fee."""
    sale, along = sale_of(payment), _along(payment, taken=payment.amount - payment.amount)
    plan = plan_of(payment)
    PaymentShare.objects.bulk_create(
        PaymentShare(
            payment=payment,
            account=share.account,
            bearer=share.bearer,
            amount_micros=share.amount.micros,
        )
        for share in plan.shares
    )
    moves = [TransferDraft(payment.account, share.account, share.amount) for share in plan.shares]
    if fact.fee:
        moves.append(between(FEES, payment.account, fact.fee))
    moves += along
    story = _Story(sale.entry_id, plan.kind, plan.reference, plan.memo, tuple(moves))
    _post(payment, story, Ground(), fact=fact, at=at)
    purpose_of(payment.purpose).paid(sale, at=at)
    return sale.entry_id


@dataclass(frozen=True, slots=True)
class _Change:
    """A refund, a dispute or its end, and where the payment stands around it."""

    payment: Payment
    fact: Fact
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class _Story:
    """What an entry tells."""

    entry_id: UUID
    kind: str
    reference: str
    memo: str
    transfers: tuple[TransferDraft, ...]


def _book_change(change: _Change, *, at: dt.datetime) -> UUID | None:
    """Post it; what an account cannot give any more, its bearer bears.

    What an account can give is read again whenever somebody was faster and took it. The purpose
    locks its own before: whoever has that lock and waits for an account finds it free.
    """
    payment, fact = change.payment, change.fact
    entry_id = ids.derived("the payment changed", payment.pk, fact.key)
    memo = f"{FACT_WORDS[fact.kind]}: {payment.description}"
    let_wait_again(payment, taken=change.after.taken, at=at)
    along = _along(payment, taken=change.after.taken)
    while True:
        ground = look(payment)
        moves = steps(parts=ground.parts, taken=change.after.taken, available=ground.rooms)
        if any(_reclaim(payment, step, because=fact.key, at=at) for step in moves):
            continue
        transfers = transfers_of(
            moves=moves,
            provider=payment.account,
            excess=change.after.excess - change.before.excess,
            fee=fact.fee,
        )
        transfers += along
        if not transfers:
            return None
        story = _Story(entry_id, KINDS[fact.kind], f"payment:{payment.pk}", memo, transfers)
        try:
            _post(payment, story, replace(ground, moves=moves), fact=fact, at=at)
        except InsufficientFunds:
            continue
        _write_steps(payment, moves)
        return entry_id


def _along(payment: Payment, *, taken: Money) -> tuple[TransferDraft, ...]:
    """Return the coins that move with it; its purpose locks whose they are."""
    purpose = purpose_of(payment.purpose)
    moves = purpose.along(sale_of(payment), taken=taken)
    check_along(purpose=purpose.name, moves=moves)
    return moves


def _reclaim(payment: Payment, step: Step, *, because: str, at: dt.datetime) -> bool:
    """Claim back what is missing of a tax: it was paid to its authority, and is no loss."""
    account = step.share.account
    is_tax = account.startswith(TAX)
    return is_tax and reclaim(payment, account, step.borne, because=because, at=at)


def _write_steps(payment: Payment, moves: Iterable[Step]) -> None:
    shares = {share.account: share for share in payment.shares.all()}
    for step in moves:
        share = shares[step.share.account]
        share.given_micros += step.given.micros
        share.borne_micros += step.borne.micros
        share.save(update_fields=["given_micros", "borne_micros"])


def _post(payment: Payment, story: _Story, ground: Ground, *, fact: Fact, at: dt.datetime) -> None:
    """Post under the time at which it happened; told too late for that, under the present one."""
    draft = EntryDraft(
        id=story.entry_id,
        kind=story.kind,
        reference=story.reference,
        policy_version=policy_at(at=at).version,
        occurred_at=min(fact.occurred_at, at),
        memo=story.memo,
        transfers=story.transfers,
    )
    try:
        post_on(payment, ground, drafts=[draft], at=at)
    except PeriodLocked:
        post_on(payment, ground, drafts=[replace(draft, occurred_at=at)], at=at)
