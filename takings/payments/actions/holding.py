"""Holding: while a refund is asked for, nobody spends what its beneficiaries would give.

What is held follows from which refunds are asked and not answered, so it is worked out anew
whenever that changes. Called with the payment's row locked.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from takings.core import ids
from takings.invoicing.actions import reclaim_tax
from takings.ledger.actions import post_releasing
from takings.ledger.queries import available
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft, account_kind
from takings.money import Money
from takings.payments.models import Payment, RefundHold
from takings.payments.queries import (
    open_refund_holds,
    parts_of,
    refunding,
    sale_of,
    standing_of,
    unearn_of,
)
from takings.payments.rules import TAX, Part, Step, still_to_give
from takings.policies.queries import policy_at

Rooms = dict[AccountName, Money | None]


@dataclass(frozen=True, slots=True)
class Ground:
    """Who got what of a payment, what of it is held for refunds, and what each could give now.

    ``moves`` is what is about to be taken from each. ``is_strict`` holds all that refunds would
    take, or refuses; else as much of it as is there.
    """

    parts: Sequence[Part] = ()
    held: Sequence[RefundHold] = ()
    rooms: Rooms = field(default_factory=dict)
    moves: Sequence[Step] = ()
    is_strict: bool = False


def look(payment: Payment) -> Ground:
    """Read what beneficiaries can give: what is held for this payment's own refunds is theirs.

    An account without a floor can give all, and need not be held (``None``).
    """
    held = open_refund_holds(payment)
    mine = {row.account: Money(row.amount_micros, payment.currency) for row in held}
    parts, rooms = parts_of(payment), Rooms()
    for account in [part.share.account for part in parts]:
        room = available(name=account, currency=payment.currency)
        room += mine.get(account, Money.zero(payment.currency))
        rooms[account] = None if account_kind(account).floor_micros is None else room
    return Ground(parts, held, rooms)


def let_wait_again(payment: Payment, *, taken: Money, at: dt.datetime) -> None:
    """Let what was earned of a payment wait again, as far as ``taken`` of it in all asks for it."""
    unearn = unearn_of(payment.purpose)
    if unearn is not None:
        unearn(sale_of(payment), taken=taken, at=at)


def hold_refunds(payment: Payment, *, because: UUID, at: dt.datetime) -> None:
    """Hold all that the refunds that are asked for will take; ``because`` is the newest of them.

    Tax that was paid to its authority is claimed back first. Refuses: InsufficientFunds.
    """
    asked = refunding(payment)
    let_wait_again(payment, taken=standing_of(payment).taken + asked, at=at)
    ground = look(payment)
    for account, aim in still_to_give(parts=ground.parts, refunding=asked).items():
        room = ground.rooms[account]
        if account.startswith(TAX) and room is not None:
            reclaim(payment, account, aim - room, because=because, at=at)
    post_on(payment, replace(look(payment), is_strict=True), drafts=[], at=at)


def reclaim(
    payment: Payment, account: AccountName, missing: Money, *, because: object, at: dt.datetime
) -> bool:
    """Claim back what is missing of a payment's tax; tell whether anything was."""
    reference = f"payment:{payment.pk}"
    return reclaim_tax(
        account=account,
        missing=missing,
        reference=reference,
        because=f"{reference}:{because}",
        at=at,
    )


def release_held(payment: Payment, *, at: dt.datetime) -> None:
    """Give back what no refund that is asked for would take; hold no more than before."""
    ground = look(payment)
    held = {row.account: Money(row.amount_micros, payment.currency) for row in ground.held}
    nothing = Money.zero(payment.currency)
    rooms: Rooms = {account: held.get(account, nothing) for account in ground.rooms}
    less = replace(ground, rooms=rooms)
    if _wanted(payment, less) != {row.account: row.amount_micros for row in ground.held}:
        post_on(payment, less, drafts=[], at=at)


def _wanted(payment: Payment, ground: Ground) -> dict[AccountName, int]:
    """Return how many micro-units to hold on each account, after what is about to move."""
    given = {step.share.account: step for step in ground.moves}
    parts = [_after(part, given.get(part.share.account)) for part in ground.parts]
    aims = still_to_give(parts=parts, refunding=refunding(payment))
    holds = {}
    for account, aim in aims.items():
        room = ground.rooms[account]
        if room is not None:
            left = room - given[account].given if account in given else room
            holds[account] = aim.micros if ground.is_strict else min(aim, left).micros
    return {account: micros for account, micros in holds.items() if micros > 0}


def post_on(
    payment: Payment, ground: Ground, *, drafts: Sequence[EntryDraft], at: dt.datetime
) -> None:
    """Post drafts, give back what was held and hold what is still to be: one call, all or none.

    Refuses: InsufficientFunds (somebody was faster), and what ``post`` refuses.
    """
    made = payment.refund_holds.count()
    rows = [
        RefundHold(
            payment=payment,
            account=account,
            amount_micros=micros,
            hold_id=ids.derived("refund_held", payment.pk, account, made),
            held_at=at,
        )
        for account, micros in _wanted(payment, ground).items()
    ]
    post_releasing(
        drafts=drafts,
        released=[row.hold_id for row in ground.held],
        held=[_draft(row, at=at) for row in rows],
        at=at,
    )
    payment.refund_holds.filter(released_at=None).update(released_at=at)
    RefundHold.objects.bulk_create(rows)


def _after(part: Part, step: Step | None) -> Part:
    if step is None:
        return part
    return replace(part, given=part.given + step.given, borne=part.borne + step.borne)


def _draft(row: RefundHold, *, at: dt.datetime) -> EntryDraft:
    payment = row.payment
    amount = Money(row.amount_micros, payment.currency)
    return EntryDraft(
        id=row.hold_id,
        kind="refund_held",
        reference=f"payment:{payment.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"A refund is asked for: {payment.description}",
        transfers=(TransferDraft(row.account, payment.account, amount),),
    )
