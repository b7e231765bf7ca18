"""Joining a creator by card, and what a payment does to a membership.

The payment's row is locked first, then the membership: whoever else changes one locks only that.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.audience.queries import watch_log
from takings.core.errors import Conflict
from takings.ledger.rules import TransferDraft
from takings.memberships.actions.fans.keeping import lock_member, reckon, take_member_step
from takings.memberships.models import Member, MemberMonth, MemberStepKind, Tier
from takings.memberships.queries.fans.members import (
    MEMBER_PURPOSE,
    NoSuchMembership,
    declined_member_since,
    last_member_month,
    member_of_subject,
    month_of_payment,
    subject_of_member,
)
from takings.memberships.queries.fans.tiers import open_offer
from takings.memberships.rules import Span, month_end
from takings.memberships.rules.tiers import Person, check_may_join
from takings.money import Money, format_money
from takings.payments.actions import Order, PaymentIdTaken, start_payment
from takings.payments.models import Payment
from takings.payments.queries import Sale, parts_of
from takings.payments.rules import Accepted, Plan, Share
from takings.people.models import User
from takings.people.queries import Visitor
from takings.policies.queries import member_rule_at


class MemberAlready(Conflict):
    """A membership that goes on is not bought once more."""

    code = "member_already"
    sentence = "You are a member until {ends_at:%Y-%m-%d}. Let your membership go on instead."


class OwnChannel(Conflict):
    """Nobody pays themselves a share."""

    code = "own_membership"
    sentence = "This is your own channel; all that members see is yours already."


class MembershipByCard:
    """The purpose of card payments for memberships; ``subject`` is ``member:<id>``."""

    name = MEMBER_PURPOSE
    title = "Membership"

    def plan(self, sale: Sale) -> Plan:
        """Let what is not tax wait for its days: ``provider → unearned:membership:<month>``."""
        creator = member_of_subject(sale.subject).creator
        share = Share(f"unearned:membership:{sale.payment_id}", sale.net)
        return Plan("membership_paid", sale.subject, f"A month as a member of {creator}", (share,))

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Let the month begin: now, or when the one before ends. A paid card is a kept card."""
        member = lock_member(member_of_subject(sale.subject).pk)
        month = month_of_payment(sale.payment_id)
        if month.attempt is None and not month.is_rest:
            member.renews, member.kept_with, member.tier = True, month.pk, month.tier
        if month.is_rest and month.ends_at is not None and at < month.ends_at:
            month.starts_at, member.tier = at, month.tier
        else:  # what would have lifted a month that is over is a month itself
            month.is_rest = False
            _place(month, member, at=at)
        month.paid_at, month.earned_until = at, month.span.starts_at.astimezone(dt.UTC).date()
        month.save()
        member.joined_at = member.joined_at or at
        reckon(member, at=at)
        take_member_step(member, MemberStepKind.PAID, month=month, at=at)

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:  # noqa: ARG002
        """Move no coins."""
        return ()

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """End a month that was given back wholly, and charge its card no more; or undo that.

        Money that comes again also undoes that its owner left for it.
        """
        member = lock_member(member_of_subject(sale.subject).pk)
        month = month_of_payment(sale.payment_id)
        payment = Payment.objects.get(pk=month.pk)
        taken = sum((part.taken for part in parts_of(payment)), Money.zero(amount.currency))
        is_gone, comes_again = taken == sale.amount, amount < Money.zero(amount.currency)
        was = month.taken_back_at, month.left_at
        month.taken_back_at = (month.taken_back_at or at) if is_gone else None
        if comes_again:
            month.left_at = month.back_micros = None
        if was == (month.taken_back_at, month.left_at):
            return
        month.save(update_fields=["taken_back_at", "left_at", "back_micros"])
        member.renews = member.renews and not is_gone
        reckon(member, at=at)
        kind = MemberStepKind.TAKEN_BACK if is_gone else MemberStepKind.GIVEN_AGAIN
        take_member_step(member, kind, month=month, at=at)

    def access(self, subject: str, *, user: Visitor) -> None:
        """Let its owner see its payments. Refuses: NoSuchMembership."""
        if member_of_subject(subject).user != user:
            raise NoSuchMembership

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say which days the money paid for, and what happened to the membership."""
        member = member_of_subject(sale.subject)
        month = month_of_payment(sale.payment_id)
        spans = [month.span] if month.paid_at else []
        price = format_money(sale.amount)
        return (
            f"Bought: a month of “{month.tier.name}” at {member.creator}, for {price}",
            *(
                f"Delivered: what members see from {span.starts_at:%Y-%m-%d %H:%M} to "
                f"{span.ends_at:%Y-%m-%d %H:%M} UTC"
                for span in spans
            ),
            *(line for span in spans for line in _watched(member, span)),
            *(
                f"{step.at:%Y-%m-%d %H:%M} UTC: {step.get_kind_display()}"
                for step in member.steps.all()
            ),
        )


def _watched(member: Member, span: Span) -> tuple[str, ...]:
    return watch_log(
        viewer_id=member.user.viewer_id,
        begin=span.starts_at,
        end=span.ends_at,
        creator=member.creator,
    )


def join(
    *,
    user: User,
    tier: Tier,
    payment_id: UUID,
    at: dt.datetime,
    accepted: Accepted | None = None,
) -> Payment:
    """Start the payment of a month at a creator; the card is kept for the months after it.

    Whose card was declined may pay by another one: that month begins when the last one ended.
    Refuses: NoSuchTier, OwnChannel, MayNotJoin, MemberAlready, NoPolicyCovers, and what
    ``start_payment`` refuses.
    """
    rule = member_rule_at(at=at)
    offer = open_offer(creator=tier.creator, tier_id=tier.pk)
    price = offer.price_for(user.country, rule=rule)
    if tier.creator.user_id == user.pk:
        raise OwnChannel
    check_may_join(Person(user.country, user.born_on, user.is_active), rule=rule, day=at.date())
    with transaction.atomic():
        member, _ = Member.objects.get_or_create(
            user=user, creator=tier.creator, defaults={"tier": tier, "opened_at": at}
        )
        known = MemberMonth.objects.filter(pk=payment_id).first()
        if known is not None and (known.member, known.tier) != (member, tier):
            raise PaymentIdTaken
        if known is None and member.is_paid(at=at):
            raise MemberAlready(ends_at=member.ends_at)
        month = known or MemberMonth.objects.create(
            id=payment_id,
            member=member,
            tier=tier,
            country=user.country,
            currency=price.currency,
            price_micros=price.micros,
            list_micros=price.micros,
            rule_version=rule.version,
            ordered_at=at,
        )
    return start_payment(order=order_month(month, accepted=accepted), at=at)


def order_month(month: MemberMonth, *, accepted: Accepted | None = None) -> Order:
    """Return how a month is ordered from the card company."""
    return Order(
        id=month.pk,
        purpose=MEMBER_PURPOSE,
        subject=subject_of_member(month.member),
        payer=month.member.user,
        amount=month.price,
        description=f"A month as a member of {month.member.creator}",
        product="digital",
        accepted=accepted,
        keeps_card=month.attempt is None and not month.is_rest,
    )


def _place(month: MemberMonth, member: Member, *, at: dt.datetime) -> None:
    """Give a month its place: behind the last one while that runs or its card is tried, or now.

    A charge of a kept card has its place already, unless another month took it meanwhile.
    """
    last, ordered = last_member_month(member), (month.began_at, month.number)
    if last is None or not _goes_on(member, last, at=at):
        month.began_at, month.number, month.starts_at = at, 1, at
    else:
        assert last.number is not None  # noqa: S101 - it was paid
        month.began_at, month.number = last.began_at, last.number + 1
        month.starts_at = last.ends_at
    assert month.began_at is not None  # noqa: S101 - two lines above
    month.ends_at = month_end(began_at=month.began_at, number=month.number)
    month.attempt = month.attempt if ordered == (month.began_at, month.number) else None


def _goes_on(member: Member, last: MemberMonth, *, at: dt.datetime) -> bool:
    grace = member_rule_at(at=at).grace
    in_grace = declined_member_since(member) is not None or member.renews
    return at < last.span.ends_at or (in_grace and at < last.span.ends_at + grace)
