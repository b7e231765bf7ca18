"""What is in wallets, for one or for many at once: each a single statement."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Sum

from takings.coins.models import CoinLot, Limit, Spend, Wallet
from takings.coins.rules import LimitKind, OpenLot, lot_account, wallet_account
from takings.people.models import User


def wallet_of(*, user: User) -> Wallet | None:
    """Return somebody's wallet; nothing before they had coins or set a limit."""
    return Wallet.objects.filter(pk=user.pk).first()


def lots_of(*, user: User) -> list[CoinLot]:
    """Return every lot that came into somebody's wallet, the newest first."""
    return list(CoinLot.objects.filter(wallet_id=user.pk).order_by("-opened_at", "pk"))


def coin_accounts(*, user: User) -> frozenset[str]:
    """Return the accounts of somebody's own coins, and of what was received for them."""
    lots = CoinLot.objects.filter(wallet_id=user.pk, is_bonus=False).values_list("pk", flat=True)
    wallets = (wallet_account(user.pk, is_bonus=is_bonus) for is_bonus in (False, True))
    return frozenset((*wallets, *map(lot_account, lots)))


def open_lots(*, viewer_ids: Collection[int]) -> dict[int, list[OpenLot]]:
    """Return the lots in which something is left, by wallet."""
    found: dict[int, list[OpenLot]] = defaultdict(list)
    rows = CoinLot.objects.filter(wallet_id__in=viewer_ids, left_micros__gt=0).order_by("pk")
    for lot in rows:
        found[lot.wallet_id].append(lot.as_open())
    return found


def limits_of(*, viewer_ids: Collection[int], at: dt.datetime) -> dict[int, dict[LimitKind, Limit]]:
    """Return which limits hold at an instant, by wallet and kind: what was said last of each."""
    rows = Limit.objects.filter(wallet_id__in=viewer_ids, holds_from__lte=at)
    found: dict[int, dict[LimitKind, Limit]] = defaultdict(dict)
    for row in rows.order_by("wallet_id", "kind", "-pk").distinct("wallet_id", "kind"):
        found[row.wallet_id][LimitKind(row.kind)] = row
    return found


def spent_on(*, viewer_ids: Collection[int], since: dt.date) -> dict[int, dict[dt.date, int]]:
    """Return how many micro-coins each spent on each day from one on; not what was given back."""
    rows = Spend.objects.filter(wallet_id__in=viewer_ids, day__gte=since, given_back_at=None)
    sums = rows.order_by().values_list("wallet_id", "day").annotate(micros=Sum("coins_micros"))
    found: dict[int, dict[dt.date, int]] = defaultdict(dict)
    for viewer_id, day, micros in sums:
        found[viewer_id][day] = micros
    return found
