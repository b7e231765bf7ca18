"""Buying a month, and what its payment does to the pass: it begins, goes on, or ends early.

The payment's row is locked first, then the pass: whoever else changes a pass locks only that.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.audience.queries import watch_log
from takings.core.errors import Conflict
from takings.ledger.rules import TransferDraft
from takings.memberships.actions.running import lock_pass, run_again, take_step
from takings.memberships.models import Month, Pass, StepKind
from takings.memberships.queries import (
    PASS_PURPOSE,
    NoSuchPass,
    declined_since,
    last_month,
    pass_of_subject,
)
from takings.memberships.queries.passes import subject_of
from takings.memberships.rules import Span, month_end
from takings.money import Money, format_money
from takings.payments.actions import Order, PaymentIdTaken, start_payment
from takings.payments.models import Payment
from takings.payments.queries import Sale, parts_of
from takings.payments.rules import Accepted, Plan, Share
from takings.people.models import User
from takings.people.queries import Visitor
from takings.policies.queries import pass_rule_at


class PassRuns(Conflict):
    """A pass that goes on is not bought once more."""

    code = "pass_runs"
    sentence = "You watch without ads until {ends_at:%Y-%m-%d}. Let your pass go on instead."


class PassByCard:
    """The purpose of card payments for passes; ``subject`` is ``pass:<id>``."""

    name = PASS_PURPOSE
    title = "Watching without ads"

    def plan(self, sale: Sale) -> Plan:
        """Let what is not tax wait for its days: ``provider → unearned:pass:<month>``."""
        share = Share(f"unearned:pass:{sale.payment_id}", sale.net)
        return Plan("member_paid", sale.subject, "A month without ads", (share,))

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Let the month begin: now, or when the one before ends. A paid card is a kept card."""
        one = lock_pass(pass_of_subject(sale.subject).pk)
        month = Month.objects.get(pk=sale.payment_id)
        if month.attempt is None:
            one.renews, one.kept_with = True, month.pk
        _place(month, one, at=at)
        month.paid_at, month.earned_until = at, month.span.starts_at.astimezone(dt.UTC).date()
        month.save()
        run_again(one, at=at)
        take_step(one, StepKind.PAID, month=month, at=at)

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:  # noqa: ARG002
        """Move no coins."""
        return ()

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """End a month that was given back wholly, and charge its card no more; or undo that."""
        one = lock_pass(pass_of_subject(sale.subject).pk)
        month = Month.objects.get(pk=sale.payment_id)
        taken = sum((part.taken for part in parts_of(_payment(month))), Money.zero(amount.currency))
        is_gone = taken == sale.amount
        if is_gone == (month.taken_back_at is not None):
            return
        month.taken_back_at = at if is_gone else None
        month.save(update_fields=["taken_back_at"])
        one.renews = one.renews and not is_gone
        run_again(one, at=at)
        kind = StepKind.TAKEN_BACK if is_gone else StepKind.GIVEN_AGAIN
        take_step(one, kind, month=month, at=at)

    def access(self, subject: str, *, user: Visitor) -> None:
        """Let its owner see its payments. Refuses: NoSuchPass."""
        if pass_of_subject(subject).user != user:
            raise NoSuchPass

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say which days the money paid for, and what happened to the pass."""
        one = pass_of_subject(sale.subject)
        months = one.months.filter(pk=sale.payment_id, paid_at__isnull=False)
        spans = [month.span for month in months]
        return (
            f"Bought: a month of watching without ads, for {format_money(sale.amount)}",
            *(
                f"Delivered: no ads from {span.starts_at:%Y-%m-%d %H:%M} to "
                f"{span.ends_at:%Y-%m-%d %H:%M} UTC"
                for span in spans
            ),
            *(line for span in spans for line in _watched(one.user, span)),
            *(
                f"{step.at:%Y-%m-%d %H:%M} UTC: {step.get_kind_display()}"
                for step in one.steps.all()
            ),
        )


def _watched(user: User, span: Span) -> tuple[str, ...]:
    return watch_log(viewer_id=user.viewer_id, begin=span.starts_at, end=span.ends_at)


def buy_pass(
    *, user: User, payment_id: UUID, at: dt.datetime, accepted: Accepted | None = None
) -> Payment:
    """Start the payment of a month without ads; the card is kept for the months after it.

    Who bought one already may pay by another card once theirs was declined: that month begins when
    this one ends. Refuses: PassRuns, NoPolicyCovers, and what ``start_payment`` refuses.
    """
    price = pass_rule_at(at=at).price_in(user.country)
    with transaction.atomic():
        one, _ = Pass.objects.get_or_create(user=user, defaults={"opened_at": at})
        known = Month.objects.filter(pk=payment_id).first()
        if known is not None and known.ad_free_pass != one:
            raise PaymentIdTaken
        if known is None and one.runs(at=at) and declined_since(one) is None:
            raise PassRuns(ends_at=one.ends_at)
        month = known or Month.objects.create(
            id=payment_id,
            ad_free_pass=one,
            country=user.country,
            currency=price.currency,
            price_micros=price.micros,
            ordered_at=at,
        )
    return start_payment(order=order_of(month, user=user, accepted=accepted), at=at)


def order_of(month: Month, *, user: User, accepted: Accepted | None = None) -> Order:
    """Return how a month is ordered from the card company."""
    return Order(
        id=month.pk,
        purpose=PASS_PURPOSE,
        subject=subject_of(month.ad_free_pass),
        payer=user,
        amount=month.price,
        description="A month without ads",
        product="digital",
        accepted=accepted,
        keeps_card=month.attempt is None,
    )


def _place(month: Month, one: Pass, *, at: dt.datetime) -> None:
    """Give a month its place in time: behind the last one that runs, or from now on.

    A charge of a kept card has its place already, unless another month took it meanwhile.
    """
    last, ordered = last_month(one) if one.runs(at=at) else None, (month.began_at, month.number)
    if last is None:
        month.began_at, month.number, month.starts_at = at, 1, at
    else:
        assert last.number is not None  # noqa: S101 - it was paid
        month.began_at, month.number = last.began_at, last.number + 1
        month.starts_at = last.ends_at
    assert month.began_at is not None  # noqa: S101 - two lines above
    month.ends_at = month_end(began_at=month.began_at, number=month.number)
    month.attempt = month.attempt if ordered == (month.began_at, month.number) else None


def _payment(month: Month) -> Payment:
    return Payment.objects.get(pk=month.pk)
