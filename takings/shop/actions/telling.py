"""Letters: what happened to a parcel, told to whoever did not do it."""

from django.urls import reverse

from takings.people.actions.letters import send_letter
from takings.shop.models import Step

EARNED = "Nobody may send it back any more; it is earned"


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
        }
        send_letter(
            address=user.email,
            subject=f"{parcel.order}: {step.words}",
            letter="shop/letters/step.txt",
            told=said,
            page=pages[user],
        )
    return len(told)
