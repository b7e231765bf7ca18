"""Disputes: one side says what is wrong, the clocks stop, an operator decides to the cent."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import F

from takings.core.errors import Conflict, Invalid
from takings.money import Money
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.sponsorships.actions.running import lock_standing, take_step
from takings.sponsorships.actions.settling import settle
from takings.sponsorships.actions.working import close_works, finish
from takings.sponsorships.models import Deal, Dispute
from takings.sponsorships.queries import Seat, open_dispute_of, unsettled
from takings.sponsorships.rules import OPEN_STAGES, NotYourTurn, Status, spread

LONGEST_RULING = 300


class DisputeNeedsReason(Invalid):
    """Who decides, and the other side, read it."""

    code = "dispute_needs_reason"
    sentence = "Write what is wrong and what you want; the other side and an operator read it."


class RulingNeedsReason(Invalid):
    """Both sides read why."""

    code = "ruling_needs_reason"
    sentence = "Write why, in at most {most} characters; both sides read it."


class NothingInDispute(Conflict):
    """It was answered, or nobody opened one."""

    code = "nothing_in_dispute"
    sentence = "No dispute of this deal waits for an answer."


@transaction.atomic
def open_dispute(
    *,
    seat: Seat,
    reason: str,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Dispute:
    """Say what is wrong, as long as money is held: every clock stops. Sent twice it is one.

    Refuses: DisputeNeedsReason, NotNow.
    """
    known = Dispute.objects.filter(pk=id, deal=seat.deal).first()
    if known is not None:
        return known
    if not reason.strip():
        raise DisputeNeedsReason
    deal = lock_standing(seat.deal.pk, Status.RUNNING)
    deal.status, deal.paused_at = Status.DISPUTED, at
    deal.save()
    take_step(deal, "disputed", seat=seat, words=reason, at=at)
    return Dispute.objects.create(
        id=id,
        deal=deal,
        side=seat.side or "",
        opened_by=seat.user,
        opened_at=at,
        reason=reason,
    )


@transaction.atomic
def withdraw_dispute(*, seat: Seat, at: dt.datetime) -> Deal:
    """Let a deal go on after all; its clocks go on where they stopped.

    Refuses: NotNow, NothingInDispute, NotYourTurn (the other side opened it).
    """
    deal = lock_standing(seat.deal.pk, Status.DISPUTED)
    dispute = _open(deal)
    if dispute.side != seat.side:
        raise NotYourTurn
    assert deal.paused_at is not None  # noqa: S101 - a dispute stops the clocks
    deal.works.filter(stage__in=OPEN_STAGES).update(due_at=F("due_at") + (at - deal.paused_at))
    dispute.answer, dispute.answered_by, dispute.answered_at = "withdrawn", seat.user, at
    dispute.save()
    deal.status, deal.paused_at = Status.RUNNING, None
    deal.save()
    take_step(deal, "dispute_withdrawn", seat=seat, at=at)
    return deal


@transaction.atomic
def decide_dispute(
    *, operator: User, deal_id: UUID, creator: Money, words: str, at: dt.datetime
) -> Dispute:
    """Split what is held to the cent: so much to the creator's side, the rest to the brand.

    The deal ends by it. Refuses: RulingNeedsReason, NotNow, NothingInDispute, BadSplit.
    """
    if not words.strip() or len(words) > LONGEST_RULING:
        raise RulingNeedsReason(most=LONGEST_RULING)
    deal = lock_standing(deal_id, Status.DISPUTED)
    dispute = _open(deal)
    held = unsettled(deal)
    amounts = [one.amount for one in held]
    parts = list(zip(held, spread(amounts, creator=creator), strict=True))
    dispute.answer, dispute.answered_by, dispute.answered_at = "decided", operator, at
    dispute.held_micros = sum(one.micros for one in amounts)
    dispute.creator_micros, dispute.words = creator.micros, words
    dispute.save()
    take_step(deal, "decided", words=words, at=at)
    record_staff_act(
        operator=operator, act="sponsorships.decide", target=f"deal:{deal.pk}", reason=words, at=at
    )
    close_works(deal)
    settle(parts, why=words, at=at)
    finish(deal, at=at)
    return dispute


def _open(deal: Deal) -> Dispute:
    dispute = open_dispute_of(deal)
    if dispute is None:
        raise NothingInDispute
    return dispute
