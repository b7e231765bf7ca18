"""Card payments of deals: money that comes, goes back by us, or is taken by a bank and given again.

The payment's row is locked first, then the deal.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from takings.core import ids
from takings.ledger.queries import balance
from takings.ledger.rules import TransferDraft
from takings.money import Money, format_money
from takings.payments.actions import Refund, refund_payment
from takings.payments.models import Attempt, Payment, Verb
from takings.payments.queries import Sale, refunding
from takings.payments.rules import Plan, Share
from takings.people.models import User
from takings.people.queries import Visitor
from takings.sponsorships.actions.funding import start
from takings.sponsorships.actions.running import lock_deal, take_step
from takings.sponsorships.actions.settling import order_return, put_back, release_again
from takings.sponsorships.actions.working import end_early
from takings.sponsorships.models import ESCROW, Deal, Dispute, Funding, Step, Work
from takings.sponsorships.queries import (
    DEAL_PURPOSE,
    access_deal,
    customer_of,
    deal_of_subject,
    due_back,
    gone_back,
    open_dispute_of,
    steps_of,
    unsettled,
    works_of,
)
from takings.sponsorships.rules import Status

TAKEN = "The bank of the card took the payment back."
MINUTE = "%Y-%m-%d %H:%M UTC"
MOST_ATTEMPTS = 20
LOOKS_BACK = dt.timedelta(days=180)
"""Longer than a bank may take to answer a dispute."""


class DealByCard:
    """The purpose of card payments for deals; ``subject`` is ``deal:<id>``."""

    name = DEAL_PURPOSE
    title = "Deals with creators"

    def plan(self, sale: Sale) -> Plan:
        """All of it waits: ``provider → escrow:deal:<payment>``; nothing is sold yet."""
        deal = deal_of_subject(sale.subject)
        share = Share(f"{ESCROW}{sale.payment_id}", sale.net)
        return Plan("deal_funded", sale.subject, f"{deal.brand} paid in by card", (share,))

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Let work begin; what comes too late, or twice, goes back."""
        deal = lock_deal(deal_of_subject(sale.subject).pk)
        payer = User.objects.get(pk=sale.payer_id)
        funding = Funding(
            id=sale.payment_id,
            deal=deal,
            way=Funding.Way.CARD,
            currency=sale.amount.currency,
            amount_micros=sale.net.micros,
            country=customer_of(deal.brand, payer=payer).party.country,
            is_wanted=deal.status == Status.AGREED,
            paid_by=payer,
            entry_id=sale.entry_id,
            paid_at=at,
        )
        if funding.is_wanted:
            start(deal, funding, at=at)
            return
        funding.save(force_insert=True)
        take_step(deal, "paid_too_late", at=at)
        order_return(funding)

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:  # noqa: ARG002
        """Move no coins."""
        return ()

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """End a deal whose money a bank took; give again what it gave again."""
        funding = _locked(sale)
        if funding is None:
            return
        if amount.micros < 0:
            take_step(funding.deal, "money_given_again", words=format_money(-amount), at=at)
            give_again(funding, at=at)
            order_return(funding)
        elif gone_back(funding) > due_back(funding):
            _end(funding.deal, amount, at=at)

    def access(self, subject: str, *, user: Visitor) -> None:
        """Let both sides see the payment. Refuses: NoSuchDeal."""
        access_deal(user=user, deal_id=deal_of_subject(subject).pk)

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say what was agreed on, sealed, made, approved and said."""
        deal = deal_of_subject(sale.subject)
        return (
            f"Bought: {deal.terms.title}, for {format_money(sale.amount)}",
            f"Made by: @{deal.creator.handle}",
            f"Agreed on {deal.agreed_at:%Y-%m-%d %H:%M} UTC, contract {deal.digest}",
            *(
                f"Video {one.number} “{one.video.title}”: {one.stage}{_dates(one)}"
                for one in works_of(deal)
                if one.video is not None
            ),
            *(_told(step) for step in steps_of(deal)),
        )


def _dates(work: Work) -> str:
    told = (("approved", work.approved_at), ("published", work.published_at))
    return "".join(f", {what} {at:{MINUTE}}" for what, at in told if at is not None)


def _told(step: Step) -> str:
    who = f" by {step.taken_by}" if step.taken_by is not None else ""
    words = f": {step.words}" if step.words else ""
    return f"{step.taken_at:{MINUTE}} {step.words_of_kind}{who}{words}"


def let_wait_again(sale: Sale, *, taken: Money, at: dt.datetime) -> None:
    """Put back what was released, as far as ``taken`` in all is more than waits and went back.

    Payments call it (``register_unearn``) before money is taken back, or held for a refund.
    """
    funding = _locked(sale)
    if funding is None:
        return
    room = balance(name=funding.account, currency=funding.currency)
    missing = taken - gone_back(funding) - room
    if missing.micros > 0:
        put_back(funding.deal, missing=missing, at=at)


def give_again(funding: Funding, *, at: dt.datetime) -> None:
    """Release again what waits for nobody: a bank gave it again, or a refund failed."""
    room = balance(name=funding.account, currency=funding.currency)
    held = sum((one.amount for one in unsettled(funding.deal)), funding.amount * 0)
    on_its_way = max(due_back(funding) - gone_back(funding), held * 0)
    release_again(funding.deal, left=max(room - held - on_its_way, held * 0), at=at)


def return_money(*, funding_id: UUID, at: dt.datetime) -> bool:
    """Ask the card company to give back what is the brand's again; tell whether there was any.

    The refund's key follows from how often one was asked for: two who ask at once ask once. When
    none is asked for any more, what waits for nobody is released again. Refuses: what
    ``refund_payment`` refuses.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update(no_key=True).get(pk=funding_id)
        funding = Funding.objects.get(pk=funding_id)
        funding.deal = lock_deal(funding.deal_id)
        under_way = refunding(payment)
        left = due_back(funding) - gone_back(funding) - under_way
        asked = Attempt.objects.filter(payment=payment, verb=Verb.REFUND).count()
        if funding.is_wanted and not under_way:
            give_again(funding, at=at)
    if left.micros <= 0 or asked >= MOST_ATTEMPTS:
        return False
    refund = Refund(
        id=ids.derived("a deal's money goes back", funding_id, asked),
        payment_id=funding_id,
        amount=left,
        reason="Not earned, so it is the brand’s again.",
    )
    refund_payment(operator=None, refund=refund, at=at)
    return True


def return_all_money(*, at: dt.datetime) -> int:
    """Ask again for what did not go back, of deals not long over; return of how many."""
    recent = Q(deal__ended_at=None) | Q(deal__ended_at__gte=at - LOOKS_BACK)
    recent |= Q(paid_at__gte=at - LOOKS_BACK)
    cards = Funding.objects.filter(recent, way=Funding.Way.CARD)
    found = (
        cards.filter(is_wanted=False)
        | cards.filter(deal__milestones__settled__brand_micros__gt=0)
        | cards.filter(deal__milestones__settled__releases__taken__isnull=False)
    )
    keys = list(found.order_by("paid_at", "pk").values_list("pk", flat=True).distinct())
    return sum(return_money(funding_id=pk, at=at) for pk in keys)


def _locked(sale: Sale) -> Funding | None:
    """Return what runs on a payment, its deal locked; nothing for what nobody wanted."""
    deal = lock_deal(deal_of_subject(sale.subject).pk)
    funding = Funding.objects.filter(pk=sale.payment_id, is_wanted=True).first()
    if funding is not None:
        funding.deal = deal
    return funding


def _end(deal: Deal, amount: Money, *, at: dt.datetime) -> None:
    """End a deal whose money was taken: what is left of it goes back, too."""
    take_step(deal, "money_taken", words=format_money(amount), at=at)
    dispute: Dispute | None = open_dispute_of(deal)
    if dispute is not None:
        dispute.answer, dispute.answered_at, dispute.words = "overtaken", at, TAKEN
        dispute.save()
    if deal.status in {Status.RUNNING, Status.DISPUTED}:
        end_early(deal, why=TAKEN, at=at)
