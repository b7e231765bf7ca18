"""Licence keys: a pool that a seller fills, and from which each piece that is paid gets one.

Whoever takes from a pool, or fills it, holds the row of its variant.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Sum

from takings.core.errors import Conflict
from takings.shop.models import LicenceKey, Order, OrderLine, Variant
from takings.shop.rules.keys import read_keys


class KeyKnown(Conflict):
    """A key that is sold twice opens for one of two."""

    code = "licence_key_known"
    sentence = "Nothing was taken over: “{key}” is in the pool, or was sold, already."


class KeysAreDownloaded(Conflict):
    """What is sent by post has a stock, not keys."""

    code = "keys_are_downloaded"
    sentence = "Only goods that are downloaded have licence keys."


@transaction.atomic
def add_keys(*, variant: Variant, text: str) -> int:
    """Fill the pool of a variant with keys, one a line; return how many. All of them, or none.

    From the first one on its stock is the number of keys that wait.
    Refuses: BadKeys, KeyKnown, KeysAreDownloaded.
    """
    keys = read_keys(text)
    if not variant.product.is_digital:
        raise KeysAreDownloaded
    one = Variant.objects.select_for_update(no_key=True).get(pk=variant.pk)
    known = one.licence_keys.filter(content__in=keys).first()
    if known is not None:
        raise KeyKnown(key=known.content)
    LicenceKey.objects.bulk_create(LicenceKey(variant=one, content=key) for key in keys)
    one.stock, one.has_keys = max(_free(one), 0), True
    one.save(update_fields=["stock", "has_keys"])
    return len(keys)


def give_keys(order: Order, *, at: dt.datetime) -> None:
    """Give each piece of a paid order its key; the order's row is locked, and its stock taken."""
    lines = OrderLine.objects.filter(parcel__order=order, variant__has_keys=True)
    for line in lines.order_by("variant_id", "pk"):
        Variant.objects.select_for_update(no_key=True, of=("self",)).get(lines=line)
        waiting = LicenceKey.objects.filter(variant=line.variant_id, line=None).order_by("pk")
        taken = list(waiting.values_list("pk", flat=True)[: line.quantity])
        LicenceKey.objects.filter(pk__in=taken).update(line=line, given_at=at)


def _free(variant: Variant) -> int:
    """Return how many keys wait for a buyer beyond those for whom somebody is paying."""
    kept = OrderLine.objects.filter(
        variant=variant,
        parcel__order__paid_at__isnull=True,
        parcel__order__released_at__isnull=True,
    )
    wanted = kept.aggregate(sum=Sum("quantity"))["sum"] or 0
    return variant.licence_keys.filter(line=None).count() - int(wanted)
