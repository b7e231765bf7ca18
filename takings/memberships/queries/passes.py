"""Whose pass it is, where it stands, and what was paid for it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from takings.core.errors import NotFound
from takings.invoicing.queries import seller, tax_rates
from takings.memberships.models import MemberMonth, Month, Pass, Step
from takings.memberships.rules import (
    PriceParts,
    charge_due_at,
    may_withdraw_until,
    price_parts,
)
from takings.money import Money
from takings.payments import queries as payments
from takings.payments.models import Payment
from takings.payments.queries import Listed
from takings.payments.rules import TO_CONFIRM, PurposeName, sell
from takings.people.models import User
from takings.policies.queries import pass_rule_at, policy_at, versions

PASS_PURPOSE = PurposeName.PASS
PRODUCT = "premium"
"""Which pools its fees go to."""


class NoSuchPass(NotFound):
    """The person never bought one, or it is somebody else's."""

    code = "no_such_pass"
    sentence = "You have no pass for watching without ads."


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody's pass stands, as the page and the API say it.

    ``price`` is what the next month costs. ``charged_at`` is when the card is charged next, empty
    when it is not; ``declined`` why it was not paid last. Until ``withdraw_until`` the last month
    can be given back.
    """

    runs: bool
    renews: bool
    price: Money
    ends_at: dt.datetime | None = None
    charged_at: dt.datetime | None = None
    declined: str = ""
    withdraw_until: dt.datetime | None = None

    @property
    def is_to_confirm(self) -> bool:
        """Its owner can confirm it with their bank on a card page; a card that is tried cannot."""
        return self.declined == TO_CONFIRM


def pass_of(*, user: User) -> Pass:
    """Return somebody's pass. Refuses: NoSuchPass."""
    found = Pass.objects.select_related("user").filter(user=user).first()
    if found is None:
        raise NoSuchPass
    return found


def pass_of_subject(subject: str) -> Pass:
    """Return the pass of ``pass:<id>``. Refuses: NoSuchPass."""
    kind, _, number = subject.partition(":")
    found = Pass.objects.select_related("user").filter(pk=number) if number.isdigit() else None
    one = found.first() if kind == "pass" and found is not None else None
    if one is None:
        raise NoSuchPass
    return one


def subject_of(one: Pass) -> str:
    """Return under which name payments know a pass."""
    return f"pass:{one.pk}"


def standing_months(one: Pass) -> QuerySet[Month]:
    """Return the months that were paid and not taken back, the earliest first."""
    found = one.months.filter(paid_at__isnull=False, taken_back_at__isnull=True)
    return found.order_by("starts_at", "pk")


def last_month(one: Pass) -> Month | None:
    """Return the last month that stands."""
    return standing_months(one).last()


def tries(one: Pass, *, after: Month) -> QuerySet[Month]:
    """Return each charge of the kept card for the month after this one; none of them stands."""
    assert after.number is not None  # noqa: S101 - it was paid
    found = one.months.filter(began_at=after.began_at, number=after.number + 1)
    return found.filter(attempt__isnull=False).order_by("attempt")


def declined_since(one: Pass) -> Step | None:
    """Return the decline that nothing followed yet."""
    newest = one.steps.last()
    return newest if newest is not None and newest.kind == "declined" else None


def standing(*, user: User, at: dt.datetime) -> Standing:
    """Return where somebody's pass stands; without one, what it costs. Refuses: NoPolicyCovers."""
    rule = pass_rule_at(at=at)
    one = Pass.objects.filter(user=user).first()
    last = last_month(one) if one is not None else None
    if one is None or last is None or not one.runs(at=at):
        declined = declined_since(one) if one is not None else None
        return Standing(
            runs=False,
            renews=False,
            price=rule.price_in(user.country),
            ends_at=one.ends_at if one is not None else None,
            declined=declined.why if declined is not None else "",
        )
    assert one.ends_at is not None  # noqa: S101 - it runs
    tried = tries(one, after=last).filter(declined_at__isnull=False).count()
    due = charge_due_at(ends_at=one.ends_at, days_before=rule.charged_days_before, tried=tried)
    declined = declined_since(one)
    return Standing(
        runs=True,
        renews=one.renews and due is not None,
        price=last.price,
        ends_at=one.ends_at,
        charged_at=due if one.renews else None,
        declined=declined.why if declined is not None else "",
        withdraw_until=withdrawal(last, at=at),
    )


def withdrawal(month: Month, *, at: dt.datetime) -> dt.datetime | None:
    """Return until when the whole of a month can still be given back; nothing when it cannot."""
    assert month.number is not None  # noqa: S101 - it was paid
    days = pass_rule_at(at=month.span.starts_at).withdrawal_days
    until = may_withdraw_until(span=month.span, number=month.number, days=days)
    return until if at < until else None


def steps_of(one: Pass) -> list[Step]:
    """Return what happened to a pass, the newest first."""
    return list(one.steps.order_by("-pk"))


def payments_for(one: Pass) -> list[Listed]:
    """Return what was paid for a pass, newest first, with the receipts; not what was left."""
    found = payments.payments_of(purpose=PASS_PURPOSE, subject=subject_of(one))
    return payments.with_receipts(row for row in found if _was_tried(row))


def waiting_accounts(*, user: User) -> frozenset[str]:
    """Return the accounts in which somebody's own fees wait, or waited."""
    passes = Month.objects.filter(ad_free_pass__user=user, paid_at__isnull=False)
    months = MemberMonth.objects.filter(member__user=user, paid_at__isnull=False)
    return frozenset([*(month.account for month in passes), *(month.account for month in months)])


def shared_from() -> dt.datetime:
    """Return from when on the policy shares fees of members."""
    return min(
        version.effective_from
        for version in versions()
        if PRODUCT in version.products and version.products[PRODUCT].method == "user_centric"
    )


def parts_of_price(*, user: User, at: dt.datetime) -> PriceParts:
    """Return who gets what of a month's price, by the taxes and the policy of the day."""
    price = standing(user=user, at=at).price
    sold = sell(
        customer=payments.person(user),
        product="digital",
        seller=seller().party.country,
        rates=tax_rates(),
        day=at.astimezone(dt.UTC).date(),
    )
    rule = policy_at(at=max(at, shared_from())).rule_of(PRODUCT)
    return price_parts(price=price, tax=sold.tax(price), creator_share=rule.creator_share)


def _was_tried(payment: Payment) -> bool:
    return payment.status not in {"created", "started", "cancelled"}
