"""Whoever changes an order holds its row; payments hold theirs first, accounts come last."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db.models import F
from procrastinate.contrib.django import app as jobs

from takings.people.models import User
from takings.shop.models import Order, Parcel, Step, Variant

TELL = "shop.tell_step"


def lock_order(order_id: UUID) -> Order:
    """Return an order as it is once nobody else changes it."""
    return Order.objects.select_for_update(no_key=True).get(pk=order_id)


def lock_parcel(parcel_id: UUID) -> Parcel:
    """Return a parcel as it is once nobody else changes its order."""
    order_id = Parcel.objects.values_list("order_id", flat=True).get(pk=parcel_id)
    order = lock_order(order_id)
    parcel = Parcel.objects.select_related("seller__user", "order__buyer").get(pk=parcel_id)
    parcel.order = order
    return parcel


def take_step(parcel: Parcel, words: str, *, at: dt.datetime, by: User | None = None) -> None:
    """Write down what happened to a parcel, and let letters tell who did not do it."""
    step = Step.objects.create(parcel=parcel, words=words[:400], by=by, at=at)
    jobs.configure_task(TELL, queue="default").defer(step_id=step.pk)


def take_stock(wanted: Mapping[UUID, int]) -> list[Variant]:
    """Take pieces out of the stock, or none of any; return the variants that have too few.

    Their rows are locked in the order of their ids: two carts do not wait for each other.
    """
    rows = Variant.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[*wanted])
    found = list(rows.select_related("product__shop").order_by("pk"))
    short = [one for one in found if one.stock is not None and one.stock < wanted[one.pk]]
    if not short:
        for one in found:
            _move(one, -wanted[one.pk])
    return short


def give_stock(pieces: Mapping[UUID, int]) -> None:
    """Put pieces back into the stock."""
    rows = Variant.objects.select_for_update(no_key=True).filter(pk__in=[*pieces])
    for one in rows.order_by("pk"):
        _move(one, pieces[one.pk])


def _move(variant: Variant, pieces: int) -> None:
    Variant.objects.filter(pk=variant.pk, stock__isnull=False).update(stock=F("stock") + pieces)
