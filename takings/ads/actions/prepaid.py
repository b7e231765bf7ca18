"""An advertiser's money: paid in, lent to ad servers, given back; ``charging`` charges it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.ads import queries
from takings.ads.actions.locks import lock_lease, lock_line_item
from takings.ads.models import Deposit, Lease, LineItem, Status
from takings.ads.rules.leases import LEASE_LIFE, SHIPPING_MARGIN, lease_size, may_be_closed
from takings.ads.rules.schedule import day_around
from takings.ads.rules.tokens import Decision
from takings.core import ids
from takings.core.errors import Conflict, Invalid
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.people.actions import record_staff_act
from takings.people.models import Brand, User
from takings.policies.queries import policy_at

BUDGET = "budget"
"""What holds a lease for one decision: no ad server, the charge itself."""


class CurrencyNotSold(Invalid):
    """The platform's pools have one currency; so has everything an advertiser buys."""

    code = "currency_not_sold"
    sentence = "Ads are sold in {sold}, not in {given}."


class DepositIdTaken(Conflict):
    """The id of a deposit is its idempotency key."""

    code = "deposit_id_taken"
    sentence = "A deposit with this id exists and is another one; use a new id."


class NotRunning(Conflict):
    """Only a line item of an active campaign, inside its dates and not paused, spends money."""

    code = "not_running"
    sentence = "This line item does not run now."


class NothingLeft(Conflict):
    """The budget, or the prepaid balance, pays for no further view."""

    code = "nothing_left"
    sentence = "What is left of the budget and the prepaid balance pays for no further view."


@dataclass(frozen=True, slots=True)
class LeaseRequest:
    """An ad server asks for money: under which id, who it is, and how much it used last time."""

    id: UUID
    server: str
    used_before: int = 0


@transaction.atomic
def deposit_prepaid(
    *,
    brand: Brand,
    amount: Money,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Deposit:
    """Take an advertiser's money: ``bank → advertiser:<brand>:prepaid``.

    The same id again with the same brand and amount changes nothing.
    Refuses: DepositIdTaken, CurrencyNotSold, AmountNotPositive.
    """
    deposit, _ = _deposit(brand, amount, id=id, at=at)
    return deposit


@transaction.atomic
def take_deposit(
    *,
    operator: User,
    brand: Brand,
    amount: Money,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    reason: str,
    at: dt.datetime,
) -> Deposit:
    """Write down, as an operator, that an advertiser's money arrived; the act is kept with it.

    Refuses: as :func:`deposit_prepaid`.
    """
    deposit, is_new = _deposit(brand, amount, id=id, at=at)
    if is_new:
        record_staff_act(
            operator=operator,
            act="ads.take_deposit",
            target=f"deposit:{id}",
            reason=reason,
            at=at,
        )
    return deposit


@transaction.atomic
def lease_budget(*, line_item_id: UUID, request: LeaseRequest, at: dt.datetime) -> Lease:
    """Lend an ad server part of a line item's budget: ``prepaid → reserved``.

    The same request again returns the same lease. The lock makes K servers queue, so together they
    never hold more than the line item's budget, its day's or the campaign's; the books' floor keeps
    it within the prepaid. Refuses: NotRunning, NothingLeft, InsufficientFunds.
    """
    item = lock_line_item(line_item_id)
    campaign = item.campaign
    known = Lease.objects.filter(pk=request.id).first()
    if known is not None:
        return known
    if not _runs(item, at=at) or at < item.starts_at:
        raise NotRunning
    left = min(item.left, queries.prepaid(brand_id=campaign.brand_id, currency=campaign.currency))
    today = queries.left_today(item=item, at=at)
    left = left if today is None else min(left, today)
    price = item.event_price
    amount = lease_size(price=price, left=left, used_before=request.used_before)
    if not amount:
        raise NothingLeft
    until = _expiry(item, at=at)
    lease = _lend(item, id=request.id, server=request.server, amount=amount, until=until, at=at)
    memo = f"Ad server {request.server} may decide on it until {lease.expires_at:%H:%M:%S} UTC"
    post(drafts=[_lent(lease, memo=memo, at=at)], at=at)
    return lease


def lend_price(*, line_item_id: UUID, decision: Decision, at: dt.datetime) -> EntryDraft:
    """Lend the price of one decision out of what nobody holds; return the entry, to be posted.

    Inside the transaction that charges it: no server ever decides on this lease, and it need not
    run any more. The campaign's lock is held, and there is enough.
    """
    item = lock_line_item(line_item_id)
    price = decision.price
    lease = _lend(item, id=decision.decision_id, server=BUDGET, amount=price, until=at, at=at)
    return _lent(lease, memo="The lease of this ad had too little left: its budget pays", at=at)


@transaction.atomic
def renew_lease(*, lease_id: UUID, at: dt.datetime) -> Lease:
    """Let a server keep a lease it has promised nothing of; no money moves.

    Refuses: NotRunning, also when the lease was closed meanwhile, or is of a day that is over.
    """
    lease = lock_lease(lease_id)
    item = lease.line_item
    runs = _runs(item, at=at)
    if item.daily_budget is not None:
        runs = runs and lease.leased_at >= day_around(at, time_zone=item.time_zone)[0]
    if lease.closed_at is not None or not runs:
        raise NotRunning
    lease.expires_at = _expiry(item, at=at)
    lease.save(update_fields=["expires_at"])
    return lease


@transaction.atomic
def retire_lease(*, lease_id: UUID, promised: Money, at: dt.datetime) -> None:
    """Take a lease back from its server: all but what it promised returns to the advertiser.

    What was promised (decided, perhaps not yet seen) stays reserved until no beacon can come; of
    rare events more may have been charged already than was promised.
    Doing it twice is doing it once.
    """
    lease = lock_lease(lease_id)
    if lease.closed_at is None:
        spare = lease.amount_micros - lease.returned_micros - promised.micros
        lease.expires_at = min(lease.expires_at, at)
        _give_back(lease, micros=min(spare, lease.room_micros), part="unpromised", at=at)


def return_leases(*, at: dt.datetime) -> int:
    """Close every lease that no beacon can claim any more, and give back its rest; count them.

    A server that died returns nothing by itself: this does it for it.
    """
    ttl_s = policy_at(at=at).ads.token_ttl_s
    oldest = at - dt.timedelta(seconds=ttl_s) - SHIPPING_MARGIN
    due = Lease.objects.filter(closed_at__isnull=True, expires_at__lte=oldest).order_by("pk")
    return sum(
        _close_lease(lease_id, token_ttl_s=ttl_s, at=at)
        for lease_id in due.values_list("pk", flat=True)
    )


def _deposit(
    brand: Brand,
    amount: Money,
    *,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> tuple[Deposit, bool]:
    """Return the deposit, and whether this call made it."""
    sold = policy_at(at=at).currency
    if amount.currency != sold:
        raise CurrencyNotSold(sold=sold, given=amount.currency)
    transfer = TransferDraft("bank", queries.prepaid_account(brand.pk), amount)
    deposit, is_new = Deposit.objects.get_or_create(
        id=id,
        defaults={
            "brand": brand,
            "currency": amount.currency,
            "amount_micros": amount.micros,
            "deposited_at": at,
        },
    )
    if is_new:
        story = _Story(id, "prepaid_received", f"deposit:{id}", f"{brand} paid in advance")
        _post(story, transfer, at=at)
    elif (deposit.brand_id, deposit.amount) != (brand.pk, amount):
        raise DepositIdTaken
    return deposit, is_new


@transaction.atomic
def _close_lease(lease_id: UUID, *, token_ttl_s: int, at: dt.datetime) -> bool:
    lease = lock_lease(lease_id)
    is_due = may_be_closed(expires_at=lease.expires_at, token_ttl_s=token_ttl_s, at=at)
    if lease.closed_at is not None or not is_due:
        return False
    _give_back(lease, micros=lease.room_micros, part="rest", at=at)
    return True


def _runs(item: LineItem, *, at: dt.datetime) -> bool:
    """Tell whether a line item may spend until its last day is over."""
    is_on = item.campaign.status == Status.ACTIVE and item.paused_at is None
    return is_on and at < item.ends_at


def _lend(
    item: LineItem,
    *,
    id: UUID,  # noqa: A002 - the lease's, as the books know it
    server: str,
    amount: Money,
    until: dt.datetime,
    at: dt.datetime,
) -> Lease:
    """Hold part of a line item's budget; its entry is :func:`_lent`."""
    _commit(item, micros=amount.micros)
    return Lease.objects.create(
        id=id,
        campaign=item.campaign,
        line_item=item,
        server=server,
        amount_micros=amount.micros,
        leased_at=at,
        expires_at=until,
    )


def _lent(lease: Lease, *, memo: str, at: dt.datetime) -> EntryDraft:
    """Return the entry that moves the money of a lease: ``prepaid → reserved``."""
    brand_id = lease.campaign.brand_id
    reserve = TransferDraft(
        queries.prepaid_account(brand_id),
        queries.reserved_account(brand_id),
        Money(lease.amount_micros, lease.campaign.currency),
    )
    entry_id = ids.derived("budget_leased", lease.pk)
    story = _Story(entry_id, "budget_leased", f"campaign:{lease.campaign_id}", memo)
    return _drafted(story, reserve, at=at)


def _expiry(item: LineItem, *, at: dt.datetime) -> dt.datetime:
    """Return until when a server may decide on a lease: one of a day's budget ends with the day."""
    if item.daily_budget is None:
        return at + LEASE_LIFE
    return min(at + LEASE_LIFE, day_around(at, time_zone=item.time_zone)[1])


def _commit(item: LineItem, *, micros: int) -> None:
    """Count what servers hold of a line item and its campaign, or (negative) gave back."""
    for row in (item.campaign, item):
        row.committed_micros += micros
        row.save(update_fields=["committed_micros"])


def _give_back(lease: Lease, *, micros: int, part: str, at: dt.datetime) -> None:
    campaign = lease.line_item.campaign
    if micros > 0:
        lease.returned_micros += micros
        _commit(lease.line_item, micros=-micros)
        back = TransferDraft(
            queries.reserved_account(campaign.brand_id),
            queries.prepaid_account(campaign.brand_id),
            Money(micros, campaign.currency),
        )
        memo = f"Ad server {lease.server} did not need it"
        entry_id = ids.derived("budget_returned", lease.pk, part)
        _post(_Story(entry_id, "budget_returned", f"campaign:{campaign.pk}", memo), back, at=at)
    if lease.room_micros == 0:
        lease.closed_at = at
    lease.save(update_fields=["returned_micros", "expires_at", "closed_at"])


@dataclass(frozen=True, slots=True)
class _Story:
    """What an entry tells besides its transfer."""

    entry_id: UUID
    kind: str
    reference: str
    memo: str


def _post(story: _Story, transfer: TransferDraft, *, at: dt.datetime) -> None:
    post(drafts=[_drafted(story, transfer, at=at)], at=at)


def _drafted(story: _Story, transfer: TransferDraft, *, at: dt.datetime) -> EntryDraft:
    return EntryDraft(
        id=story.entry_id,
        kind=story.kind,
        reference=story.reference,
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=story.memo,
        transfers=(transfer,),
    )
