"""What ends by itself: bonus coins whose time is over, and cents that rounding left of a lot."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import CoinLot, Return, ReturnState
from takings.coins.rules import wallet_account
from takings.core import ids
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.policies.queries import policy_at

REVENUE = "platform:revenue:coins"
WAITS = Return.objects.filter(lot=OuterRef("pk"), state=ReturnState.ASKED)


def end_coins(*, at: dt.datetime) -> int:
    """Take out of wallets what the policy let end, and keep what rounding left; repeatable.

    Returns of how many lots. Where the policy lets bought coins end, their money is the platform's.
    """
    ended = CoinLot.objects.filter(expires_at__lte=at, ended_at=None, left_micros__gt=0)
    rests = CoinLot.objects.filter(left_micros=0, value_left_micros__gt=0).exclude(Exists(WAITS))
    due = ended.union(rests).values_list("pk", flat=True)
    return sum(_end(lot_id, at=at) for lot_id in list(due))


@transaction.atomic
def _end(lot_id: UUID, *, at: dt.datetime) -> bool:
    owner = CoinLot.objects.select_related("wallet__user").get(pk=lot_id).wallet.user
    lock_wallet(user=owner, at=at)
    lot = CoinLot.objects.get(pk=lot_id)
    is_over = lot.expires_at is not None and lot.expires_at <= at
    waits = lot.returns.filter(state=ReturnState.ASKED).exists()
    moves = () if waits or (lot.left_micros and not is_over) else _moves(lot)
    if not moves:
        return False  # it came back, or goes back, meanwhile
    kind = "coins_ended" if lot.left_micros else "coins_rest_kept"
    draft = EntryDraft(
        id=ids.derived(kind, lot.pk, lot.spent_micros, lot.gone_micros, lot.kept_micros),
        kind=kind,
        reference=f"lot:{lot.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo="Their time is over" if lot.left_micros else "What rounding left of a lot",
        transfers=moves,
    )
    post(drafts=[draft], at=at)
    if is_over:
        lot.ended_at, lot.gone_micros, lot.left_micros = at, lot.coins_micros, 0
    lot.value_left_micros = 0
    lot.save()
    return True


def _moves(lot: CoinLot) -> tuple[TransferDraft, ...]:
    wallet = wallet_account(lot.wallet_id, is_bonus=lot.is_bonus)
    coins = [TransferDraft(wallet, "coins:issued", lot.left)] if lot.left_micros else []
    if lot.value_left_micros:
        rest = Money(lot.value_left_micros, lot.currency)
        coins.append(TransferDraft(lot.account, REVENUE, rest))
    return tuple(coins)
