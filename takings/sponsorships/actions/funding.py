"""Paying in: by card, or from the brand's prepaid balance. Work starts on money that is there."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.ledger.actions import InsufficientFunds, post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import format_money
from takings.payments.actions import Order, start_payment
from takings.payments.models import Payment
from takings.payments.rules import Accepted
from takings.policies.queries import policy_at
from takings.sponsorships.actions.running import check_side, lock_deal, take_step
from takings.sponsorships.actions.settling import pay
from takings.sponsorships.models import Deal, Funding, Milestone, Work
from takings.sponsorships.queries import DEAL_PURPOSE, Seat, customer_of, subject_of
from takings.sponsorships.rules import Kind, NotNow, Side, Status, begun


class NotEnoughPrepaid(Conflict):
    """Money that is not there is not held."""

    code = "not_enough_prepaid"
    sentence = "The prepaid balance of {brand} does not cover {amount}. Pay in, or pay by card."


def fund_by_card(
    *, seat: Seat, payment_id: UUID, at: dt.datetime, accepted: Accepted | None = None
) -> Payment:
    """Start the card payment of an agreed deal; work begins when it is paid.

    Nothing is sold by it yet: the money is held for both. Refuses: NotNow, NotYourPart, and what
    ``start_payment`` refuses.
    """
    deal, user = seat.deal, seat.user
    known = Payment.objects.filter(pk=payment_id).exists()
    if deal.status != Status.AGREED and not known:
        raise NotNow(status=deal.status)
    check_side(seat, Side.BRAND)
    order = Order(
        id=payment_id,
        purpose=DEAL_PURPOSE,
        subject=subject_of(deal),
        payer=user,
        amount=deal.terms.total,
        description=f"Deal with @{deal.creator.handle}: {deal.terms.title}",
        customer=customer_of(deal.brand, payer=user),
        accepted=accepted,
    )
    return start_payment(order=order, at=at)


@transaction.atomic
def fund_from_prepaid(*, seat: Seat, at: dt.datetime) -> Funding:
    """Pay an agreed deal in from the brand's prepaid balance; again changes nothing.

    Refuses: NotNow, NotYourPart, NotEnoughPrepaid.
    """
    check_side(seat, Side.BRAND)
    deal = lock_deal(seat.deal.pk)
    funding_id = ids.derived("a deal is paid in from prepaid", deal.pk)
    known = Funding.objects.filter(pk=funding_id).first()
    if known is not None:
        return known
    if deal.status != Status.AGREED:
        raise NotNow(status=deal.status)
    total, entry_id = deal.terms.total, ids.derived("deal_funded", funding_id)
    funding = Funding(
        id=funding_id,
        deal=deal,
        way=Funding.Way.PREPAID,
        currency=total.currency,
        amount_micros=total.micros,
        country=customer_of(deal.brand, payer=seat.user).party.country,
        is_wanted=True,
        paid_by=seat.user,
        entry_id=entry_id,
        paid_at=at,
    )
    prepaid = f"advertiser:{deal.brand_id}:prepaid"
    draft = EntryDraft(
        id=entry_id,
        kind="deal_funded",
        reference=subject_of(deal),
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"{deal.brand} paid in for @{deal.creator.handle}: {deal.terms.title}"[:200],
        transfers=(TransferDraft(prepaid, funding.account, total),),
    )
    try:
        post(drafts=[draft], at=at)
    except InsufficientFunds as short:
        raise NotEnoughPrepaid(brand=deal.brand, amount=format_money(total)) from short
    start(deal, funding, at=at)
    return funding


def start(deal: Deal, funding: Funding, *, at: dt.datetime) -> None:
    """Let work begin: the milestones are what was paid in, and signing is paid at once."""
    funding.save(force_insert=True)
    terms = deal.terms
    Milestone.objects.bulk_create(
        Milestone(deal=deal, kind=kind, number=number, amount_micros=amount.micros)
        for kind, number, amount in terms.parts()
    )
    progress = begun(terms, at=at)
    Work.objects.bulk_create(
        Work(deal=deal, number=number, stage=progress.stage, due_at=progress.due_at)
        for number in range(1, terms.videos + 1)
    )
    deal.status, deal.funded_at, deal.due_at = Status.RUNNING, at, None
    deal.save()
    seat = Seat(deal, funding.paid_by, Side.BRAND, acts=True)
    take_step(deal, "paid_in", seat=seat, at=at)
    for milestone in deal.milestones.filter(kind=Kind.SIGNED).select_related("deal"):
        pay(milestone, why="Both signed, and the money is there.", at=at)
