"""The second look at a day's ads: what no person saw is given back, and its budget with it.

One transaction for a day: the mark, the impressions, the entries and the credit notes stand or
fall together, so a crash anywhere leaves nothing behind and the next call does it all.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from django.db import transaction
from django.db.models import F

from takings.ads.actions.noting import issue_notes
from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    InvalidImpression,
    LineItem,
    TrafficCredit,
    TrafficPass,
)
from takings.ads.queries.accounts import prepaid_account
from takings.ads.queries.traffic import billed_on, days_to_judge, rules_on, sightings, sum_of
from takings.ads.rules.moves import moves_between
from takings.ads.rules.tokens import NO_VIDEO
from takings.ads.rules.traffic import Flaw, find_invalid
from takings.core import ids
from takings.events.queries import no_people_of
from takings.ledger.actions import post
from takings.ledger.rules import AccountName, EntryDraft
from takings.money import Money
from takings.people.models import Brand
from takings.policies.queries import policy_at
from takings.policies.rules import AD_REVENUE, WATCH_ADS
from takings.settlement.actions import Draw, draw_on_pool, take_directly
from takings.settlement.models import Status
from takings.settlement.queries import held_open
from takings.settlement.rules import Earning, PoolKey

BATCH = 2_000
POOL_PARTS = 4
CUT_DIRECT = "no person saw ads inside it, and their advertisers got the money back"
CUT = "no person saw ads that were charged into it, and their advertisers got the money back"


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """What one entry is about: a line item's views in one pool, or inside a video that was paid."""

    campaign_id: uuid.UUID
    line_item_id: uuid.UUID
    country: str
    period: str
    creator_id: int = 0
    video_id: uuid.UUID = NO_VIDEO

    def entry_id(self, *, mark: TrafficPass) -> uuid.UUID:
        """Return the one id of the entry by which a pass gives it back."""
        parts = astuple(self) if self.creator_id else astuple(self)[:POOL_PARTS]
        return ids.derived("ad_refunded", mark.pk, *parts)


@dataclass(frozen=True, slots=True)
class _Gone:
    """One impression that is given back, when it was charged, and why it is."""

    impression: BilledImpression
    charged_at: dt.datetime
    flaw: Flaw


_Refunds = Mapping[_Place, list[_Gone]]


def judge_traffic(*, at: dt.datetime) -> list[TrafficPass]:
    """Judge every day that is over and has impressions nobody judged yet; again changes nothing."""
    return [judge_day(day=day, at=at) for day in days_to_judge(at=at)]


def judge_day(*, day: dt.date, at: dt.datetime) -> TrafficPass:
    """Look again at a UTC day's billed impressions, and give back those that no person saw.

    The same impressions under the same rules are judged once.
    """
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    found = find_invalid(
        list(sightings(day=day)),
        no_people=no_people_of(day=day, policy=policy_at(at=noon)),
        rules=rules_on(day),
    )
    return credit_impressions(day=day, found=found, at=at)


@transaction.atomic
def credit_impressions(
    *, day: dt.date, found: Mapping[uuid.UUID, Flaw], at: dt.datetime
) -> TrafficPass:
    """Give back these decisions of a day, each for its reason: one entry per line item and pool.

    What was seen inside a video is taken back from its creator as it was paid: one per video.
    What is in a pool that is being closed is left for another pass. Everybody locks in one order:
    brands, campaigns, the series of credit notes, accounts.
    """
    billed = billed_on(day=day)
    wanted = billed.filter(invalid__isnull=True, pk__in=found).order_by("pk")
    brands = Brand.objects.filter(campaigns__in=wanted.values("campaign")).order_by("pk")
    list(Brand.objects.filter(pk__in=brands).order_by("pk").select_for_update(no_key=True))
    refunds = _refunds(wanted, found)
    waiting = [place for place in refunds if _is_being_closed(place)]
    left_out = [gone.impression.pk for place in waiting for gone in refunds.pop(place)]
    judged = billed.exclude(pk__in=left_out)
    mark, is_new = TrafficPass.objects.get_or_create(
        day=day,
        rules=rules_on(day).version,
        judged_count=judged.count(),
        judged_sum=sum_of(judged),
        defaults={"judged_at": at},
    )
    if is_new and refunds:
        _give_back(mark, refunds, at=at)
    return mark


def _refunds(
    rows: Iterable[BilledImpression], found: Mapping[uuid.UUID, Flaw]
) -> dict[_Place, list[_Gone]]:
    """Group what is given back by line item and pool, in one order."""
    listed = list(rows)
    charges = Charge.objects.in_bulk({row.entry_id for row in listed})
    refunds: dict[_Place, list[_Gone]] = defaultdict(list)
    for row in listed:
        charge = charges[row.entry_id]
        place = _Place(
            charge.campaign_id,
            charge.line_item_id,
            charge.country,
            charge.period,
            charge.creator_id or 0,
            charge.video_id or NO_VIDEO,
        )
        refunds[place].append(_Gone(row, charge.charged_at, found[row.pk]))
    return dict(sorted(refunds.items()))


def _is_being_closed(place: _Place) -> bool:
    """Tell whether a pool is being shared right now; if not, no close begins until we are done."""
    return held_open(name=place.period).status == Status.CLOSING


def _give_back(mark: TrafficPass, refunds: _Refunds, *, at: dt.datetime) -> None:
    """Write down what is invalid, correct the invoices, give the money and the budget back."""
    named = {place.campaign_id for place in refunds}
    locked = Campaign.objects.filter(pk__in=named).order_by("pk").select_for_update(no_key=True)
    campaigns = {campaign.pk: campaign for campaign in locked}
    entry_of = {place: place.entry_id(mark=mark) for place in refunds}
    _write_invalid(refunds, entry_of)
    kept = issue_notes(campaigns=campaigns.values(), because=mark, at=at)
    rows = []
    for place, listed in refunds.items():
        shares = [gone.impression.share_micros or 0 for gone in listed]
        micros = sum(gone.impression.price_micros for gone in listed)
        ours = min(micros, kept[place.campaign_id])  # of a campaign's first places
        kept[place.campaign_id] -= ours
        campaign = campaigns[place.campaign_id]
        rows.append(
            TrafficCredit(
                entry_id=entry_of[place],
                made_by=mark,
                campaign=campaign,
                line_item_id=place.line_item_id,
                country=place.country,
                period=place.period,
                impression_count=len(listed),
                currency=campaign.currency,
                amount_micros=micros,
                kept_micros=ours,
                credited_at=at,
                creator_id=place.creator_id or None,
                video_id=place.video_id if place.creator_id else None,
                share_micros=sum(shares) if place.creator_id else None,
            )
        )
        back = F("committed_micros") - micros
        Campaign.objects.filter(pk=place.campaign_id).update(committed_micros=back)
        LineItem.objects.filter(pk=place.line_item_id).update(committed_micros=back)
    TrafficCredit.objects.bulk_create(rows)
    drafts = [_draft(row, at=at) for row in rows]
    post(drafts=[draft for draft in drafts if draft.transfers], at=at)


def _write_invalid(refunds: _Refunds, entry_of: Mapping[_Place, uuid.UUID]) -> None:
    InvalidImpression.objects.bulk_create(
        (
            InvalidImpression(
                impression=gone.impression,
                credit_id=entry_of[place],
                reason=gone.flaw,
                charged_at=gone.charged_at,
            )
            for place, listed in refunds.items()
            for gone in listed
        ),
        batch_size=BATCH,
    )


def _draft(row: TrafficCredit, *, at: dt.datetime) -> EntryDraft:
    """Return the entry of a credit; the platform's part of what it advances stays where it is."""
    moves = {prepaid_account(row.campaign.brand_id): row.given, AD_REVENUE: row.amount - row.given}
    where = " inside a video" if row.creator_id else ""
    return EntryDraft(
        id=row.entry_id,
        kind="ad_refunded",
        reference=f"campaign:{row.campaign_id}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=(
            f"{row.impression_count} views of “{row.campaign.name}” in {row.country}{where} on "
            f"{row.made_by.day} were no person's"
        ),
        transfers=moves_between(_sources(row, at=at), moves),
    )


def _sources(row: TrafficCredit, *, at: dt.datetime) -> dict[AccountName, Money]:
    """Return which accounts give a credit's amount: a pool's, or those that had been paid."""
    if row.creator_id is None or row.video_id is None or row.share is None:
        key = PoolKey(row.period, row.country, row.currency)
        draw = Draw(row.entry_id, row.amount, CUT)
        return {draw_on_pool(key=key, draw=draw, at=at): row.amount}
    earning = Earning(
        key=PoolKey(row.period, row.country, row.currency, WATCH_ADS),
        creator_id=row.creator_id,
        video_id=row.video_id,
        day=row.made_by.day,
        count=row.impression_count,
        total=row.amount,
        share=row.share,
    )
    return take_directly(entry_id=row.entry_id, earning=earning, why=CUT_DIRECT, at=at)
