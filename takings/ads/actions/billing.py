"""Who is paid by what is billed: grouped into bills, of which each becomes one entry."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace

from takings.ads.models import LineItem
from takings.ads.queries import reserved_account
from takings.ads.queries.hosts import hosts_of
from takings.ads.rules.direct import INSIDE, Host, Pooled, why_pooled
from takings.ads.rules.judging import Beacon, Known, Verdict
from takings.ads.rules.tokens import NO_VIDEO, Decision
from takings.core import ids
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.policies.queries import policy_at
from takings.policies.rules import WATCH_ADS
from takings.settlement.queries import open_period
from takings.settlement.rules import Earning, PoolKey, direct_parts, direct_share

POOL_PARTS = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One view that is billed; ``share`` of its price is the creator's whose video it was inside.

    Of an ad inside a video without one, ``pooled`` says why.
    """

    beacon: Beacon
    decision: Decision
    share: Money | None = None
    pooled: Pooled | None = None


@dataclass(frozen=True, slots=True, order=True)
class Bill:
    """What one entry is made of: a line item's views in one pool under one policy.

    Or, with a creator, those in one place of a video that pays its creator.
    """

    campaign_id: uuid.UUID
    line_item_id: uuid.UUID
    country: str
    period: str
    policy_version: str
    creator_id: int = 0
    video_id: uuid.UUID = NO_VIDEO
    placement: int = 0

    @property
    def is_direct(self) -> bool:
        """Whether it pays a creator and no pool."""
        return self.creator_id > 0

    def entry_id(self, *, segment: str) -> uuid.UUID:
        """Return the one id of the entry that charges this bill's views of a segment."""
        parts = astuple(self) if self.is_direct else astuple(self)[:POOL_PARTS]
        return ids.derived("ad_charged", *parts, segment)


Bills = dict[Bill, list[Item]]


def bills_of(verdicts: Sequence[Verdict], *, known: Known) -> Bills:
    """Group what is billed by line item, policy, and pool or place in a video; in one order.

    Each decision then names the lease that pays.

    Beacons come in the order of arrival, so a period found for one holds for all until its end.
    """
    billed = [
        (one.beacon, one.decision, one.lease_id)
        for one in verdicts
        if one.decision and one.lease_id
    ]
    inside = [decision for _, decision, _ in billed if decision.placement in INSIDE]
    hosts = hosts_of(
        video_ids={decision.after_video_id for decision in inside},
        days={decision.issued_at.date() for decision in inside},
    )
    bills: Bills = defaultdict(list)
    name, ends_at = "", dt.datetime.min.replace(tzinfo=dt.UTC)
    for beacon, decision, lease_id in billed:
        if beacon.received_at >= ends_at:
            period = open_period(at=beacon.received_at)
            name, ends_at = period.name, period.ends_at
        host = hosts.get(decision.after_video_id)
        bill, item = _billed(beacon, decision, host=host, known=known, period=name)
        bills[bill].append(replace(item, decision=replace(decision, lease_id=lease_id)))
    return dict(sorted(bills.items()))


def _billed(
    beacon: Beacon, decision: Decision, *, host: Host | None, known: Known, period: str
) -> tuple[Bill, Item]:
    """Return the bill of one view, and its part of it."""
    room, policy = known.rooms[decision.lease_id], policy_at(at=decision.issued_at)
    about = (room.campaign_id, room.line_item_id, decision.country, period, policy.version)
    if decision.placement not in INSIDE:
        return Bill(*about), Item(beacon, decision)
    day, brand_id = beacon.happened_at.date(), room.brand_id
    pooled = why_pooled(decision, host=host, brand_id=brand_id, day=day, policy=policy)
    if pooled or host is None:
        return Bill(*about), Item(beacon, decision, pooled=pooled)
    share = direct_share(decision.price, rate=policy.shares[WATCH_ADS])
    bill = Bill(*about, host.creator_id, decision.after_video_id, decision.placement)
    return bill, Item(beacon, decision, share)


def total_of(items: Sequence[Item]) -> Money:
    """Return what the views of a bill cost."""
    first, *others = (item.decision.price for item in items)
    return sum(others, first)


def earnings_of(bill: Bill, items: Sequence[Item]) -> Iterator[Earning]:
    """Return what a bill brings its creator, day by day; nothing if it fills a pool."""
    days: dict[dt.date, list[tuple[Money, Money]]] = defaultdict(list)
    for item in items:
        if item.share is not None:
            days[item.beacon.happened_at.date()].append((item.decision.price, item.share))
    for day, parts in days.items():
        currency = parts[0][0].currency
        yield Earning(
            key=PoolKey(bill.period, bill.country, currency, WATCH_ADS),
            creator_id=bill.creator_id,
            video_id=bill.video_id,
            day=day,
            count=len(parts),
            total=Money(sum(price.micros for price, _ in parts), currency),
            share=Money(sum(share.micros for _, share in parts), currency),
        )


def entry_of(bill: Bill, items: Sequence[Item], *, item: LineItem, segment: str) -> EntryDraft:
    """Return the ``ad_charged`` entry of a bill of this line item."""
    campaign = item.campaign
    total = total_of(items)
    pool = PoolKey(bill.period, bill.country, campaign.currency)
    parts = direct_parts(earnings_of(bill, items)) if bill.is_direct else {pool.account: total}
    where = " inside a video" if bill.is_direct else ""
    return EntryDraft(
        id=bill.entry_id(segment=segment),
        kind="ad_charged",
        reference=f"campaign:{bill.campaign_id}",
        policy_version=bill.policy_version,
        occurred_at=items[-1].beacon.received_at,
        memo=f"{len(items)} {item.kind.word} of “{campaign.name}” in {bill.country}{where}",
        transfers=tuple(
            TransferDraft(reserved_account(campaign.brand_id), account, amount)
            for account, amount in parts.items()
        ),
    )
