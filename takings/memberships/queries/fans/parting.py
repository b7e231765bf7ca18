"""What goes back to who leaves."""

import datetime as dt

from takings.memberships.models import MemberMonth
from takings.memberships.queries.fans.members import withdraw_until
from takings.memberships.rules.tiers import days_left, days_of, part_of_price
from takings.money import Money
from takings.payments.models import Payment
from takings.payments.queries import refunding, standing_of


def back_for(month: MemberMonth, *, at: dt.datetime) -> Money:
    """Return what of a month goes back to who leaves now: no more than is not back yet.

    All of it in the first days; then the days that are whole and to come.
    """
    payment = Payment.objects.get(pk=month.pk)
    left = standing_of(payment).refundable - refunding(payment)
    if withdraw_until(month, at=at) is not None:
        return left
    days, of = days_left(month.span, at=at), days_of(month.span)
    return min(left, part_of_price(month.price, days=days, of=of))
