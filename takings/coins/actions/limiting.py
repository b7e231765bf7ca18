"""Limits that people set for themselves: a stricter one holds at once, a looser one later."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import Limit
from takings.coins.queries import limits_of
from takings.coins.rules import LimitKind
from takings.coins.rules.limits import SUMS, LongerAlready, NoSuchLimit, holds_from
from takings.money import Money
from takings.money.currency import COIN
from takings.people.models import User
from takings.policies.queries import coin_rule_at

PAUSES = (1, 7, 30)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Most:
    """The most coins a day or a month; ``None`` is no limit."""

    kind: LimitKind
    coins: Money | None


@transaction.atomic
def set_limit(*, user: User, most: Most, at: dt.datetime) -> Limit:
    """Set the most that somebody spends a day or a month; what was said last is what counts.

    Refuses: NoSuchLimit.
    """
    coins = most.coins
    if most.kind not in SUMS or (coins is not None and coins < Money.zero(COIN)):
        raise NoSuchLimit
    wallet = lock_wallet(user=user, at=at)
    now = limits_of(viewer_ids=[wallet.pk], at=at).get(wallet.pk, {}).get(most.kind)
    wanted = coins.micros if coins is not None else None
    return Limit.objects.create(
        wallet=wallet,
        kind=most.kind,
        coins_micros=wanted,
        said_at=at,
        holds_from=holds_from(
            old=now.coins_micros if now is not None else None,
            new=wanted,
            at=at,
            looser_after=coin_rule_at(at=at).looser_after,
        ),
    )


@transaction.atomic
def pause_spending(*, user: User, kind: LimitKind, days: int, at: dt.datetime) -> Limit:
    """Keep somebody from buying and spending coins, as they ask; it cannot be made shorter.

    A pause lasts one of ``PAUSES`` days, an exclusion at least as long as the policy says.
    Refuses: NoSuchLimit, LongerAlready.
    """
    least = coin_rule_at(at=at).exclusion_days
    is_known = days in PAUSES if kind is LimitKind.PAUSE else least <= days <= 10 * least
    if kind in SUMS or not is_known:
        raise NoSuchLimit
    wallet, until = lock_wallet(user=user, at=at), at + days * DAY
    now = limits_of(viewer_ids=[wallet.pk], at=at).get(wallet.pk, {}).get(kind)
    if now is not None and now.until is not None and now.until > until:
        raise LongerAlready(until=now.until)
    return Limit.objects.create(wallet=wallet, kind=kind, until=until, said_at=at, holds_from=at)
