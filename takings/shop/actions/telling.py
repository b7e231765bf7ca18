"""Letters: what happened to a parcel, told to whoever did not do it."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from takings.shop.models import Step

EARNED = "Nobody may send it back any more; it is earned"
LONGEST_SUBJECT = 120


def tell_step(*, step_id: int) -> int:
    """Write to buyer and seller what happened to a parcel; return to how many.

    Nobody is told what they did. That it is earned is nothing to its buyer. A job killed right
    after the letter sends another one: twice is better than never.
    """
    found = Step.objects.select_related("parcel__order__buyer", "parcel__seller__user")
    step = found.get(pk=step_id)
    parcel = step.parcel
    buyer, seller = parcel.order.buyer, parcel.seller.user
    pages = {
        buyer: reverse("shop:order", args=[parcel.order_id]),
        seller: reverse("shop:parcel", args=[parcel.pk]),
    }
    told = [one for one in pages if one.pk != step.by_id]
    if step.words == EARNED:
        told = [seller]
    for user in told:
        said = {
            "user": user,
            "step": step,
            "parcel": parcel,
            "lines": parcel.lines.filter(variant__isnull=False),
            "is_buyer": user == buyer,
            "link": f"{settings.PUBLIC_URL}{pages[user]}",
        }
        send_mail(
            subject=f"{parcel.order}: {step.words}"[:LONGEST_SUBJECT],
            message=render_to_string("shop/letters/step.txt", said),
            from_email=None,
            recipient_list=[user.email],
        )
    return len(told)
