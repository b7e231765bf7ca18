"""The way of a parcel: it is sent, it arrives, and when nobody may return it, it is earned."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from takings.core.errors import Conflict, Invalid, Refusal
from takings.payments.models import Payment
from takings.payments.rules import Status
from takings.people.models import Creator, User
from takings.policies.queries import shop_rule
from takings.settlement.queries import open_period
from takings.shop.actions.booking import book, earn_lines
from takings.shop.actions.locking import give_stock, lock_order, lock_parcel, take_step
from takings.shop.actions.returning import agree_by_silence, give_up_late, pay_back
from takings.shop.actions.telling import EARNED
from takings.shop.models import Order, OrderLine, Parcel, ParcelState, Return, ReturnState
from takings.shop.queries.orders import open_return, owed_of
from takings.shop.rules.tracking import read_tracking, refuse

LONGEST_CARRIER, LONGEST_NUMBER = 40, 60


class NotToBeSent(Conflict):
    """Only what is paid and not cancelled is sent, and once."""

    code = "parcel_not_to_be_sent"
    sentence = "This parcel is not waiting to be sent: {state}."


class NotOnItsWay(Conflict):
    """Only what was sent arrives."""

    code = "parcel_not_on_its_way"
    sentence = "This parcel is not on its way: {state}."


class TrackingNeeded(Invalid):
    """The buyer wants to see where it is, and a bank wants to see that it was sent."""

    code = "tracking_needed"
    sentence = "Name the carrier, and the tracking number with up to 60 characters."


@transaction.atomic
def ship_parcel(
    *, parcel: Parcel, carrier: str, tracking: str, by: User, at: dt.datetime
) -> Parcel:
    """Say that a parcel is on its way; the same number again changes nothing.

    Refuses: NotToBeSent, TrackingNeeded.
    """
    carrier, tracking = carrier.strip(), tracking.strip()
    if (
        not (carrier and tracking)
        or len(carrier) > LONGEST_CARRIER
        or len(tracking) > LONGEST_NUMBER
    ):
        raise TrackingNeeded
    one = lock_parcel(parcel.pk)
    if one.state == ParcelState.SHIPPED and (one.carrier, one.tracking) == (carrier, tracking):
        return one
    if one.state != ParcelState.TO_SHIP:
        raise NotToBeSent(state=one.get_state_display().lower())
    one.state, one.carrier, one.tracking = ParcelState.SHIPPED, carrier, tracking
    one.shipped_at, one.due_at = at, at + shop_rule(one.order.rule_version).arrive
    one.save(update_fields=["state", "carrier", "tracking", "shipped_at", "due_at"])
    take_step(one, f"Sent by {carrier}, number {tracking}", at=at, by=by)
    return one


@transaction.atomic
def confirm_arrival(*, parcel: Parcel, at: dt.datetime) -> Parcel:
    """Let the buyer say that it is there; twice is once. Refuses: NotOnItsWay."""
    one = lock_parcel(parcel.pk)
    if one.state in {ParcelState.DELIVERED, ParcelState.EARNED}:
        return one
    if one.state != ParcelState.SHIPPED:
        raise NotOnItsWay(state=one.get_state_display().lower())
    _arrive(one, words="The buyer has it", at=at, by=one.order.buyer)
    return one


def run_parcels(*, at: dt.datetime) -> int:
    """Do what is due by the clock, and say how much it was. Again changes nothing."""
    unpaid = Order.objects.filter(paid_at=None, released_at=None, reserved_until__lte=at)
    silent = Return.objects.filter(state=ReturnState.ASKED, answer_by__lte=at)
    done = sum(_release(pk, at=at) for pk in _keys(unpaid.order_by("reserved_until", "pk")))
    done += sum(agree_by_silence(return_id=pk, at=at) for pk in _keys(silent.order_by("pk")))
    for pk in _keys(Parcel.objects.filter(due_at__lte=at).order_by("due_at", "pk")):
        done += give_up_late(parcel_id=pk, at=at) or _go_on(pk, at=at)
    claims = Order.objects.filter(claimed_micros__gt=F("taken_micros")).order_by("pk")
    done += sum(_forget_claim(pk, at=at) for pk in _keys(claims))
    agreed = Return.objects.filter(state=ReturnState.AGREED, refunded_at=None).order_by("agreed_at")
    return done + sum(pay_back(return_id=pk, at=at) for pk in _keys(agreed))


def _keys(found: QuerySet[Order] | QuerySet[Parcel] | QuerySet[Return]) -> list[UUID]:
    return list(found.values_list("pk", flat=True))


@transaction.atomic
def _release(order_id: UUID, *, at: dt.datetime) -> bool:
    """Give back the pieces that were kept for a payment which did not come in time."""
    order = lock_order(order_id)
    if order.paid_at is not None or order.released_at is not None:
        return False
    lines = OrderLine.objects.filter(parcel__order=order, variant__isnull=False)
    give_stock(dict(lines.values_list("variant_id", "quantity")))
    order.released_at = at
    order.save(update_fields=["released_at"])
    return True


@transaction.atomic
def _forget_claim(order_id: UUID, *, at: dt.datetime) -> bool:
    """Let be earned again what was to go back and does not: the card company refused a refund."""
    order = lock_order(order_id)
    owed = owed_of(order)
    if owed >= order.claimed:
        return False
    order.claimed_micros = owed.micros
    order.save(update_fields=["claimed_micros"])
    book(order, why=EARNED, at=at)
    return True


@transaction.atomic
def _go_on(parcel_id: UUID, *, at: dt.datetime) -> bool:
    """Let what was sent arrive, and what arrived be earned."""
    one = lock_parcel(parcel_id)
    if one.due_at is None or at < one.due_at:
        return False
    if one.state == ParcelState.SHIPPED:
        _arrive(one, words="It counts as arrived", at=at)
        return True
    if one.state != ParcelState.DELIVERED or open_return(one) is not None:
        return False
    if Payment.objects.get(pk=one.order_id).status == Status.DISPUTED:
        return False
    one.state, one.due_at = ParcelState.EARNED, None
    one.period, one.earned_on = open_period(at=at).name, at.astimezone(dt.UTC).date()
    one.save(update_fields=["state", "due_at", "period", "earned_on"])
    earn_lines(one.order, one.lines.select_related("parcel__order"))
    book(one.order, why=EARNED, at=at)
    take_step(one, EARNED, at=at)
    return True


def _arrive(one: Parcel, *, words: str, at: dt.datetime, by: User | None = None) -> None:
    one.state, one.delivered_at = ParcelState.DELIVERED, at
    one.due_at = at + shop_rule(one.order.rule_version).back
    one.save(update_fields=["state", "delivered_at", "due_at"])
    take_step(one, words, at=at, by=by)


@transaction.atomic
def ship_by_file(*, seller: Creator, content: bytes, at: dt.datetime) -> int:
    """Say of all parcels in a file that they are on their way, or of none; return how many.

    Lines without a number are passed over. Refuses: BadTrackingFile.
    """
    sent, wrong = read_tracking(content), list[str]()
    parcels = Parcel.objects.filter(seller=seller, order__paid_at__isnull=False).in_bulk(
        [one.parcel_id for one in sent]
    )
    for one in sorted(sent, key=lambda one: str(one.parcel_id)):
        parcel = parcels.get(one.parcel_id)
        if parcel is None:
            wrong.append(f"Line {one.number}: you have no such parcel.")
            continue
        try:
            with transaction.atomic():
                ship_parcel(
                    parcel=parcel,
                    carrier=one.carrier,
                    tracking=one.tracking,
                    by=seller.user,
                    at=at,
                )
        except Refusal as refusal:
            wrong.append(f"Line {one.number}: {refusal}")
    refuse(wrong)
    return len(sent)
