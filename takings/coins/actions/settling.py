"""What becomes of a purchase's coins when its money is taken back, or given again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from takings.coins.models import CoinLot, Purchase, Return, ReturnState
from takings.coins.rules import left_of, wallet_account
from takings.coins.rules.lots import LOSS
from takings.coins.rules.purchases import Gone, Settled, restored, settle
from takings.core import ids
from takings.ledger.actions import post
from takings.ledger.queries import balance
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.money.currency import COIN
from takings.policies.queries import policy_at


@dataclass(frozen=True, slots=True)
class Change:
    """How much of a lot is to be gone now, and what is then left of it."""

    lot: CoinLot
    gone: int
    left: int

    @property
    def transfers(self) -> tuple[TransferDraft, ...]:
        """Which coins move: out of the wallet, or into it again."""
        wallet = wallet_account(self.lot.wallet_id, is_bonus=self.lot.is_bonus)
        change = self.left - self.lot.left_micros
        if not change:
            return ()
        amount = Money(abs(change), COIN)
        ends = (wallet, "coins:issued") if change < 0 else ("coins:issued", wallet)
        return (TransferDraft(*ends, amount),)


def lots_bought(purchase: Purchase) -> list[CoinLot]:
    """Return the lots of a purchase: the bought coins first, then the bonus, if there is one."""
    return list(CoinLot.objects.filter(purchase=purchase.pk).order_by("is_bonus"))


def open_returns(lot: CoinLot) -> list[Return]:
    """Return the returns of a lot that did not fail, the oldest first."""
    return list(lot.returns.exclude(state=ReturnState.FAILED))


def settled(purchase: Purchase, *, returns: Sequence[Return], taken: Money) -> Settled:
    """Return how much of a purchase is gone when so much of its money was taken back."""
    is_paid = ReturnState.PAID_BACK
    return settle(
        coins=purchase.coins_micros,
        bonus=purchase.bonus_micros,
        price=purchase.price_micros,
        taken=taken.micros,
        returns=[Gone(one.coins_micros, one.money_micros, one.state == is_paid) for one in returns],
    )


def changes(lots: Sequence[CoinLot], found: Settled) -> list[Change]:
    """Return what changes of the lots of a purchase. Coins that ended stay gone."""
    rows = []
    for lot in lots:
        gone = found.bonus_gone if lot.is_bonus else found.gone
        gone = lot.coins_micros if lot.ended_at else gone
        left = left_of(
            coins_micros=lot.coins_micros, spent_micros=lot.spent_micros, gone_micros=gone
        )
        rows.append(Change(lot, gone, left))
    return rows


def apply(change: Change, *, because: UUID, at: dt.datetime) -> None:
    """Write a change of a lot down; the coins were posted.

    What its coins are worth now is read from the books, less what goes back with an open return.
    Coins of unwound gifts that come again bring back the money that had met the platform's loss.
    """
    lot = change.lot
    before = lot.coins_micros - lot.spent_micros - lot.left_micros
    back, value = restored(
        back=max(0, change.left - lot.left_micros),
        gone=before,
        kept=lot.kept_micros,
        kept_value=lot.kept_value_micros,
    )
    lot.gone_micros, lot.left_micros = change.gone, change.left
    lot.kept_micros, lot.kept_value_micros = lot.kept_micros - back, lot.kept_value_micros - value
    if value:
        _bring_back(lot, value=Money(value, lot.currency), because=because, at=at)
    if not lot.is_bonus:
        lot.value_left_micros = _not_waiting(lot)
    if lot.spent_micros + lot.gone_micros <= lot.coins_micros:
        lot.unwound_at = None
    lot.save()


def _not_waiting(lot: CoinLot) -> int:
    """Return what of a lot's money does not wait to go back.

    Where a bank took what was to go back, no more of it waits than is there.
    """
    there = balance(name=lot.account, currency=lot.currency).micros
    for one in lot.returns.filter(state=ReturnState.ASKED, value_micros__gt=there):
        one.value_micros = there
        one.save(update_fields=["value_micros"])
    waits = lot.returns.filter(state=ReturnState.ASKED).values_list("value_micros", flat=True)
    return there - sum(waits)


def _bring_back(lot: CoinLot, *, value: Money, because: UUID, at: dt.datetime) -> None:
    draft = EntryDraft(
        id=ids.derived("kept_brought_back", lot.pk, because, lot.kept_value_micros),
        kind="kept_brought_back",
        reference=f"lot:{lot.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo="Coins of unwound gifts come again: their money leaves the loss",
        transfers=(TransferDraft(LOSS, lot.account, value),),
    )
    post(drafts=[draft], at=at)
