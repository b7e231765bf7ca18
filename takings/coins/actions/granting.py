"""Giving bonus coins: by an operator, with a reason, under their name."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import CoinLot, GrantProposal, Source
from takings.coins.rules import check_person, wallet_account
from takings.core import ids
from takings.core.errors import Invalid
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money, format_money
from takings.money.currency import COIN
from takings.people.actions import answer_proposal, record_staff_act
from takings.people.models import User
from takings.policies.queries import coin_rule_at, policy_at
from takings.settlement.actions.answering import ProposalIdTaken, check_answer

MOST = Money(10_000 * 10**6, COIN)


class NotSoMany(Invalid):
    """What is given is more than nothing, and within reason."""

    code = "not_so_many"
    sentence = "Give whole coins, between 1 and 10,000 at a time."


class NoReason(Invalid):
    """An act of an operator says why."""

    code = "no_reason_for_coins"
    sentence = "Say why, in a sentence that the person will read."


@dataclass(frozen=True, slots=True)
class Grant:
    """Bonus coins to give to whom, and why. ``id`` is the caller's: given twice, it is once."""

    id: UUID
    user: User
    coins: Money
    reason: str


@transaction.atomic
def propose_grant(*, operator: User, grant: Grant, at: dt.datetime) -> GrantProposal:
    """Propose to give bonus coins; another operator gives them. Twice is once.

    Refuses: NotSoMany, NoReason, ProposalIdTaken, NotInThisCountry, AgeUnknown, TooYoung.
    """
    is_whole = grant.coins.micros % 10**6 == 0
    if not is_whole or not Money.zero(COIN) < grant.coins <= MOST:
        raise NotSoMany
    reason = grant.reason.strip()[:200]
    if not reason:
        raise NoReason
    known = GrantProposal.objects.filter(pk=grant.id).first()
    if known is not None:
        if (known.user_id, known.coins, known.reason) != (grant.user.pk, grant.coins, reason):
            raise ProposalIdTaken
        return known
    _check_person(grant.user, at=at)
    proposal = GrantProposal.objects.create(
        id=grant.id,
        user=grant.user,
        coins_micros=grant.coins.micros,
        reason=reason,
        proposed_by=operator,
        proposed_at=at,
    )
    _audit(proposal, operator, "coins.grant_proposed", at=at)
    return proposal


@transaction.atomic
def approve_grant(
    *, proposal: GrantProposal, operator: User, answer: str, at: dt.datetime
) -> CoinLot:
    """Give bonus coins that somebody else proposed; they end when the policy of today says so.

    Refuses: ProposalAnswered, SecondPersonNeeded, NotInThisCountry, AgeUnknown, TooYoung.
    """
    locked = _locked(proposal, operator)
    _check_person(locked.user, at=at)
    wallet = lock_wallet(user=locked.user, at=at)
    lot = CoinLot.objects.create(
        id=locked.pk,
        wallet=wallet,
        source=Source.GRANT,
        is_bonus=True,
        coins_micros=locked.coins_micros,
        left_micros=locked.coins_micros,
        opened_at=at,
        expires_at=ends_at(days=coin_rule_at(at=at).bonus_days, at=at),
        why=locked.reason,
    )
    account = wallet_account(locked.user_id, is_bonus=True)
    draft = EntryDraft(
        id=ids.derived("coins_granted", lot.pk),
        kind="coins_granted",
        reference=f"lot:{lot.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=lot.why,
        transfers=(TransferDraft("coins:issued", account, lot.coins),),
    )
    post(drafts=[draft], at=at)
    answer_proposal(locked, operator=operator, is_approved=True, answer=answer, at=at)
    _audit(locked, operator, "coins.grant", at=at)
    return lot


@transaction.atomic
def decline_grant(
    *, proposal: GrantProposal, operator: User, answer: str, at: dt.datetime
) -> GrantProposal:
    """Say no to bonus coins that somebody else proposed, and why.

    Refuses: NoReason, ProposalAnswered, SecondPersonNeeded.
    """
    if not answer.strip():
        raise NoReason
    locked = _locked(proposal, operator)
    answer_proposal(locked, operator=operator, is_approved=False, answer=answer, at=at)
    _audit(locked, operator, "coins.grant_declined", at=at)
    return locked


def _locked(proposal: GrantProposal, operator: User) -> GrantProposal:
    """Lock it: of two answers at once, the second sees the first."""
    rows = GrantProposal.objects.select_for_update(no_key=True, of=["self"])
    locked = rows.select_related("user").get(pk=proposal.pk)
    check_answer(locked, operator=operator)
    return locked


def _check_person(user: User, *, at: dt.datetime) -> None:
    rule = coin_rule_at(at=at)
    check_person(rule=rule, country=user.country, born_on=user.born_on, day=at.date())


def _audit(proposal: GrantProposal, operator: User, act: str, *, at: dt.datetime) -> None:
    record_staff_act(
        operator=operator,
        act=act,
        target=f"user:{proposal.user_id}",
        reason=f"{format_money(proposal.coins)}: {proposal.answer or proposal.reason}",
        at=at,
    )


def ends_at(*, days: int, at: dt.datetime) -> dt.datetime | None:
    """Return when coins end that come now; never after no days."""
    return at + dt.timedelta(days=days) if days else None
