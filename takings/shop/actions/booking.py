"""Bringing the books of an order to where it stands; the order's row is locked.

What is to be booked follows from the order alone (:mod:`takings.shop.rules.booking`); this posts
the difference to what is booked. Each change of a line is an entry of its own, for the seller and
for the affiliate, so that settlement can take back each by itself.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from takings.core import ids
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.policies.queries import policy_at
from takings.policies.rules import DIRECT, SHOP
from takings.settlement.actions import earn_directly, take_directly
from takings.settlement.queries import open_period
from takings.settlement.rules import Earning, PoolKey
from takings.shop.models import Order, OrderLine
from takings.shop.queries.orders import lines_of, returned_of
from takings.shop.rules.booking import Booking, Parts, booking_of, spread

REVENUE = DIRECT[SHOP]


@dataclass(slots=True)
class _Book:
    """The entries of one change: what comes back into escrow first, what leaves it last."""

    order: Order
    why: str
    at: dt.datetime
    policy_version: str
    into: list[EntryDraft] = field(default_factory=list)
    out: list[EntryDraft] = field(default_factory=list)

    def earn(self, entry_id: UUID, kind: str, one: Earning, *, memo: str) -> None:
        account = f"creator:{one.creator_id}:pending"
        parts = ((account, one.share), (REVENUE, one.total - one.share))
        moves = [TransferDraft(self.order.account, to, part) for to, part in parts if part]
        self.out.append(self._draft(entry_id, kind, moves, memo=memo))
        earn_directly(earnings=[(entry_id, one)], at=self.at)

    def take(self, entry_id: UUID, kind: str, one: Earning, *, memo: str) -> None:
        given = take_directly(entry_id=entry_id, earning=one, why=self.why, at=self.at)
        moves = [TransferDraft(by, self.order.account, part) for by, part in given.items()]
        self.into.append(self._draft(entry_id, kind, moves, memo=memo))

    def round(self, entry_id: UUID, amount: Money) -> None:
        memo = f"{self.order}: taxes go back in whole payable units"
        if amount > Money.zero(amount.currency):
            move, drafts = TransferDraft(self.order.account, REVENUE, amount), self.out
        else:
            move, drafts = TransferDraft(REVENUE, self.order.account, -amount), self.into
        drafts.append(self._draft(entry_id, "order_rounded", [move], memo=memo))

    def _draft(
        self, entry_id: UUID, kind: str, moves: Iterable[TransferDraft], *, memo: str
    ) -> EntryDraft:
        return EntryDraft(
            id=entry_id,
            kind=kind,
            reference=f"order:{self.order.pk}",
            policy_version=self.policy_version,
            occurred_at=self.at,
            memo=memo,
            transfers=tuple(moves),
        )


def claim(order: Order, amount: Money) -> None:
    """Let at least so much of an order be on its way back to its buyer; never more than all."""
    order.claimed_micros = min(order.amount_micros, max(order.claimed_micros, amount.micros))
    order.save(update_fields=["claimed_micros"])


def earn_lines(order: Order, lines: Iterable[OrderLine]) -> None:
    """Let lines be earned: what was not returned by now is what they are worth from now on."""
    every, returned = lines_of(order), returned_of(order)
    gone = spread([line.state(returned=returned[line.pk]) for line in every], taken=order.claimed)
    for line in lines:
        line.kept_micros = line.gross_micros - gone[line.pk].micros
        line.save(update_fields=["kept_micros"])


def book(order: Order, *, why: str, at: dt.datetime) -> None:
    """Post what changed of an order, by what of it is claimed back and what is earned.

    Again changes nothing. Refuses: PeriodIsBeingClosed.
    """
    lines, returned = lines_of(order), returned_of(order)
    states = [line.state(returned=returned[line.pk]) for line in lines]
    want = booking_of(order.paid, lines=states, taken=order.claimed)
    if not _differs(order, lines, want):
        return
    order.change_count += 1
    made = _Book(order, why, at, policy_at(at=at).version)
    for line in lines:
        _book_line(line, want.lines[line.pk], order=order, made=made)
    rounding = want.rounding - Money(order.rounding_micros, order.currency)
    if rounding:
        made.round(ids.derived("order_rounded", order.pk, order.change_count), rounding)
    order.rounding_micros = want.rounding.micros
    order.save(update_fields=["rounding_micros", "change_count"])
    post(drafts=[*made.into, *made.out], at=at)


def _differs(order: Order, lines: list[OrderLine], want: Booking) -> bool:
    is_booked = all(_booked(line) == want.lines[line.pk] for line in lines)
    return not is_booked or order.rounding_micros != want.rounding.micros


def _booked(line: OrderLine) -> Parts:
    amounts = (line.booked_micros, line.seller_micros, line.affiliate_micros)
    return Parts(*(Money(micros, line.currency) for micros in amounts))


def _book_line(line: OrderLine, want: Parts, *, order: Order, made: _Book) -> None:
    """Post the seller's part of a line, and the affiliate's, as far as they changed."""
    had, parcel, memo = _booked(line), line.parcel, f"{order}: {line}"
    is_given = want.total > had.total
    if is_given and parcel.period != (period := open_period(at=made.at).name):
        parcel.period = period  # what is given again after its close is earned anew
        parcel.earned_on = made.at.astimezone(dt.UTC).date()
        parcel.save(update_fields=["period", "earned_on"])
    total = _apart(want.from_seller, had.from_seller)
    own = line.video_id if line.video and line.video.creator_id == parcel.seller_id else None
    if total:
        share = _apart(want.seller, had.seller)
        one = _earning(line, parcel.seller_id, own, total=total, share=share)
        if is_given:
            entry_id = ids.derived("order_earned", line.pk, order.change_count)
            made.earn(entry_id, "order_earned", one, memo=memo)
        else:
            entry_id = ids.derived("order_returned", line.pk, order.change_count)
            made.take(entry_id, "order_returned", one, memo=memo)
    part = _apart(want.affiliate, had.affiliate)
    if part and line.affiliate_id is not None:
        one = _earning(line, line.affiliate_id, line.video_id, total=part, share=part)
        if is_given:
            entry_id = ids.derived("commission_earned", line.pk, order.change_count)
            made.earn(entry_id, "commission_earned", one, memo=memo)
        else:
            entry_id = ids.derived("commission_returned", line.pk, order.change_count)
            made.take(entry_id, "commission_returned", one, memo=memo)
    line.booked_micros, line.seller_micros = want.total.micros, want.seller.micros
    line.affiliate_micros = want.affiliate.micros
    line.save(update_fields=["booked_micros", "seller_micros", "affiliate_micros"])


def _apart(one: Money, other: Money) -> Money:
    return max(one - other, other - one)


def _earning(
    line: OrderLine, creator_id: int, video_id: UUID | None, *, total: Money, share: Money
) -> Earning:
    """Return one sale, or one that went back, on the line of its day."""
    parcel = line.parcel
    assert parcel.earned_on is not None  # noqa: S101 - only what is earned is booked
    key = PoolKey(parcel.period, parcel.order.country, line.currency, SHOP)
    return Earning(key, creator_id, video_id, parcel.earned_on, 1, total, share)
