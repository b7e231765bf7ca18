"""Making codes that take something off goods, and ending them."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict
from takings.shop.models import Discount, Shop
from takings.shop.rules.discounts import DiscountDraft


class CodeTaken(Conflict):
    """Buyers type it."""

    code = "discount_code_taken"
    sentence = "You have a code {code} already. What it takes off stays; choose another name."


@transaction.atomic
def make_discount(*, shop: Shop, discount_id: UUID, draft: DiscountDraft) -> Discount:
    """Let a shop have a code; again with the same id changes nothing.

    Refuses: BadCode, BadDiscount, BadSpan, CodeTaken.
    """
    draft.check()
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    known = Discount.objects.filter(pk=discount_id, shop=shop).first()
    if known is not None:
        return known
    if Discount.objects.filter(shop=shop, code=draft.name).exists():
        raise CodeTaken(code=draft.name)
    return Discount.objects.create(
        id=discount_id,
        shop=shop,
        code=draft.name,
        percent_bp=draft.percent_bp,
        amount_micros=None if draft.amount is None else draft.amount.micros,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        most_uses=draft.most_uses,
    )


def stop_discount(*, discount: Discount, at: dt.datetime) -> None:
    """End a code; orders that named it keep their prices. Again changes nothing."""
    Discount.objects.filter(pk=discount.pk, stopped_at=None).update(stopped_at=at)
