"""What goes back: lines of a parcel before it is sent, after it arrived, or all of what is late.

What is agreed is in the books at once: what was earned comes back into escrow, where the refund
finds it. The card company is asked after the commit, under an id of the return: again is once.
"""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Invalid, Refusal
from takings.money import Money
from takings.money.currency import currency
from takings.payments.actions import Refund, refund_payment
from takings.payments.models import Attempt, AttemptStatus, Payment
from takings.payments.queries import refunding, standing_of
from takings.payments.rules import Status
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import shop_rule
from takings.shop.actions.booking import book, claim
from takings.shop.actions.locking import give_stock, lock_parcel, take_step
from takings.shop.models import (
    Order,
    OrderLine,
    Parcel,
    ParcelState,
    Return,
    ReturnLine,
    ReturnState,
)
from takings.shop.queries.orders import (
    amount_of,
    may_return_until,
    open_return,
    returned_count,
)
from takings.shop.rules.booking import part_of_price

LONGEST_WHY, TRIES = 300, 5
WENT_BACK = "it was sent back"
CANCELLED = "it was cancelled before it was sent"
LATE = "It was not sent in time; all of it is paid back."


class TooLateToReturn(Conflict):
    """Goods may be sent back for some days after they arrived."""

    code = "too_late_to_send_back"
    sentence = "This can be sent back within {days} days of arriving. Write to the seller."


class TooLateToCancel(Conflict):
    """What is on its way is sent back instead."""

    code = "too_late_to_cancel"
    sentence = "This was sent already; you can send it back once it has arrived."


class NothingToReturn(Invalid):
    """A return says which pieces."""

    code = "no_pieces_to_return"
    sentence = "Say how many of which pieces go back; no more than you have."


class ReturnIsOpen(Conflict):
    """One thing after the other."""

    code = "return_is_open"
    sentence = "A return of this parcel is open; it is settled first."


class ReturnIsSettled(Conflict):
    """Both sides answer once."""

    code = "return_is_settled"
    sentence = "This return was answered already."


class ReturnNeedsReason(Invalid):
    """The other side reads it."""

    code = "return_needs_reason"
    sentence = "Write why; the other side reads it."


@transaction.atomic
def ask_return(
    *, parcel: Parcel, pieces: Mapping[int, int], why: str, return_id: UUID, at: dt.datetime
) -> Return:
    """Ask to send pieces back, by line; again with the same id is the same.

    Refuses: TooLateToReturn, ReturnIsOpen, NothingToReturn, ReturnNeedsReason.
    """
    locked = lock_parcel(parcel.pk)
    known = Return.objects.filter(pk=return_id, parcel=locked).first()
    if known is not None:
        return known
    rule, until = shop_rule(locked.order.rule_version), may_return_until(locked)
    if until is None or at > until:
        raise TooLateToReturn(days=rule.back.days)
    if open_return(locked) is not None:
        raise ReturnIsOpen
    one = _make(locked, pieces, why=_reason(why), return_id=return_id, at=at)
    one.answer_by = at + rule.answer
    one.save(update_fields=["answer_by"])
    take_step(locked, f"Asked to send back: {one.why}", at=at, by=locked.order.buyer)
    return one


@transaction.atomic
def answer_return(*, one: Return, agrees: bool, answer: str, by: User, at: dt.datetime) -> Return:
    """Let the seller agree, or say why not. Refuses: ReturnIsSettled, ReturnNeedsReason."""
    parcel, found = _locked(one, among=(ReturnState.ASKED,))
    if agrees:
        _agree(found, parcel, words="The seller agrees", at=at, by=by)
        return found
    found.state, found.answer = ReturnState.DECLINED, _reason(answer)
    found.save(update_fields=["state", "answer"])
    take_step(parcel, f"The seller declines: {found.answer}", at=at, by=by)
    return found


@transaction.atomic
def contest_return(*, one: Return, at: dt.datetime) -> Return:
    """Let the buyer ask an operator after the seller declined. Refuses: ReturnIsSettled."""
    parcel, found = _locked(one, among=(ReturnState.DECLINED,))
    found.state = ReturnState.CONTESTED
    found.save(update_fields=["state"])
    take_step(parcel, "An operator is asked", at=at, by=parcel.order.buyer)
    return found


@transaction.atomic
def take_return(*, one: Return, at: dt.datetime) -> Return:
    """Let the buyer keep it after all. Refuses: ReturnIsSettled."""
    open_ones = (ReturnState.ASKED, ReturnState.DECLINED, ReturnState.CONTESTED)
    parcel, found = _locked(one, among=open_ones)
    found.state = ReturnState.TAKEN
    found.save(update_fields=["state"])
    take_step(parcel, "The buyer keeps it", at=at, by=parcel.order.buyer)
    return found


@transaction.atomic
def decide_return(
    *, operator: User, one: Return, agrees: bool, reason: str, at: dt.datetime
) -> Return:
    """Let an operator decide a contested return. Refuses: ReturnIsSettled, ReturnNeedsReason."""
    parcel, found = _locked(one, among=(ReturnState.CONTESTED,))
    found.answer = _reason(reason)
    if agrees:
        _agree(found, parcel, words=f"An operator agrees: {found.answer}", at=at, by=operator)
    else:
        found.state = ReturnState.REFUSED
        take_step(parcel, f"An operator refuses: {found.answer}", at=at, by=operator)
    found.save(update_fields=["state", "answer"])
    target = f"return:{found.pk}"
    record_staff_act(
        operator=operator, act="shop.decide_return", target=target, reason=found.answer, at=at
    )
    return found


@transaction.atomic
def cancel_parcel(*, parcel: Parcel, why: str, by: User, at: dt.datetime) -> Return:
    """Give all of a parcel back before it is sent, for its buyer or its seller; again is once.

    Refuses: TooLateToCancel, ReturnNeedsReason.
    """
    locked = lock_parcel(parcel.pk)
    known = Return.objects.filter(pk=_cancel_id(locked)).first()
    if known is not None:
        return known
    if locked.state != ParcelState.TO_SHIP:
        raise TooLateToCancel
    return _give_back(locked, why=_reason(why), at=at, by=by)


def give_all_back(order: Order, *, why: str, at: dt.datetime) -> None:
    """Give a whole order back that cannot be delivered; its row is locked.

    Nobody took pieces of it from the stock, so none come back.
    """
    for parcel in order.parcels.select_related("seller__user", "order__buyer").order_by("pk"):
        parcel.order = order
        _give_back(parcel, why=why, at=at, restocks=False)


@transaction.atomic
def give_up_late(*, parcel_id: UUID, at: dt.datetime) -> bool:
    """Give a parcel back that its seller did not send in time; tell whether it was so."""
    locked = lock_parcel(parcel_id)
    if locked.state != ParcelState.TO_SHIP or locked.due_at is None or at < locked.due_at:
        return False
    _give_back(locked, why=LATE, at=at)
    return True


@transaction.atomic
def agree_by_silence(*, return_id: UUID, at: dt.datetime) -> bool:
    """Agree to a return that its seller did not answer in time; tell whether it was so."""
    parcel = lock_parcel(Return.objects.get(pk=return_id).parcel_id)
    one = Return.objects.select_related("parcel").get(pk=return_id)
    if one.state != ReturnState.ASKED or one.answer_by is None or at < one.answer_by:
        return False
    _agree(one, parcel, words="The seller did not answer in time", at=at)
    return True


def pay_back(*, return_id: UUID, at: dt.datetime) -> bool:
    """Ask the card company for what an agreed return gives back; tell whether all is asked.

    Never twice: the refund's id follows from the return's, and another one is asked for only once
    the one before was refused. While a bank disputes the payment it has the money; what it took
    for good is not paid a second time.
    """
    one = Return.objects.select_related("parcel__order").get(pk=return_id)
    payment = Payment.objects.get(pk=one.parcel.order_id)
    if payment.status == Status.DISPUTED:
        return False
    left = standing_of(payment).refundable - refunding(payment)
    amount = min(amount_of(one), left)
    refund_id = _next_refund(one)
    if refund_id is None:
        return False  # an operator has to look; its money waits in escrow
    if amount and not Attempt.objects.filter(pk=refund_id).exists():
        refund = Refund(id=refund_id, payment_id=payment.pk, amount=amount, reason=one.why)
        try:
            refund_payment(operator=None, refund=refund, at=at)
        except Refusal:
            return False  # the job tries again
    Return.objects.filter(pk=one.pk, refunded_at=None).update(refunded_at=at)
    return True


def _next_refund(one: Return) -> UUID | None:
    """Return the id of the refund to ask for: the first that was not refused, if it is not all."""
    wanted = [ids.derived("a return is refunded", one.pk, number) for number in range(TRIES)]
    refused = Attempt.objects.filter(pk__in=wanted, status=AttemptStatus.REFUSED)
    gone = set(refused.values_list("pk", flat=True))
    return next((one_id for one_id in wanted if one_id not in gone), None)


def _give_back(
    parcel: Parcel, *, why: str, at: dt.datetime, by: User | None = None, restocks: bool = True
) -> Return:
    pieces = {line.pk: line.quantity for line in parcel.lines.all()}
    one = _make(parcel, pieces, why=why, return_id=_cancel_id(parcel), at=at)
    _agree(one, parcel, words=why, at=at, by=by, restocks=restocks)
    return one


def _cancel_id(parcel: Parcel) -> UUID:
    return ids.derived("a parcel is cancelled", parcel.pk)


def _locked(one: Return, *, among: tuple[ReturnState, ...]) -> tuple[Parcel, Return]:
    parcel = lock_parcel(one.parcel_id)
    found = Return.objects.select_related("parcel__order").get(pk=one.pk)
    if found.state not in among:
        raise ReturnIsSettled
    return parcel, found


def _make(
    parcel: Parcel, pieces: Mapping[int, int], *, why: str, return_id: UUID, at: dt.datetime
) -> Return:
    """Write a return down, with the shipping when nothing of the parcel is kept."""
    lines = list(parcel.lines.order_by("pk"))
    counts = {line.pk: pieces.get(line.pk, 0) for line in lines if line.variant_id is not None}
    left = {line.pk: line.quantity - returned_count(line) for line in lines}
    if not any(counts.values()) or any(not 0 <= counts[pk] <= left[pk] for pk in counts):
        raise NothingToReturn
    if all(counts[pk] == left[pk] for pk in counts):
        counts |= {line.pk: left[line.pk] for line in lines if line.variant_id is None}
    one = Return.objects.create(
        id=return_id, parcel=parcel, state=ReturnState.ASKED, why=why[:LONGEST_WHY], asked_at=at
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(
            of=one,
            line=line,
            quantity=counts[line.pk],
            gross_micros=_price(line, parcel.order, counts[line.pk]).micros,
        )
        for line in lines
        if counts.get(line.pk)
    )
    return one


def _price(line: OrderLine, order: Order, count: int) -> Money:
    gross = Money(line.gross_micros, order.currency)
    before, unit = returned_count(line), currency(order.currency).unit_micros
    return part_of_price(gross, quantity=line.quantity, before=before, count=count, unit=unit)


def _agree(
    one: Return,
    parcel: Parcel,
    *,
    words: str,
    at: dt.datetime,
    by: User | None = None,
    restocks: bool = True,
) -> None:
    """Book a return and put its pieces back, but no key: somebody has read it.

    The order's row is locked.
    """
    one.state, one.agreed_at = ReturnState.AGREED, at
    one.save(update_fields=["state", "agreed_at"])
    rows = list(one.lines.select_related("line__variant"))
    if restocks:
        pieces = [(row.line.variant, row.quantity) for row in rows]
        give_stock({one.pk: count for one, count in pieces if one and not one.has_keys})
    is_sent = parcel.state != ParcelState.TO_SHIP
    if all(returned_count(line) == line.quantity for line in parcel.lines.all()):
        parcel.state, parcel.due_at = ParcelState.CANCELLED, None
        parcel.save(update_fields=["state", "due_at"])
    take_step(parcel, words, at=at, by=by)
    order = parcel.order
    claim(order, order.claimed + amount_of(one))
    book(order, why=WENT_BACK if is_sent else CANCELLED, at=at)


def _reason(text: str) -> str:
    reason = text.strip()[:LONGEST_WHY]
    if not reason:
        raise ReturnNeedsReason
    return reason
