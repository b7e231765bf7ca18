"""Codes that do not work: told by their creator, replaced or paid back by an operator."""

import datetime as dt

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Invalid
from takings.people.actions import answer_proposal, record_staff_act
from takings.people.models import User
from takings.settlement.actions.answering import check_answer
from takings.settlement.actions.undoing import undo_exchange
from takings.vouchers.actions.loading import VouchersNeedReason
from takings.vouchers.actions.rewarding import take_turn
from takings.vouchers.models import Fault, Handout
from takings.vouchers.queries import free_vouchers
from takings.vouchers.rules.taking import OutOfStock, VouchersExpired

LONGEST_SAID = 300


class FaultNeedsWords(Invalid):
    """Nobody can look for what is not told."""

    code = "fault_needs_words"
    sentence = "Say what happened when you used the code: what the shop told you, and when."


class ReportedAlready(Conflict):
    """A code is reported once."""

    code = "voucher_reported_already"
    sentence = "You told us about this code already; we look into it."


@transaction.atomic
def report_fault(*, handout: Handout, said: str, at: dt.datetime) -> Fault:
    """Say that a code does not work. The caller has checked whose it is.

    Refuses: FaultNeedsWords, ReportedAlready.
    """
    if not said.strip():
        raise FaultNeedsWords
    fault, is_new = Fault.objects.get_or_create(
        handout=handout,
        defaults={
            "id": ids.derived("a code does not work", handout.pk),
            "said": said.strip()[:LONGEST_SAID],
            "proposed_by": handout.exchange.creator.user,
            "proposed_at": at,
        },
    )
    if not is_new:
        raise ReportedAlready
    return fault


@transaction.atomic
def replace_voucher(*, operator: User, fault: Fault, answer: str, at: dt.datetime) -> Handout:
    """Give another code of the same kind for one that does not work.

    Refuses: VouchersNeedReason, ProposalAnswered, SecondPersonNeeded, OutOfStock,
    VouchersExpired.
    """
    locked = _locked(fault, operator, answer)
    kind = locked.handout.voucher.kind
    if kind.expires_on <= at.astimezone(dt.UTC).date():
        raise VouchersExpired(day=kind.expires_on)
    take_turn(kind)
    voucher = free_vouchers(kind=kind).first()
    if voucher is None:
        raise OutOfStock
    handout = Handout.objects.create(
        voucher=voucher,
        exchange=locked.handout.exchange,
        replaces=locked.handout,
        given_at=at,
    )
    _answer(locked, operator, answer, act="vouchers.replaced", at=at)
    return handout


@transaction.atomic
def return_earnings(*, operator: User, fault: Fault, answer: str, at: dt.datetime) -> Fault:
    """Make the earnings payable again that somebody gave for a code that does not work.

    Refuses: VouchersNeedReason, ProposalAnswered, SecondPersonNeeded.
    """
    locked = _locked(fault, operator, answer)
    undo_exchange(operator=operator, exchange=locked.handout.exchange, reason=answer, at=at)
    _answer(locked, operator, answer, act="vouchers.earnings_returned", at=at)
    return locked


@transaction.atomic
def decline_fault(*, operator: User, fault: Fault, answer: str, at: dt.datetime) -> Fault:
    """Say why a code is as it should be.

    Refuses: VouchersNeedReason, ProposalAnswered, SecondPersonNeeded.
    """
    locked = _locked(fault, operator, answer)
    _answer(locked, operator, answer, act="vouchers.fault_declined", at=at)
    return locked


def _locked(fault: Fault, operator: User, answer: str) -> Fault:
    """Lock it: of two answers at once, the second sees the first."""
    if not answer.strip():
        raise VouchersNeedReason
    rows = Fault.objects.select_for_update(no_key=True, of=["self"])
    related = ("handout__voucher__kind", "handout__exchange")
    locked = rows.select_related(*related).get(pk=fault.pk)
    check_answer(locked, operator=operator)
    return locked


def _answer(locked: Fault, operator: User, answer: str, *, act: str, at: dt.datetime) -> None:
    is_approved = act != "vouchers.fault_declined"
    answer_proposal(locked, operator=operator, is_approved=is_approved, answer=answer, at=at)
    record_staff_act(
        operator=operator, act=act, target=f"voucher:{locked.handout_id}", reason=answer, at=at
    )
