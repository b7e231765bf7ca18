"""Holding coins that are looked at, and letting them go: with a reason and an end."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from takings.coins.actions.granting import NoReason
from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import CoinLot
from takings.core.errors import Conflict
from takings.people.actions import record_staff_act
from takings.people.models import User

LONGEST = dt.timedelta(days=60)


class NotSoLong(Conflict):
    """A hold has an end that its owner can wait for."""

    code = "coins_not_so_long"
    sentence = "Coins are held until a time that lies ahead, and for sixty days at most."


@dataclass(frozen=True, slots=True)
class CoinHold:
    """Which coins wait until when, and why: their owner reads it."""

    lot: CoinLot
    until: dt.datetime
    reason: str


@transaction.atomic
def hold_coins(*, operator: User, hold: CoinHold, at: dt.datetime) -> CoinLot:
    """Let what is left of a lot wait. Refuses: NotSoLong, NoReason."""
    if not at < hold.until <= at + LONGEST:
        raise NotSoLong
    return _hold(operator, hold, act="coins.hold", at=at)


@transaction.atomic
def let_coins_go(*, operator: User, lot: CoinLot, reason: str, at: dt.datetime) -> CoinLot:
    """Let coins be spent again before their hold ends. Refuses: NoReason."""
    return _hold(operator, CoinHold(lot, at, reason), act="coins.let_go", at=at)


def _hold(operator: User, hold: CoinHold, *, act: str, at: dt.datetime) -> CoinLot:
    reason = hold.reason.strip()
    if not reason:
        raise NoReason
    lock_wallet(user=hold.lot.wallet.user, at=at)
    lot = CoinLot.objects.select_related("wallet__user").get(pk=hold.lot.pk)
    lot.held_until, lot.held_why = hold.until, reason[:200]
    lot.save(update_fields=["held_until", "held_why"])
    record_staff_act(operator=operator, act=act, target=f"lot:{lot.pk}", reason=reason, at=at)
    return lot
