"""Letters to owners of passes."""

import datetime as dt
from uuid import UUID

from django.urls import reverse

from takings.memberships import queries
from takings.memberships.models import Month
from takings.people.actions.letters import send_letter


def tell_declined(*, month_id: UUID, at: dt.datetime) -> bool:
    """Write that a card was declined, until when the pass holds and what to do; tell if so.

    Not to who paid by another card, or let the pass end, meanwhile. A job killed right after the
    letter sends another one: twice is better than never.
    """
    month = Month.objects.select_related("ad_free_pass__user").get(pk=month_id)
    one = month.ad_free_pass
    standing = queries.standing(user=one.user, at=at)
    if not (standing.runs and one.renews and standing.declined):
        return False
    send_letter(
        address=one.user.email,
        subject="Your card was declined: your pass for watching without ads",
        letter="memberships/letters/declined.txt",
        told={"user": one.user, "price": month.price, "standing": standing},
        page=reverse("memberships:own"),
    )
    return True
