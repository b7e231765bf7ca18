"""Paying authorities what was withheld and collected: one person proposes, another one posts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from takings.core import ids
from takings.core.errors import Conflict, Forbidden, Invalid
from takings.invoicing.actions import reclaim_tax
from takings.ledger.actions import post
from takings.ledger.queries import balance
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft
from takings.ledger.rules.chart import UnknownAccount
from takings.money import Money, format_money
from takings.payouts import queries
from takings.payouts.models import EscheatLine, LineState, Payout, Purpose, Remittance
from takings.payouts.rules.remitting import BANK, TAX, UNCLAIMED, check_paid, tax_paid
from takings.people.actions import answer_proposal, record_staff_act
from takings.people.models import Proposal, User
from takings.policies.queries import policy_at

ONE_AT_A_TIME = 0x7A11_0476  # an advisory lock of our own: what is due is read, then paid


class RemittanceNeedsReference(Invalid):
    """An authority tells payments by its own number."""

    code = "remittance_needs_reference"
    sentence = "Write the authority's reference; without it nobody knows what the payment is for."


class RemittanceIdTaken(Conflict):
    """The id of a proposal is its idempotency key."""

    code = "remittance_id_taken"
    sentence = "A payment to an authority with this id exists and is another one; use a new id."


class RemittanceWaits(Conflict):
    """One proposal per account waits, so that two are never made of the same money."""

    code = "remittance_waits"
    sentence = "Another payment of this account waits for an answer; answer it first."


class ReferencePaid(Conflict):
    """An assessment is paid once."""

    code = "reference_paid"
    sentence = "“{reference}” was paid before; nothing was changed."


class DueChanged(Conflict):
    """What somebody agrees to is what was proposed."""

    code = "due_changed"
    sentence = "What is due has changed since this was proposed; decline it and propose it again."


class UnclaimedIsWhole(Conflict):
    """A state takes all that is unclaimed there, and its report says whose it is."""

    code = "unclaimed_is_whole"
    sentence = "{due} is unclaimed there now; all of it is handed over at once, no other amount."


class RemittanceAnswered(Conflict):
    """A proposal is answered once."""

    code = "remittance_answered"
    sentence = "This was answered already."


class ProposedByYou(Forbidden):
    """Four eyes: whoever proposes does not answer."""

    code = "proposed_by_you"
    sentence = "You proposed this; somebody else has to answer it."


@dataclass(frozen=True, slots=True)
class Terms:
    """What is proposed: which way, of which account (``tax:US:withheld``), how much, for what."""

    purpose: Purpose
    account: AccountName
    paid: Money
    reference: str


@transaction.atomic
def propose_remittance(
    *,
    operator: User,
    terms: Terms,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Remittance:
    """Write down what an authority is to be paid; nothing moves yet.

    What it owes back is kept from it at once. The same id again changes nothing. Refuses:
    RemittanceIdTaken, RemittanceNeedsReference, RemittanceWaits, ReferencePaid, NotPaidInCents,
    MoreThanIsDue, UnclaimedIsWhole, UnknownAccount.
    """
    take_turn()
    known = Remittance.objects.filter(pk=id).first()
    if known is not None:
        if Terms(Purpose(known.purpose), known.account, known.paid, known.reference) != terms:
            raise RemittanceIdTaken
        return known
    if not terms.reference.strip():
        raise RemittanceNeedsReference
    rows = Remittance.objects.filter(account=terms.account)
    if rows.filter(currency=terms.paid.currency, is_approved__isnull=True).exists():
        raise RemittanceWaits
    _check_reference(terms.purpose, terms.account, terms.reference)
    offset = _checked_offset(terms)
    _audit(operator, "remittance_proposed", id, reason=terms.reference, at=at)
    return Remittance.objects.create(
        id=id,
        purpose=terms.purpose,
        account=terms.account,
        currency=terms.paid.currency,
        paid_micros=terms.paid.micros,
        offset_micros=offset.micros,
        reference=terms.reference,
        proposed_by=operator,
        proposed_at=at,
    )


@transaction.atomic
def approve_remittance(
    *, operator: User, remittance_id: UUID, answer: str, at: dt.datetime
) -> Remittance:
    """Post what somebody else proposed.

    Refuses: ProposedByYou, RemittanceAnswered, DueChanged, MoreThanIsDue, UnclaimedIsWhole,
    ReferencePaid, InsufficientFunds (the bank account is too low), and what ``post`` refuses.
    """
    take_turn()
    found = _locked(remittance_id, operator)
    terms = Terms(Purpose(found.purpose), found.account, found.paid, found.reference)
    _check_reference(terms.purpose, terms.account, terms.reference)
    if _checked_offset(terms) != found.offset:
        raise DueChanged
    found.entry_id, kind, transfers = _entry(found)
    draft = EntryDraft(
        id=found.entry_id,
        kind=kind,
        reference=f"remittance:{found.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=found.reference,
        transfers=tuple(transfers),
    )
    post(drafts=[draft], at=at)
    _answer(found, operator, is_approved=True, answer=answer, at=at)
    if terms.purpose is Purpose.UNCLAIMED:
        _hand_over(found)
    return found


@transaction.atomic
def decline_remittance(
    *, operator: User, remittance_id: UUID, answer: str, at: dt.datetime
) -> Remittance:
    """Say no to what somebody else proposed. Refuses: ProposedByYou, RemittanceAnswered."""
    found = _locked(remittance_id, operator)
    return _answer(found, operator, is_approved=False, answer=answer, at=at)


def make_room(payout: Payout, *, at: dt.datetime) -> None:
    """Let the authority owe back what a returning payout had withheld and was paid already.

    So giving the payout back never fails for tax that is no longer here, and the next payment to
    the authority is so much smaller.
    """
    for tax in payout.withholdings.order_by("jurisdiction"):
        take_turn()
        account = f"tax:{tax.jurisdiction}:withheld"
        standing = queries.tax_standing(account=account, currency=payout.currency)
        missing = Money(tax.amount_micros, payout.currency) - standing.held
        reclaim_tax(
            account=account,
            missing=missing,
            reference=f"payout:{payout.pk}",
            because=payout.pk,
            at=at,
        )


def take_turn() -> None:
    """Wait for whoever reads or pays what authorities are owed, until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _check_reference(purpose: Purpose, account: AccountName, reference: str) -> None:
    paid = Remittance.objects.filter(is_approved=True, purpose=purpose, account=account)
    if paid.filter(reference=reference).exists():
        raise ReferencePaid(reference=reference)


def _checked_offset(terms: Terms) -> Money:
    """Return what the authority keeps of what it owes; refuse what is not due."""
    prefix = UNCLAIMED if terms.purpose is Purpose.UNCLAIMED else TAX
    if not terms.account.startswith(prefix):
        raise UnknownAccount(account=terms.account)
    nothing = Money.zero(terms.paid.currency)
    if terms.purpose is Purpose.UNCLAIMED:
        due = balance(name=terms.account, currency=terms.paid.currency)
        check_paid(terms.paid, due=due)
        if terms.paid != due:
            raise UnclaimedIsWhole(due=format_money(due))
        return nothing
    standing = queries.tax_standing(account=terms.account, currency=terms.paid.currency)
    if terms.purpose is Purpose.REFUND:
        check_paid(terms.paid, due=standing.refund)
        return nothing
    check_paid(terms.paid, due=standing.due)
    return standing.offset(terms.paid)


def _entry(found: Remittance) -> tuple[UUID, str, Sequence[TransferDraft]]:
    if found.purpose == Purpose.UNCLAIMED:
        move = TransferDraft(found.account, BANK, found.paid)
        return ids.derived("unclaimed_remitted", found.pk), "unclaimed_remitted", (move,)
    standing = queries.tax_standing(account=found.account, currency=found.currency)
    if found.purpose == Purpose.REFUND:
        move = TransferDraft(BANK, standing.receivable, found.paid)
        return ids.derived("tax_refunded", found.pk), "tax_refunded", (move,)
    moves = tax_paid(standing, paid=found.paid, offset=found.offset)
    return ids.derived("tax_remitted", found.pk), "tax_remitted", moves


def _hand_over(found: Remittance) -> None:
    """Say of every balance that waited there that it was handed over with this payment."""
    waiting = EscheatLine.objects.filter(
        state=LineState.UNCLAIMED,
        notice__jurisdiction=found.account.removeprefix(UNCLAIMED),
        currency=found.currency,
    )
    waiting.update(state=LineState.REMITTED, remittance=found)


def _locked(remittance_id: UUID, operator: User) -> Remittance:
    """Lock it: of two answers at once, the second sees the first."""
    rows = Remittance.objects.select_for_update(no_key=True).filter(pk=remittance_id)
    found = rows.first()
    if found is None:
        raise queries.NoSuchRemittance
    check_may_answer(found, operator)
    return found


def check_may_answer(found: Proposal, operator: User) -> None:
    """Refuse a second answer, and one's own. Refuses: RemittanceAnswered, ProposedByYou."""
    if found.is_approved is not None:
        raise RemittanceAnswered
    if found.proposed_by_id == operator.pk:
        raise ProposedByYou


def _answer(
    found: Remittance, operator: User, *, is_approved: bool, answer: str, at: dt.datetime
) -> Remittance:
    answer_proposal(found, operator=operator, is_approved=is_approved, answer=answer, at=at)
    act = "remittance_approved" if is_approved else "remittance_declined"
    _audit(operator, act, found.pk, reason=answer, at=at)
    return found


def _audit(operator: User, act: str, key: UUID, *, reason: str, at: dt.datetime) -> None:
    record_staff_act(
        operator=operator, act=f"payouts.{act}", target=f"remittance:{key}", reason=reason, at=at
    )
