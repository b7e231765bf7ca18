"""Batches and payouts as they stand, for those who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, QuerySet, Sum

from takings.core.errors import NotFound
from takings.money import Money, Rate
from takings.payouts.models import Batch, BatchOrder, DraftOrder, Line, Omission, Payout
from takings.people.models import Creator
from takings.people.queries import Visitor, access_operator, access_own_creator
from takings.settlement.models import Statement

NEWEST = 50
BANK = "bank"


class NoSuchBatch(NotFound):
    """No batch has this id."""

    code = "no_such_batch"
    sentence = "There is no such batch."


class NoSuchPayout(NotFound):
    """No payout has this id, or it is somebody else's."""

    code = "no_such_payout"
    sentence = "There is no such payout of yours."


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a payout in words: its statement's month, or what it was instead."""

    period: str
    amount: Money
    worth: Money


@dataclass(frozen=True, slots=True)
class TaxRow:
    """What was withheld of a payout for one jurisdiction, and how it comes about."""

    jurisdiction: str
    reason: str
    base: Money
    rate: Rate
    amount: Money


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A balance that was changed into the currency paid, and its entry."""

    entry_id: UUID
    amount: Money
    worth: Money
    rate: str


@dataclass(frozen=True, slots=True)
class StateTotal:
    """The payouts of a batch that stand at one state, go by one kind of file, in one currency."""

    state: str
    rail: str
    count: int
    net: Money
    withheld: Money


def batch(*, batch_id: UUID) -> Batch:
    """Return a batch. Refuses: NoSuchBatch."""
    found = Batch.objects.select_related("drafted_by", "approved_by").filter(pk=batch_id).first()
    if found is None:
        raise NoSuchBatch
    return found


def access_batch(*, user: Visitor, batch_id: UUID) -> Batch:
    """Return a batch to an operator. Refuses: OperatorsOnly, NoSuchBatch."""
    access_operator(user=user)
    return batch(batch_id=batch_id)


def draft_order(*, batch_id: UUID) -> DraftOrder | None:
    """Return the order to draft a batch that does not stand yet, if there is one."""
    is_drafted = Batch.objects.filter(pk=batch_id)
    return DraftOrder.objects.filter(~Exists(is_drafted), pk=batch_id).first()


def batches(*, limit: int = NEWEST) -> list[Batch]:
    """Return the newest batches, each with ``payout_count``."""
    rows = Batch.objects.select_related("drafted_by", "approved_by")
    counted = rows.annotate(payout_count=Count("payouts"))
    return list(counted.order_by("-drafted_at", "-pk")[:limit])


def newest_order(found: Batch) -> BatchOrder | None:
    """Return the newest order to pay a batch, if it was ordered."""
    return found.orders.select_related("ordered_by").last()


def totals_of(found: Batch) -> list[StateTotal]:
    """Return the sums of a batch by state, kind of file and currency."""
    rows = found.payouts.values_list("state", "rail", "currency").annotate(
        count=Count("pk"), net_sum=Sum("net_micros"), withheld_sum=Sum("withheld_micros")
    )
    return [
        StateTotal(state, rail, count, Money(net, code), Money(withheld, code))
        for state, rail, code, count, net, withheld in rows.order_by("state", "rail", "currency")
    ]


def payouts_of_batch(found: Batch) -> QuerySet[Payout]:
    """Return the payouts of a batch, by creator."""
    rows = found.payouts.select_related("creator", "method")
    return rows.order_by("creator__handle", "pk")


def omissions_of(found: Batch) -> QuerySet[Omission]:
    """Return whom a batch leaves out, by reason and creator."""
    return found.omissions.select_related("creator").order_by("reason", "creator__handle")


def payouts_of(*, creator: Creator, limit: int = NEWEST) -> Sequence[Payout]:
    """Return a creator's payouts, newest first."""
    rows = Payout.objects.filter(creator=creator).select_related("method", "batch")
    return list(rows.order_by("-drafted_at", "-pk")[:limit])


def access_payout(*, user: Visitor, payout_id: UUID) -> Payout:
    """Return a payout to its creator, or to an operator. Refuses: NoSuchPayout, NoStudio."""
    rows = Payout.objects.select_related("creator", "method", "batch").filter(pk=payout_id)
    if not getattr(user, "is_staff", False):
        rows = rows.filter(creator=access_own_creator(user=user))
    found = rows.first()
    if found is None:
        raise NoSuchPayout
    return found


def paid_from(payout: Payout) -> str:
    """Return the account of ours that a payout is paid from: the bank's, or a provider's."""
    account = payout.method.account
    return BANK if account is None else f"provider:{account.provider}"


def lines_of(payout: Payout) -> list[LineRow]:
    """Return what a payout consists of, the statements first."""
    rows = payout.lines.select_related("statement__period").order_by("pk")
    return [
        LineRow(
            period=row.statement.period.name if row.statement else "",
            amount=Money(row.amount_micros, row.currency),
            worth=Money(row.worth_micros, payout.currency),
        )
        for row in rows
    ]


def sent_lines_of(*, statement: Statement) -> list[Line]:
    """Return the lines by which payouts took a statement's money along, the first sent first."""
    rows = Line.objects.filter(statement=statement, payout__sent_at__isnull=False)
    return list(rows.select_related("payout__method").order_by("payout__sent_at", "pk"))


def taxes_of(payout: Payout) -> list[TaxRow]:
    """Return what was withheld, by jurisdiction."""
    return [
        TaxRow(
            jurisdiction=row.jurisdiction,
            reason=row.reason,
            base=Money(row.base_micros, payout.currency),
            rate=Rate.of_bp(row.rate_bp),
            amount=Money(row.amount_micros, payout.currency),
        )
        for row in payout.withholdings.order_by("jurisdiction")
    ]


def changes_of(payout: Payout) -> list[ChangeRow]:
    """Return the balances that were changed first."""
    return [
        ChangeRow(
            entry_id=row.entry_id,
            amount=Money(row.amount_micros, row.currency),
            worth=Money(row.worth_micros, payout.currency),
            rate=row.rate_reference,
        )
        for row in payout.conversions.order_by("currency")
    ]
