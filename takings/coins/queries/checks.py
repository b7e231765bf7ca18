"""What the books owe to coins: wallets hold their lots, and every lot has its money."""

from collections.abc import Callable, Iterator

from django.db.models import F, Sum

from takings.coins.models import CoinLot, Return, ReturnState, Spend, SpendPart
from takings.coins.rules import wallet_account
from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding

Progress = Callable[[int, int], None]
WAITING = "coins:liability:"


def _find_wallets(_: Progress) -> Iterator[Finding]:
    """Compare what is in each wallet with what is left of its lots."""
    sums: dict[str, int] = {}
    rows = CoinLot.objects.order_by().values_list("wallet_id", "is_bonus")
    for viewer_id, is_bonus, micros in rows.annotate(micros=Sum("left_micros")):
        sums[wallet_account(viewer_id, is_bonus=is_bonus)] = micros
    for row in ledger.balances(prefix="viewer:"):
        if row.name in sums:  # what was there before the books opened is in no lot
            sums[row.name] -= row.balance.micros
    for account, micros in sorted(sums.items()):
        if micros:
            told = f"what is left of its lots and its balance differ by {micros} micro-coins"
            yield Finding(LOTS_ARE_WALLETS.invariant, f"account:{account}", told)


def _find_values(_: Progress) -> Iterator[Finding]:
    """Compare each lot's account with what its coins, and those on their way back, can cost."""
    lots = CoinLot.objects.filter(is_bonus=False)
    costs = {str(pk): micros for pk, micros in lots.values_list("pk", "value_left_micros")}
    waits = Return.objects.filter(state=ReturnState.ASKED).values_list("lot_id", "value_micros")
    for lot_id, micros in waits:
        costs[str(lot_id)] += micros
    for row in ledger.balances(prefix=WAITING):
        key = row.name.removeprefix(WAITING)
        costs[key] = costs.get(key, 0) - row.balance.micros
    for key, micros in sorted(costs.items()):
        if micros:
            told = f"what its coins can cost and what waits for them differ by {micros} micro-units"
            yield Finding(LOTS_HAVE_THEIR_MONEY.invariant, f"lot:{key}", told)


def _find_spends(_: Progress) -> Iterator[Finding]:
    """Compare what each lot says was spent with the spends that stand, and spends with parts."""
    parts = SpendPart.objects.filter(spend__given_back_at=None).order_by().values_list("lot_id")
    spent = dict(parts.annotate(micros=Sum("coins_micros")))
    for pk, micros in CoinLot.objects.values_list("pk", "spent_micros"):
        if micros != spent.get(pk, 0):
            told = f"it says {micros} micro-coins were spent, its spends say {spent.get(pk, 0)}"
            yield Finding(SPENDS_ARE_OF_LOTS.invariant, f"lot:{pk}", told)
    uneven = Spend.objects.annotate(sums=Sum("parts__coins_micros")).exclude(sums=F("coins_micros"))
    for spend in uneven.order_by("pk"):
        told = "its parts are not its coins"
        yield Finding(SPENDS_ARE_OF_LOTS.invariant, f"spend:{spend.pk}", told)


LOTS_ARE_WALLETS = Check("every wallet holds what is left of its lots", _find_wallets)
LOTS_HAVE_THEIR_MONEY = Check(
    "what was received for a lot of coins waits, as far as its coins can cost it", _find_values
)
SPENDS_ARE_OF_LOTS = Check("what was spent of every lot is what its spends say", _find_spends)

CHECKS = (LOTS_ARE_WALLETS, LOTS_HAVE_THEIR_MONEY, SPENDS_ARE_OF_LOTS)
