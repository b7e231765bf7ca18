"""What days that are over earned: their part of a member's fee becomes the creator's; and back.

Day by day, not when it is paid: whoever leaves gets days back that were nobody's yet, and what a
creator was paid stays theirs. What is taken back later than that waits again first.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import F

from takings.core import ids
from takings.core.errors import Refusal
from takings.ledger.actions import post
from takings.ledger.queries import available, balance
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.memberships.models import MemberEarning, MemberMonth
from takings.memberships.queries.fans.earnings import earned_parts, rate_of
from takings.memberships.queries.fans.members import (
    month_of_payment,
    subject_of_member,
    withdraw_until,
)
from takings.memberships.rules import Part, next_part
from takings.memberships.rules.fees import Cut, cuts, earn_transfers, paid_span
from takings.money import Money
from takings.payments.models import Payment
from takings.payments.queries import Sale, open_refund_holds, parts_of, refunding
from takings.payments.rules import targets
from takings.policies.queries import policy_at
from takings.policies.rules import MEMBERSHIPS
from takings.settlement.actions import earn_directly, take_directly
from takings.settlement.queries import open_period
from takings.settlement.rules import Earning, PoolKey, direct_share

DAY = dt.timedelta(days=1)
WHY = "a member's fee was taken back"


def earn_memberships(*, at: dt.datetime) -> int:
    """Let creators have what the days of every month earned that are over; return how many parts.

    Repeatable. A month that can still be given back whole, or of which a refund is asked for,
    waits. One that cannot be earned holds up no other; the refusal comes when all are done.
    """
    found = MemberMonth.objects.filter(paid_at__isnull=False, taken_back_at__isnull=True)
    waiting = found.filter(earned_until__lt=F("ends_at__date")).order_by("pk")
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
    """Earn the next part, if its days are over.

    The payment is locked, as by whoever gives it back: what waits does not change meanwhile.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=month_id)
    month = month_of_payment(month_id)
    span = paid_span(month.span, left_at=month.left_at)
    last = span.ends_at.astimezone(dt.UTC).date()
    assert month.earned_until is not None  # noqa: S101 - it was paid
    if month.taken_back_at or month.earned_until >= last or refunding(payment):
        return False
    part = next_part(
        span=span,
        earned_until=month.earned_until,
        waiting=balance(name=month.account, currency=month.currency),
        shares_from=span.starts_at,
        kept_until=withdraw_until(month, at=span.starts_at) or span.starts_at,
    )
    if at < part.due_at:
        return False
    if part.amount:  # else nothing but tax is left of what was given back
        _earn_part(month, part, at=at)
    month.earned_until = part.until
    month.save(update_fields=["earned_until"])
    return True


def _earn_part(month: MemberMonth, part: Part, *, at: dt.datetime) -> None:
    assert month.earned_until is not None  # noqa: S101 - it was paid
    row = MemberEarning(
        entry_id=ids.derived("membership_earned", month.pk, month.earnings.count()),
        month=month,
        since=month.earned_until,
        day=part.until - DAY,
        period=open_period(at=part.of).name,
        total_micros=part.amount.micros,
        share_micros=direct_share(part.amount, rate=rate_of(month)).micros,
        earned_at=at,
    )
    share = Money(row.share_micros, month.currency)
    moves = earn_transfers(
        account=month.account,
        creator_id=month.member.creator_id,
        total=part.amount,
        share=share,
    )
    memo = f"Days of a member of {month.member.creator} are over"
    post(drafts=[_entry(row, moves, memo=memo)], at=at)
    row.save(force_insert=True)
    earn_directly(earnings=[(row.entry_id, _earning(row, part.amount, share))], at=at)


def unearn_membership(sale: Sale, *, taken: Money, at: dt.datetime) -> None:
    """Let so much of a month wait again that ``taken`` of its payment in all can be taken back.

    Until the close of their period creator and platform give each their part; after it the platform
    gives all, and the next correction takes the creator's. Payments call it with the payment
    locked. Refuses: PeriodIsBeingClosed.
    """
    month, payment = month_of_payment(sale.payment_id), Payment.objects.get(pk=sale.payment_id)
    missing = _missing(month, payment, taken=taken)
    found = cuts(earned_parts(month), missing=missing, rate=rate_of(month))
    for cut in found:
        _unearn(month, cut, at=at)
    if found:
        month.earned_until = min(cut.part.since for cut in found)
        month.save(update_fields=["earned_until"])


def _missing(month: MemberMonth, payment: Payment, *, taken: Money) -> Money:
    """Return what does not wait and should: what is to be taken, less what is there or was."""
    parts = parts_of(payment)
    aim = targets(shares=[part.share for part in parts], taken=taken)[month.account]
    [before] = [part.taken for part in parts if part.share.account == month.account]
    held = [row for row in open_refund_holds(payment) if row.account == month.account]
    there = available(name=month.account, currency=month.currency)
    there += Money(sum(row.amount_micros for row in held), month.currency)
    return max(aim - before - there, Money.zero(month.currency))


def _unearn(month: MemberMonth, cut: Cut, *, at: dt.datetime) -> None:
    earned = MemberEarning.objects.get(pk=cut.part.entry_id)
    row = MemberEarning(
        entry_id=ids.derived("membership_unearned", earned.pk, earned.taken.count()),
        month=month,
        takes=earned,
        since=earned.since,
        day=earned.day,
        period=earned.period,
        total_micros=cut.total.micros,
        share_micros=cut.share.micros,
        earned_at=at,
    )
    given = take_directly(
        entry_id=row.entry_id, earning=_earning(row, cut.total, cut.share), why=WHY, at=at
    )
    moves = tuple(TransferDraft(name, month.account, amount) for name, amount in given.items())
    memo = f"A fee of a member of {month.member.creator} waits again"
    post(drafts=[_entry(row, moves, memo=memo)], at=at)
    row.save(force_insert=True)


def _earning(row: MemberEarning, total: Money, share: Money) -> Earning:
    month = row.month
    return Earning(
        key=PoolKey(row.period, month.country, month.currency, MEMBERSHIPS),
        creator_id=month.member.creator_id,
        video_id=None,
        day=row.day,
        count=1,
        total=total,
        share=share,
    )


def _entry(row: MemberEarning, moves: tuple[TransferDraft, ...], *, memo: str) -> EntryDraft:
    return EntryDraft(
        id=row.entry_id,
        kind="membership_unearned" if row.takes_id else "membership_earned",
        reference=subject_of_member(row.month.member),
        policy_version=policy_at(at=row.earned_at).version,
        occurred_at=row.earned_at,
        memo=memo,
        transfers=moves,
    )
