"""Charging: what line items pay for in one segment becomes entries, each decision once."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import F

from takings.ads.actions.billing import Bill, Bills, Item, bills_of, earnings_of, entry_of, total_of
from takings.ads.actions.counting import count_charged
from takings.ads.actions.leasing import lend_price
from takings.ads.actions.payers import BATCH, known_of, parts
from takings.ads.models import (
    BilledImpression,
    Charge,
    ChargedSegment,
    Click,
    Goal,
    Lease,
    LineItem,
    PricedClick,
    RejectedImpression,
)
from takings.ads.queries.keys import key_ring
from takings.ads.rules.judging import (
    Beacon,
    Known,
    Read,
    Reason,
    Verdict,
    find_payer,
    judge,
    left_of,
    read_beacons,
)
from takings.ads.rules.pricing import is_rare
from takings.ads.rules.tokens import Decision, Placement
from takings.core import ids
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft
from takings.money import Money
from takings.people.models import Brand
from takings.policies.queries import policy_at
from takings.policies.rules import AdRule
from takings.settlement.actions import earn_directly

NOBODY = uuid.UUID(int=0)
"""Who clicked is not kept with the click."""


@transaction.atomic
def charge_beacons(*, segment: str, beacons: Iterable[Beacon], at: dt.datetime) -> ChargedSegment:
    """Bill or reject each beacon and post one ``ad_charged`` entry per line item and pool.

    What was seen inside a video that pays its creator has one per place in the video instead. One
    transaction: the mark of the segment, the impressions and the entries stand or fall
    together, so a crash anywhere leaves nothing behind and the next call does it all. The mark is
    written first: a second worker waits there, and then finds the work done.
    """
    mark, is_new = ChargedSegment.objects.get_or_create(name=segment, defaults={"charged_at": at})
    if not is_new:
        return mark
    read = read_beacons(beacons, ring=key_ring())
    known = known_of(
        [decision for _, decision in read if decision],
        rare={decision.lease_id for beacon, decision in read if decision and is_rare(beacon.event)},
        at=at,
    )
    read = _fresh(read)  # under the locks: another segment may bring the same beacons right now
    verdicts = judge(read, known=known, rule_at=_rule_at)
    _settle(verdicts, known=known, mark=mark, at=at)
    return mark


def charge_conversion(*, goal: Goal, order_id: str, click: Click, at: dt.datetime) -> None:
    """Charge the line item that sold a click for an order that followed it, if it pays for those.

    Inside the transaction that counts the order, which is charged once, as is each click. It is a
    segment of its own, takes what it costs now and goes into the pool that is open now. Locked are
    the brand, so that reports queue, then as for clicks. Refuses: InsufficientFunds, when other
    money of the brand moved at this very instant.
    """
    priced = PricedClick.objects.select_related("lease__line_item").filter(pk=click.pk).first()
    if priced is None or priced.lease.line_item.goal_id != goal.pk:
        return
    Brand.objects.select_for_update(no_key=True).get(pk=goal.brand_id)
    decision = _decision_of(click, priced)
    event_id = ids.derived("order of a goal", goal.pk, order_id)
    beacon = Beacon(event_id, "", NOBODY, at, event="", seen_at=click.clicked_at)
    known = known_of([decision], rare=[decision.lease_id], at=at)
    if decision.decision_id in known.billed or not _fresh([(beacon, decision)]):
        return
    payer = find_payer(decision, known=known, left=left_of(known))
    reason = None if payer else Reason.OVER_BUDGET
    mark = ChargedSegment.objects.create(name=f"conversion {event_id}", charged_at=at)
    _settle([Verdict(beacon, decision, reason, payer)], known=known, mark=mark, at=at)


def _decision_of(click: Click, priced: PricedClick) -> Decision:
    """Return what was decided; a click that has a price has always told of what and where."""
    assert click.video_id is not None  # noqa: S101 - prices were kept later than that was
    assert click.after_video_id is not None  # noqa: S101 - the same
    return Decision(
        decision_id=click.decision_id,
        campaign_id=click.campaign_id,
        lease_id=priced.lease_id,
        creative_id=click.video_id,
        after_video_id=click.after_video_id,
        viewer_id=NOBODY,
        price=Money(priced.price_micros, click.campaign.currency),
        country=click.country,
        placement=Placement(click.placement),
    )


def _settle(
    verdicts: Sequence[Verdict], *, known: Known, mark: ChargedSegment, at: dt.datetime
) -> None:
    """Bill what is to be paid, write down what is not, and count both at the mark."""
    bills = bills_of(verdicts, known=known)
    lent = [
        lend_price(line_item_id=bill.line_item_id, decision=decision, at=at)
        for bill, items in bills.items()
        for decision in (item.decision for item in items)
        if decision.lease_id == decision.decision_id
    ]
    entry_ids = _post(bills, mark=mark, lent=lent, at=at)
    _write_billed(bills, entry_ids=entry_ids, segment=mark.name)
    rejected = (verdict for verdict in verdicts if verdict.reason)
    _write_rejected(rejected, known=known, segment=mark.name)
    mark.billed_count = sum(len(items) for items in bills.values())
    mark.rejected_count = len(verdicts) - mark.billed_count
    mark.save(update_fields=["billed_count", "rejected_count"])


def _rule_at(at: dt.datetime) -> AdRule:
    return policy_at(at=at).ads


def _fresh(read: Sequence[Read]) -> list[Read]:
    """Leave out beacons that an earlier segment brought already: retries of the same event."""
    event_ids = [beacon.event_id for beacon, _ in read]
    known: set[uuid.UUID] = set()
    for part in parts(event_ids):
        billed = BilledImpression.objects.filter(event_id__in=part)
        known |= set(billed.values_list("event_id", flat=True))
        rejected = RejectedImpression.objects.filter(event_id__in=part)
        known |= set(rejected.values_list("event_id", flat=True))
    return [(beacon, decision) for beacon, decision in read if beacon.event_id not in known]


def _post(
    bills: Bills, *, mark: ChargedSegment, lent: Sequence[EntryDraft], at: dt.datetime
) -> dict[Bill, uuid.UUID]:
    """Post one entry per bill, after those that lend their money, and return their ids.

    Whom each pays is written down.
    """
    found = LineItem.objects.select_related("campaign")
    line_items = found.in_bulk([bill.line_item_id for bill in bills])
    drafts = {
        bill: entry_of(bill, items, item=line_items[bill.line_item_id], segment=mark.name)
        for bill, items in bills.items()
    }
    post(drafts=[*lent, *drafts.values()], at=at)
    entry_ids = {bill: draft.id for bill, draft in drafts.items()}
    earned = [
        (entry_ids[bill], one) for bill, items in bills.items() for one in earnings_of(bill, items)
    ]
    earn_directly(earnings=earned, at=at)
    charges = [
        _charge(bill, items, mark=mark, entry_id=entry_ids[bill], at=at)
        for bill, items in bills.items()
    ]
    Charge.objects.bulk_create(charges, batch_size=BATCH)
    return entry_ids


def _charge(
    bill: Bill, items: Sequence[Item], *, mark: ChargedSegment, entry_id: uuid.UUID, at: dt.datetime
) -> Charge:
    total = total_of(items)
    charge = Charge(
        entry_id=entry_id,
        campaign_id=bill.campaign_id,
        line_item_id=bill.line_item_id,
        segment=mark,
        country=bill.country,
        period=bill.period,
        impression_count=len(items),
        currency=total.currency,
        amount_micros=total.micros,
        charged_at=at,
    )
    if bill.is_direct:
        charge.creator_id = bill.creator_id
        charge.video_id = bill.video_id
        charge.placement = bill.placement
        charge.share_micros = sum(one.share.micros for one in earnings_of(bill, items))
    return charge


def _write_billed(bills: Bills, *, entry_ids: Mapping[Bill, uuid.UUID], segment: str) -> None:
    rows = [
        BilledImpression(
            decision_id=decision.decision_id,
            campaign_id=decision.campaign_id,
            lease_id=decision.lease_id,
            video_id=decision.creative_id,
            after_video_id=decision.after_video_id,
            placement=decision.placement,
            country=decision.country,
            price_micros=decision.price.micros,
            viewed_at=item.beacon.happened_at,
            event_id=item.beacon.event_id,
            entry_id=entry_ids[bill],
            segment=segment,
            share_micros=None if item.share is None else item.share.micros,
            pooled_why=item.pooled or "",
        )
        for bill, items in bills.items()
        for item in items
        for decision in [item.decision]
    ]
    BilledImpression.objects.bulk_create(rows, batch_size=BATCH)
    count_charged(
        counts=Counter(
            (bill.line_item_id, item.beacon.happened_at.date(), item.decision.creative_id)
            for bill, items in bills.items()
            for item in items
        )
    )
    spent: Counter[uuid.UUID] = Counter()
    for row in rows:
        spent[row.lease_id] += row.price_micros
    for lease_id, micros in sorted(spent.items()):
        charged = F("charged_micros") + micros
        Lease.objects.filter(pk=lease_id).update(charged_micros=charged)


def _write_rejected(verdicts: Iterable[Verdict], *, known: Known, segment: str) -> None:
    """Store what nobody paid for. A token that names no lease of ours names no campaign either."""
    rows = []
    for verdict in verdicts:
        decision = verdict.decision
        is_known = decision is not None and verdict.reason != Reason.UNKNOWN_LEASE
        room = known.rooms[decision.lease_id] if decision and is_known else None
        rows.append(
            RejectedImpression(
                event_id=verdict.beacon.event_id,
                decision_id=decision.decision_id if decision else None,
                campaign_id=room.campaign_id if room else None,
                line_item_id=room.line_item_id if room else None,
                video_id=decision.creative_id if decision and is_known else None,
                after_video_id=decision.after_video_id if decision else None,
                placement=decision.placement if decision else 0,
                country=decision.country if decision else "ZZ",
                reason=str(verdict.reason),
                viewed_at=verdict.beacon.received_at,
                segment=segment,
            )
        )
    # A beacon whose token names no lease is under no lock; written twice at once, it is one row.
    RejectedImpression.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
