"""An advertiser's money lent to ad servers and given back, of many line items at once.

What one server asks for is one transaction, however many line items it is about: locks in one
order, two calls to the books.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from takings.ads import queries
from takings.ads.actions.locks import lock_campaigns
from takings.ads.models import Campaign, Lease, LineItem, Status
from takings.ads.rules.leases import LEASE_LIFE, SHIPPING_MARGIN, lease_size, may_be_closed
from takings.ads.rules.schedule import day_around
from takings.ads.rules.tokens import Decision
from takings.core import ids
from takings.core.errors import Conflict
from takings.ledger.actions import post, post_each
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.policies.queries import policy_at

BUDGET = "budget"
"""What holds a lease for one decision: no ad server, the charge itself."""


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


Refused = NotRunning | NothingLeft


def lease_budget(*, line_item_id: UUID, request: LeaseRequest, at: dt.datetime) -> Lease:
    """Lend an ad server part of one line item's budget; see :func:`lease_budgets`.

    Refuses: NotRunning, NothingLeft.
    """
    lease = lease_budgets(requests={line_item_id: request}, at=at)[line_item_id]
    if isinstance(lease, Lease):
        return lease
    raise lease


@transaction.atomic
def lease_budgets(
    *, requests: Mapping[UUID, LeaseRequest], at: dt.datetime
) -> dict[UUID, Lease | Refused]:
    """Lend an ad server parts of the budgets of line items: ``prepaid → reserved``.

    The same request again returns the same lease. The locks make K servers queue, so together they
    never hold more than a line item's budget, its day's or the campaign's; the books' floor keeps
    it within the prepaid. Each is answered for itself, with a lease, NotRunning or NothingLeft; one
    that pays for conversions only learns that there is money for one: its lease holds nothing. Nor
    does that of one which is free.
    """
    if not requests:
        return {}
    book = _Book.locked(item_ids=requests, at=at)
    known = Lease.objects.in_bulk([one.id for one in requests.values()])
    answers = {
        item_id: known.get(request.id) or book.lend(book.items[item_id], request)
        for item_id, request in requests.items()
    }
    return answers | book.write_lent()


def lend_price(*, line_item_id: UUID, decision: Decision, at: dt.datetime) -> EntryDraft:
    """Lend the price of one decision out of what nobody holds; return the entry, to be posted.

    Inside the transaction that charges it: no server ever decides on this lease, and it need not
    run any more. The campaign's lock is held, and there is enough.
    """
    book = _Book.locked(item_ids=[line_item_id], at=at)
    memo = "The lease of this ad had too little left: its budget pays"
    return book.lend_now(book.items[line_item_id], decision, memo=memo)


@transaction.atomic
def renew_lease(*, lease_id: UUID, at: dt.datetime) -> Lease:
    """Let a server keep a lease it has promised nothing of; no money moves.

    Refuses: NotRunning, also when the lease was closed meanwhile, or is of a day that is over.
    """
    book = _Book.locked(lease_ids=[lease_id], at=at)
    lease = book.leases[lease_id]
    if not book.renew(lease):
        raise NotRunning
    book.write()
    return lease


def retire_lease(*, lease_id: UUID, promised: Money, at: dt.datetime) -> None:
    """Take one lease back from its server; see :func:`settle_leases`."""
    settle_leases(idle=(), finished={lease_id: promised}, at=at)


@transaction.atomic
def settle_leases(
    *, idle: Collection[UUID], finished: Mapping[UUID, Money], at: dt.datetime
) -> list[Lease]:
    """Renew a server's ``idle`` leases, of which it promised nothing, and return those renewed.

    One that cannot be renewed, and each that is ``finished``, is taken back: all but what it
    promised returns to the advertiser. What was promised (decided, perhaps not yet seen) stays
    reserved until no beacon can come; of rare events more may have been charged already than was
    promised. Doing it twice is doing it once.
    """
    if not idle and not finished:
        return []
    book = _Book.locked(lease_ids={*idle, *finished}, at=at)
    renewed = [book.leases[one] for one in sorted(idle) if book.renew(book.leases[one])]
    kept = {lease.pk for lease in renewed}
    for lease in book.leases.values():
        if lease.pk not in kept and lease.closed_at is None:
            promised = finished[lease.pk].micros if lease.pk in finished else 0
            lease.expires_at = min(lease.expires_at, at)
            spare = lease.amount_micros - lease.returned_micros - promised
            book.give_back(lease, micros=min(spare, lease.room_micros), part="unpromised")
    book.write()
    return renewed


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


@transaction.atomic
def _close_lease(lease_id: UUID, *, token_ttl_s: int, at: dt.datetime) -> bool:
    book = _Book.locked(lease_ids=[lease_id], at=at)
    lease = book.leases[lease_id]
    is_due = may_be_closed(expires_at=lease.expires_at, token_ttl_s=token_ttl_s, at=at)
    if lease.closed_at is not None or not is_due:
        return False
    book.give_back(lease, micros=lease.room_micros, part="rest")
    book.write()
    return True


@dataclass(slots=True)
class _Book:
    """Line items and leases whose campaigns are locked, and what is to be written of them."""

    at: dt.datetime
    items: dict[UUID, LineItem]
    leases: dict[UUID, Lease]
    prepaid: dict[int, Money]
    lent: list[Lease] = field(default_factory=list)
    drafts: list[EntryDraft] = field(default_factory=list)

    @classmethod
    def locked(
        cls, *, at: dt.datetime, item_ids: Iterable[UUID] = (), lease_ids: Iterable[UUID] = ()
    ) -> "_Book":
        """Lock the campaigns of all of these, then the leases, and read them as they are now."""
        leased = Lease.objects.filter(pk__in=list(lease_ids))
        of_leases = leased.values_list("line_item_id", flat=True)
        items = LineItem.objects.filter(pk__in={*item_ids, *of_leases})
        campaigns = lock_campaigns(items.values_list("campaign_id", flat=True))
        book = cls(at, items.in_bulk(), {}, {})
        for item in book.items.values():
            item.campaign = campaigns[item.campaign_id]  # one object: each counts for the others
        for lease in leased.order_by("pk").select_for_update(no_key=True):
            lease.line_item = book.items[lease.line_item_id]
            book.leases[lease.pk] = lease
        return book

    def lend(self, item: LineItem, request: LeaseRequest) -> Lease | Refused:
        """Set aside what a server may have of a line item now."""
        if not self._runs(item) or self.at < item.starts_at:
            return NotRunning()
        amount = Money.zero(item.campaign.currency)
        if item.event_price:
            affordable = self._affordable(item, used_before=request.used_before)
            if not affordable:
                return NothingLeft()
            amount = affordable if item.held_price else amount
        lease = Lease(
            id=request.id,
            campaign=item.campaign,
            line_item=item,
            server=request.server,
            amount_micros=amount.micros,
            leased_at=self.at,
            expires_at=self._expiry(item),
        )
        if amount:
            _commit(item, micros=amount.micros)
            self.prepaid[item.campaign.brand_id] -= amount
        self.lent.append(lease)
        return lease

    def _affordable(self, item: LineItem, *, used_before: int) -> Money:
        """Return how much a server may have of what nobody holds; nothing where it buys nothing."""
        campaign = item.campaign
        if not self.prepaid:
            self.prepaid = queries.prepaid_by_brand(currency=campaign.currency)
        nothing = Money.zero(campaign.currency)
        left = min(item.left, self.prepaid.get(campaign.brand_id, nothing))
        today = queries.left_today(item=item, at=self.at)
        left = left if today is None else min(left, today)
        return lease_size(price=item.event_price, left=left, used_before=used_before)

    def lend_now(self, item: LineItem, decision: Decision, *, memo: str) -> EntryDraft:
        """Write down a lease for one decision alone, and return its entry."""
        lease = Lease.objects.create(
            id=decision.decision_id,
            campaign=item.campaign,
            line_item=item,
            server=BUDGET,
            amount_micros=decision.price.micros,
            leased_at=self.at,
            expires_at=self.at,
        )
        _commit(item, micros=lease.amount_micros)
        self._write_committed()
        entry_id = ids.derived("budget_leased", lease.pk)
        return self._entry(lease, entry_id, memo=memo, micros=lease.amount_micros)

    def write_lent(self) -> dict[UUID, Refused]:
        """Reserve the money and write the leases; return whose money just went elsewhere."""
        paid = [lease for lease in self.lent if lease.amount_micros]
        posted = post_each(groups=[[self._draft(lease)] for lease in paid], at=self.at)
        stands_of = {
            lease.pk: one.outcome.stands for lease, [one] in zip(paid, posted, strict=True)
        }
        judged = [(lease, stands_of.get(lease.pk, True)) for lease in self.lent]
        Lease.objects.bulk_create(lease for lease, stands in judged if stands)
        for lease, stands in judged:
            _commit(lease.line_item, micros=0 if stands else -lease.amount_micros)
        self._write_committed()
        return {lease.line_item_id: NothingLeft() for lease, stands in judged if not stands}

    def renew(self, lease: Lease) -> bool:
        """Prolong a lease if its line item still runs, and its day is not over."""
        item = lease.line_item
        runs = self._runs(item)
        if item.daily_budget is not None:
            runs = runs and lease.leased_at >= day_around(self.at, time_zone=item.time_zone)[0]
        if lease.closed_at is not None or not runs:
            return False
        lease.expires_at = self._expiry(item)
        return True

    def give_back(self, lease: Lease, *, micros: int, part: str) -> None:
        """Return some of a lease to the advertiser; one that holds nothing any more is closed."""
        if micros > 0:
            lease.returned_micros += micros
            _commit(lease.line_item, micros=-micros)
            entry_id = ids.derived("budget_returned", lease.pk, part)
            memo = f"Ad server {lease.server} did not need it"
            self.drafts.append(self._entry(lease, entry_id, memo=memo, micros=-micros))
        if lease.room_micros == 0:
            lease.closed_at = self.at

    def write(self) -> None:
        """Write the leases as they became, and post what was given back."""
        fields = ["returned_micros", "expires_at", "closed_at"]
        Lease.objects.bulk_update(self.leases.values(), fields)
        self._write_committed()
        post(drafts=self.drafts, at=self.at)

    def _write_committed(self) -> None:
        campaigns = {item.campaign_id: item.campaign for item in self.items.values()}
        Campaign.objects.bulk_update(campaigns.values(), ["committed_micros"])
        LineItem.objects.bulk_update(self.items.values(), ["committed_micros"])

    def _runs(self, item: LineItem) -> bool:
        """Tell whether a line item may spend until its last day is over."""
        is_on = item.campaign.status == Status.ACTIVE and item.paused_at is None
        return is_on and self.at < item.ends_at

    def _expiry(self, item: LineItem) -> dt.datetime:
        """Return until when a server may decide on a lease: one of a day's ends with the day."""
        if item.daily_budget is None:
            return self.at + LEASE_LIFE
        return min(self.at + LEASE_LIFE, day_around(self.at, time_zone=item.time_zone)[1])

    def _draft(self, lease: Lease) -> EntryDraft:
        until = f"{lease.expires_at:%H:%M:%S} UTC"
        memo = f"Ad server {lease.server} may decide on it until {until}"
        entry_id = ids.derived("budget_leased", lease.pk)
        return self._entry(lease, entry_id, memo=memo, micros=lease.amount_micros)

    def _entry(self, lease: Lease, entry_id: UUID, *, memo: str, micros: int) -> EntryDraft:
        """Return the entry that moves so much from prepaid to reserved, or back (negative)."""
        campaign = lease.line_item.campaign
        accounts = [
            queries.prepaid_account(campaign.brand_id),
            queries.reserved_account(campaign.brand_id),
        ]
        debit, credit = accounts if micros > 0 else reversed(accounts)
        return EntryDraft(
            id=entry_id,
            kind="budget_leased" if micros > 0 else "budget_returned",
            reference=f"campaign:{campaign.pk}",
            policy_version=policy_at(at=self.at).version,
            occurred_at=self.at,
            memo=memo,
            transfers=(TransferDraft(debit, credit, Money(abs(micros), campaign.currency)),),
        )


def _commit(item: LineItem, *, micros: int) -> None:
    """Count what servers hold of a line item and its campaign, or (negative) gave back."""
    for row in (item.campaign, item):
        row.committed_micros += micros
