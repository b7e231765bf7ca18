"""Giving bonus coins: by an operator, with a reason, under their name."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import CoinLot, Source
from takings.coins.rules import check_person, wallet_account
from takings.core import ids
from takings.core.errors import Invalid
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money, format_money
from takings.money.currency import COIN
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import coin_rule_at, policy_at

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
def grant_coins(*, operator: User, grant: Grant, at: dt.datetime) -> CoinLot:
    """Give bonus coins; they end when the policy of the day says so. Twice is once.

    Refuses: NotSoMany, NoReason, NotInThisCountry, AgeUnknown, TooYoung.
    """
    is_whole = grant.coins.micros % 10**6 == 0
    if not is_whole or not Money.zero(COIN) < grant.coins <= MOST:
        raise NotSoMany
    if not grant.reason.strip():
        raise NoReason
    rule, user = coin_rule_at(at=at), grant.user
    check_person(rule=rule, country=user.country, born_on=user.born_on, day=at.date())
    wallet = lock_wallet(user=user, at=at)
    known = CoinLot.objects.filter(pk=grant.id).first()
    if known is not None:
        return known
    lot = CoinLot.objects.create(
        id=grant.id,
        wallet=wallet,
        source=Source.GRANT,
        is_bonus=True,
        coins_micros=grant.coins.micros,
        left_micros=grant.coins.micros,
        opened_at=at,
        expires_at=ends_at(days=rule.bonus_days, at=at),
        why=grant.reason.strip()[:200],
    )
    draft = EntryDraft(
        id=ids.derived("coins_granted", lot.pk),
        kind="coins_granted",
        reference=f"lot:{lot.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=lot.why,
        transfers=(
            TransferDraft("coins:issued", wallet_account(user.pk, is_bonus=True), lot.coins),
        ),
    )
    post(drafts=[draft], at=at)
    record_staff_act(
        operator=operator,
        act="coins.grant",
        target=f"user:{user.pk}",
        reason=f"{format_money(lot.coins)}: {lot.why}",
        at=at,
    )
    return lot


def ends_at(*, days: int, at: dt.datetime) -> dt.datetime | None:
    """Return when coins end that come now; never after no days."""
    return at + dt.timedelta(days=days) if days else None
