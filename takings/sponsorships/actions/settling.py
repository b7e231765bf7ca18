"""The ways out of a deal's account: a milestone goes to the creator's side, or back, once.

Called with the deal's row locked. The order of locks is the payment (where a card company speaks),
the deal, the period, accounts.
"""

import datetime as dt
from collections.abc import Sequence

from procrastinate.contrib.django import app as jobs

from takings.core import ids
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.policies.queries import deal_rule, policy_at
from takings.policies.rules import DEALS
from takings.settlement.actions import earn_directly, take_directly
from takings.settlement.queries import open_period
from takings.settlement.rules import Earning, PoolKey, direct_parts, direct_share
from takings.sponsorships.models import Deal, Funding, Milestone, Release, Settled, TakenBack
from takings.sponsorships.queries import (
    funding_of,
    missing_of,
    standings,
    subject_of,
)
from takings.sponsorships.queries.money import Standing
from takings.sponsorships.rules import take_first

WORDS = {
    "signed": "for signing",
    "approved": "for the approved draft",
    "published": "for the publication",
    "stayed": "for staying",
}


def pay(milestone: Milestone, *, why: str, at: dt.datetime) -> None:
    """Give a whole milestone to the creator's side."""
    settle([(milestone, milestone.amount)], why=why, at=at)


def give_back(milestones: Sequence[Milestone], *, why: str, at: dt.datetime) -> None:
    """Give whole milestones back to the brand."""
    settle([(one, one.amount * 0) for one in milestones], why=why, at=at)


def settle(parts: Sequence[tuple[Milestone, Money]], *, why: str, at: dt.datetime) -> None:
    """Decide where milestones go: so much of each to the creator's side, the rest to the brand.

    A milestone that was settled before is refused by the database: its row is there.
    """
    for milestone, creator in parts:
        settled = Settled.objects.create(
            milestone=milestone,
            creator_micros=creator.micros,
            brand_micros=(milestone.amount - creator).micros,
            amount_micros=milestone.amount_micros,
            why=why,
            settled_at=at,
        )
        if creator:
            release(settled, amount=creator, at=at)
        if settled.to_brand:
            _return(settled, at=at)


def order_return(funding: Funding) -> None:
    """Let a worker ask the card company to give back what is the brand's again."""
    order = jobs.configure_task("sponsorships.return_money", queue="payments")
    order.defer(funding_id=str(funding.pk))


def _return(settled: Settled, *, at: dt.datetime) -> None:
    """Give the brand its part back to where it came from: at once, or by its card."""
    funding = _funding(settled.milestone.deal)
    if funding.way == Funding.Way.CARD:
        order_return(funding)
    else:
        post(drafts=[_refund(settled, funding, at=at)], at=at)


def _refund(settled: Settled, funding: Funding, *, at: dt.datetime) -> EntryDraft:
    """Return ``escrow:deal → advertiser:prepaid``."""
    deal, prepaid = funding.deal, f"advertiser:{funding.deal.brand_id}:prepaid"
    return EntryDraft(
        id=ids.derived("deal_refunded", settled.pk),
        kind="deal_refunded",
        reference=subject_of(deal),
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"Back to {deal.brand}: {settled.why}"[:200],
        transfers=(TransferDraft(funding.account, prepaid, settled.to_brand),),
    )


def release(settled: Settled, *, amount: Money, at: dt.datetime) -> Release:
    """Move a milestone's money: the creator's share is theirs from now on, the rest is ours."""
    milestone = settled.milestone
    deal, work = milestone.deal, milestone.deal.works.filter(number=milestone.number).first()
    funding = _funding(deal)
    key = PoolKey(open_period(at=at).name, funding.country, deal.currency, DEALS)
    earning = Earning(
        key=key,
        creator_id=deal.creator_id,
        video_id=work.video_id if work else None,
        day=at.astimezone(dt.UTC).date(),
        count=1,
        total=amount,
        share=direct_share(amount, rate=deal_rule(deal.rule_version).creator_share),
    )
    entry_id = ids.derived("milestone_released", settled.pk, settled.releases.count())
    moves = direct_parts([earning]).items()
    draft = EntryDraft(
        id=entry_id,
        kind="milestone_released",
        reference=subject_of(deal),
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"@{deal.creator.handle} for {deal.brand}, {WORDS[milestone.kind]}",
        transfers=tuple(TransferDraft(funding.account, to, part) for to, part in moves),
    )
    post(drafts=[draft], at=at)
    earn_directly(earnings=[(entry_id, earning)], at=at)
    return Release.objects.create(
        settled=settled,
        entry_id=entry_id,
        total_micros=amount.micros,
        share_micros=earning.share.micros,
        period=key.period,
        country=key.country,
        currency=key.currency,
        video_id=earning.video_id,
        day=earning.day,
        moved_at=at,
    )


def put_back(deal: Deal, *, missing: Money, at: dt.datetime) -> None:
    """Take so much of what was released back to where it had waited, the newest first.

    Until the close of its period the creator and we give it, each our share; after it we advance
    it, and the next correction takes the creator's. Refuses: PeriodIsBeingClosed.
    """
    rooms = [(one, one.total) for one in standings(deal)]
    for standing, part in take_first(rooms, wanted=missing):
        if part:
            _take_back(deal, standing, part=part, at=at)


def _take_back(deal: Deal, standing: Standing, *, part: Money, at: dt.datetime) -> None:
    one, rate = standing.release, deal_rule(deal.rule_version).creator_share
    rest = direct_share(standing.total - part, rate=rate)
    earning = Earning(
        one.key, deal.creator_id, one.video_id, one.day, 1, part, standing.share - rest
    )
    entry_id = ids.derived("milestone_taken_back", one.pk, one.taken.count())
    why = f"the bank of {deal.brand} took the payment back"
    gives = take_directly(entry_id=entry_id, earning=earning, why=why, at=at)
    account = _funding(deal).account
    draft = EntryDraft(
        id=entry_id,
        kind="milestone_taken_back",
        reference=subject_of(deal),
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"@{deal.creator.handle}: {why}",
        transfers=tuple(TransferDraft(giver, account, given) for giver, given in gives.items()),
    )
    post(drafts=[draft], at=at)
    TakenBack.objects.create(
        release=one,
        entry_id=entry_id,
        total_micros=part.micros,
        share_micros=earning.share.micros,
        moved_at=at,
    )


def release_again(deal: Deal, *, left: Money, at: dt.datetime) -> None:
    """Give creators again what a bank had taken and gave back, the first milestones first."""
    rows = Settled.objects.filter(milestone__deal=deal, creator_micros__gt=0)
    found = rows.select_related("milestone__deal__creator", "milestone__deal__brand")
    rooms = [(one, missing_of(one)) for one in found.order_by("pk")]
    for settled, part in take_first(rooms, wanted=left):
        if part:
            release(settled, amount=part, at=at)


def _funding(deal: Deal) -> Funding:
    funding = funding_of(deal)
    assert funding is not None  # noqa: S101 - nothing is settled before it is paid in
    return funding
