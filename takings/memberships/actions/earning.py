"""What days that are over earned: their part of the fee goes into the pool of their period."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import F

from takings.core import ids
from takings.core.errors import Refusal
from takings.ledger.queries import balance
from takings.memberships.models import Month
from takings.memberships.queries import PRODUCT, shared_from, withdrawal
from takings.memberships.rules import next_part
from takings.payments.models import Payment
from takings.payments.queries import refunding
from takings.settlement.actions import Fee, add_pool_fee


def earn_fees(*, at: dt.datetime) -> int:
    """Share what the days of every month earned that are over; return how many parts. Repeatable.

    A month that can still be given back, or of which a refund is asked for, waits. One that cannot
    be shared holds up no other; the refusal comes when all are done.
    """
    found = Month.objects.filter(paid_at__isnull=False, taken_back_at__isnull=True)
    days = F("ends_at__date")
    waiting = found.filter(earned_until__lt=days).order_by("pk")
    count, failed = 0, list[Refusal]()
    for month_id in waiting.values_list("pk", flat=True):
        try:
            while _earn(month_id, at=at):
                count += 1
        except Refusal as refusal:
            failed.append(refusal)
    if failed:
        raise failed[0]
    return count


@transaction.atomic
def _earn(month_id: UUID, *, at: dt.datetime) -> bool:
    """Share the next part, if its days are over.

    The payment is locked, as by whoever gives it back: what waits does not change meanwhile.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=month_id)
    month = Month.objects.select_related("ad_free_pass__user").get(pk=month_id)
    last = month.span.ends_at.astimezone(dt.UTC).date()
    assert month.earned_until is not None  # noqa: S101 - it was paid
    if month.taken_back_at or month.earned_until >= last or refunding(payment):
        return False
    part = next_part(
        span=month.span,
        earned_until=month.earned_until,
        waiting=balance(name=month.account, currency=month.currency),
        shares_from=shared_from(),
        kept_until=withdrawal(month, at=month.span.starts_at) or month.span.starts_at,
    )
    if at < part.due_at:
        return False
    if part.amount:  # else nothing but tax is left of what was given back
        fee = Fee(
            product=PRODUCT,
            country=month.country,
            viewer_id=month.ad_free_pass.user.viewer_id,
            source=month.account,
            amount=part.amount,
        )
        key = ids.derived("days without ads are over", month.pk, month.earned_until)
        add_pool_fee(fee=fee, id=key, at=at, of=part.of)
    month.earned_until = part.until
    month.earned_micros += part.amount.micros
    month.save(update_fields=["earned_until", "earned_micros"])
    return True
