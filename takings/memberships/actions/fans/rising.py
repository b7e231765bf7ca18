"""A higher tier at once: its owner pays what the days that are left cost more, by the kept card."""

import datetime as dt

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.memberships.actions.fans.joining import order_month
from takings.memberships.actions.fans.keeping import lock_member
from takings.memberships.models import Member, MemberMonth, Tier
from takings.memberships.queries.fans.rising import rises_of
from takings.payments.actions import charge_kept_card
from takings.payments.models import Payment
from takings.payments.rules import Status
from takings.policies.queries import member_rule_at


class CannotRise(Conflict):
    """A membership is lifted into a tier that costs more, while it goes on and days are left."""

    code = "cannot_rise"
    sentence = "This tier cannot begin now; choose it for your next month."


class CardSaidNo(Conflict):
    """Nothing has changed: the month goes on as it is."""

    code = "rise_declined"
    sentence = (
        "Your card was declined, and nothing has changed. You can still change to the tier from "
        "your next month on."
    )


def rise(*, member: Member, tier: Tier, at: dt.datetime) -> Payment:
    """Lift what is left of a member's month into a higher tier; the months after it are of that.

    It begins when the card company says that it is paid; while it is silent, nothing changes.
    Twice at once is once: the payment's id follows from the month and how often it was tried.
    Refuses: CannotRise, CardSaidNo, and what ``charge_kept_card`` refuses.
    """
    month = _order(member.pk, tier, at=at)
    kept_with = month.member.kept_with
    assert kept_with is not None  # noqa: S101 - it renews, so a constraint says so
    payment = charge_kept_card(order=order_month(month), kept_with=kept_with, at=at)
    if payment.status == Status.FAILED:
        raise CardSaidNo
    return payment


@transaction.atomic
def _order(member_id: int, tier: Tier, *, at: dt.datetime) -> MemberMonth:
    """Write down what is to be paid; what was written and not answered is gone on with."""
    member = lock_member(member_id)
    way = next((one for one in rises_of(member, at=at) if one.tier.pk == tier.pk), None)
    if way is None:
        raise CannotRise
    last = way.last
    tried = member.months.filter(is_rest=True, began_at=last.began_at, number=last.number)
    for month in tried.filter(paid_at=None).select_related("member__creator", "member__user"):
        payment = Payment.objects.filter(pk=month.pk).first()
        if payment is None or payment.status != Status.FAILED:
            if month.tier_id != tier.pk:
                raise CannotRise
            return month
    return MemberMonth.objects.create(
        id=ids.derived("a member rises", member.pk, last.began_at, last.number, tried.count()),
        member=member,
        tier=way.tier,
        country=last.country,
        currency=way.price.currency,
        price_micros=way.price.micros,
        list_micros=way.listed.micros,
        rule_version=member_rule_at(at=at).version,
        ordered_at=at,
        is_rest=True,
        began_at=last.began_at,
        number=last.number,
        ends_at=last.ends_at,
    )
