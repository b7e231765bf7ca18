"""Money into a pool other than by ads: an operator's, with four eyes, and the fees of members."""

import datetime as dt
import re
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Invalid
from takings.ledger.actions import post
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft
from takings.money import Money
from takings.people.actions import answer_proposal, record_staff_act
from takings.people.models import User
from takings.policies.queries import policy
from takings.policies.rules import Method
from takings.settlement import queries
from takings.settlement.actions.answering import (
    ProposalIdTaken,
    ProposalNeedsReason,
    check_answer,
)
from takings.settlement.models import Period, PoolFee, PoolFunding, Status
from takings.settlement.queries.funding import FUNDED
from takings.settlement.rules import PoolKey

_COUNTRY = re.compile("[A-Z]{2}")
_WAYS: dict[Method, str] = {
    "creator_pool": "ads that were seen",
    "user_centric": "members' fees",
    "pro_rata": "an operator funds them",
    "fixed_rate": "an operator funds them",
}
FUND_SOURCES: tuple[AccountName, ...] = ("platform:revenue:ads", "bank")
"""Where an operator's money may come from: our own revenue, or what was sent to us for it."""


class NotFundedLikeThis(Invalid):
    """Money comes into this product's pools another way."""

    code = "not_funded_like_this"
    sentence = "The pools of “{product}” get their money another way: {way}."


class UnknownSource(Invalid):
    """Funds come from two accounts."""

    code = "unknown_source"
    sentence = "A pool is funded from platform:revenue:ads or from bank, not from {source}."


class NoPoolOfCountry(Invalid):
    """A pool is of one country, by its two letters."""

    code = "no_pool_of_country"
    sentence = "“{country}” is no country: write its two letters, such as DE."


class PeriodIsFrozen(Conflict):
    """A pool that is being shared or was shared takes no more."""

    code = "period_is_frozen"
    sentence = "{period} is closed or being closed; its pools take no more money."


class FeeIdTaken(Conflict):
    """The id of a fee is its idempotency key."""

    code = "fee_id_taken"
    sentence = "A fee with this id exists and is another one; use a new id."


@dataclass(frozen=True, slots=True)
class Funds:
    """How much for which pool, from where, and why; the pool's currency is the amount's."""

    product: str
    country: str
    period: str
    source: AccountName
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class Fee:
    """What a member paid for a product, and the account that holds it until now."""

    product: str
    country: str
    viewer_id: UUID
    source: AccountName
    amount: Money


@transaction.atomic
def propose_funding(
    *,
    operator: User,
    funds: Funds,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> PoolFunding:
    """Write down what a pool should get, for somebody else to answer; nothing moves yet.

    The same id again with the same content changes nothing. Refuses: ProposalNeedsReason,
    UnknownSource, UnknownPeriod, NoPoolOfCountry, PeriodIsFrozen, NoProductRule, NotFundedLikeThis,
    ProposalIdTaken, and what a transfer refuses (AmountNotPositive, UnknownAccount).
    """
    known = PoolFunding.objects.filter(pk=id).first()
    if known is not None:
        return _same(known, funds)
    if not funds.reason.strip():
        raise ProposalNeedsReason
    if funds.source not in FUND_SOURCES:
        raise UnknownSource(source=funds.source)
    key = PoolKey(funds.period, funds.country, funds.amount.currency, funds.product)
    _check_takes(queries.period(name=key.period), key, methods=FUNDED)
    move = TransferDraft(funds.source, key.account, amount=funds.amount)
    record_staff_act(
        operator=operator,
        act="funding_proposed",
        target=f"funding:{id}",
        reason=funds.reason,
        at=at,
    )
    return PoolFunding.objects.create(
        id=id,
        product=key.product,
        country=key.country,
        period=key.period,
        source=move.debit,
        currency=move.amount.currency,
        amount_micros=move.amount.micros,
        reason=funds.reason,
        proposed_by=operator,
        proposed_at=at,
    )


@transaction.atomic
def approve_funding(
    *, funding: PoolFunding, operator: User, answer: str, at: dt.datetime
) -> PoolFunding:
    """Put the money into the pool that somebody else proposed it for.

    Refuses: SecondPersonNeeded, ProposalAnswered, PeriodIsFrozen, and what ``post`` refuses
    (InsufficientFunds, …).
    """
    locked = _locked(funding, operator)
    held = queries.held_open(name=locked.period)
    _check_takes(held, locked.key, methods=FUNDED)
    locked.entry_id = ids.derived("pool_funded", locked.pk)
    draft = EntryDraft(
        id=locked.entry_id,
        kind="pool_funded",
        reference=f"funding:{locked.pk}",
        policy_version=held.policy_version,
        occurred_at=at,
        memo=locked.reason,
        transfers=(TransferDraft(locked.source, locked.key.account, amount=locked.amount),),
    )
    post(drafts=[draft], at=at)
    return _answered(locked, operator=operator, is_approved=True, answer=answer, at=at)


@transaction.atomic
def decline_funding(
    *, funding: PoolFunding, operator: User, answer: str, at: dt.datetime
) -> PoolFunding:
    """Say no to what somebody else proposed. Refuses: SecondPersonNeeded, ProposalAnswered."""
    locked = _locked(funding, operator)
    return _answered(locked, operator=operator, is_approved=False, answer=answer, at=at)


@transaction.atomic
def add_pool_fee(
    *,
    fee: Fee,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
    of: dt.datetime | None = None,
) -> PoolFee:
    """Put a member's fee into the pool of a period; again under the same id is the same.

    The period is that of the instant ``of``, or the next one where that is frozen; without it, the
    running one. Refuses: NoPoolOfCountry, NoProductRule, NotFundedLikeThis, FeeIdTaken, and what
    ``post`` refuses.
    """
    known = PoolFee.objects.filter(pk=id).first()
    if known is not None:
        return _same_fee(known, fee)
    period = queries.open_period(at=of or at)
    key = PoolKey(period.name, fee.country, fee.amount.currency, fee.product)
    _check_takes(period, key, methods=("user_centric",))
    draft = EntryDraft(
        id=ids.derived("pool_fee_added", id),
        kind="pool_fee_added",
        reference=f"fee:{id}",
        policy_version=period.policy_version,
        occurred_at=at,
        memo=f"A member's fee for {key.product} of {key.country}",
        transfers=(TransferDraft(fee.source, key.account, amount=fee.amount),),
    )
    post(drafts=[draft], at=at)
    paid, is_new = PoolFee.objects.get_or_create(
        id=id,
        defaults={
            "product": key.product,
            "country": key.country,
            "period": key.period,
            "currency": key.currency,
            "viewer_id": fee.viewer_id,
            "amount_micros": fee.amount.micros,
            "entry_id": draft.id,
            "paid_at": at,
        },
    )
    return paid if is_new else _same_fee(paid, fee)  # of two at once, the second meets the first


def _check_takes(period: Period, key: PoolKey, *, methods: tuple[Method, ...]) -> None:
    if _COUNTRY.fullmatch(key.country) is None:
        raise NoPoolOfCountry(country=key.country)
    if period.status != Status.OPEN:
        raise PeriodIsFrozen(period=period.name)
    method = policy(period.policy_version).rule_of(key.product).method
    if method not in methods:
        raise NotFundedLikeThis(product=key.product, way=_WAYS[method])


def _same(known: PoolFunding, funds: Funds) -> PoolFunding:
    said = Funds(
        known.product, known.country, known.period, known.source, known.amount, known.reason
    )
    if said != funds:
        raise ProposalIdTaken
    return known


def _same_fee(known: PoolFee, fee: Fee) -> PoolFee:
    said = Fee(known.product, known.country, known.viewer_id, fee.source, known.amount)
    if said != fee:
        raise FeeIdTaken
    return known


def _locked(funding: PoolFunding, operator: User) -> PoolFunding:
    """Lock it: of two answers at once, the second sees the first."""
    locked = PoolFunding.objects.select_for_update(no_key=True).get(pk=funding.pk)
    check_answer(locked, operator=operator)
    return locked


def _answered(
    locked: PoolFunding, *, operator: User, is_approved: bool, answer: str, at: dt.datetime
) -> PoolFunding:
    answer_proposal(locked, operator=operator, is_approved=is_approved, answer=answer, at=at)
    record_staff_act(
        operator=operator,
        act="funding_approved" if is_approved else "funding_declined",
        target=f"funding:{locked.pk}",
        reason=answer or locked.reason,
        at=at,
    )
    return locked
