"""What a gift moves: in coins, and in the money that was received for them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from takings.coins.rules import Part, Taken, coin_transfers
from takings.core import ids
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft
from takings.money import Money
from takings.money.currency import COIN
from takings.policies.rules import DIRECT, GIFTS, GiftRule

REVENUE: AccountName = DIRECT[GIFTS]
FEES: AccountName = "platform:fees"
LOSS: AccountName = "platform:loss"
Moves = dict[tuple[AccountName, AccountName, str], Money]
"""Amounts by where they come from, where they go and their currency."""


class Cause(StrEnum):
    """Why a gift was taken back."""

    UNDO = "undo"
    REFUND = "refund"
    GUARDIAN = "guardian"
    CHARGEBACK = "chargeback"
    FRAUD = "fraud"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a gift's coins had brought us in one currency, and what of it is the creator's."""

    brought: Money
    share: Money

    @property
    def total(self) -> Money:
        """What the gift is worth to us and its creator: a rate per coin may pay more than came."""
        return max(self.brought, self.share)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the two parts of a gift's money are: the creator's share, and the rest."""

    share: AccountName
    rest: AccountName = REVENUE


def escrow_of(gift_id: UUID) -> Places:
    """Return where the money of a held gift waits."""
    return Places(f"escrow:gift:{gift_id}", f"escrow:gift:{gift_id}")


def pending_of(creator_id: int) -> Places:
    """Return where the money of a gift goes at once."""
    return Places(f"creator:{creator_id}:pending")


def brought_by(taken: Taken, *, rule: GiftRule) -> tuple[Brought, ...]:
    """Return what these coins had brought, by currency: each lot's share is cut once (ADR 8)."""
    sums: dict[str, Brought] = {}
    for lot in _lots(taken, rule=rule):
        code = lot.brought.currency
        before = sums.get(code, Brought(Money.zero(code), Money.zero(code)))
        sums[code] = Brought(before.brought + lot.brought, before.share + lot.share)
    return tuple(sums[code] for code in sorted(sums))


@dataclass(frozen=True, slots=True)
class _Lot:
    """What of a gift came from one lot: the money by where it is, and the creator's share."""

    ways: tuple[tuple[AccountName, Money], ...]
    brought: Money
    share: Money


def _lots(taken: Taken, *, rule: GiftRule) -> Iterable[_Lot]:
    """Yield the lots that money had been received for; coins given free bring nothing."""
    parts: dict[UUID, list[Part]] = {}
    for part in taken.parts:
        parts.setdefault(part.lot_id, []).append(part)
    for ways in parts.values():
        moneys = [(way.account, way.value) for way in ways if way.value]
        if moneys:
            coins = sum((way.coins for way in ways), Money.zero(COIN))
            brought = sum((value for _, value in moneys), Money.zero(moneys[0][1].currency))
            yield _Lot(tuple(moneys), brought, rule.share_of(coins=coins, brought=brought))


def gift_transfers(taken: Taken, *, rule: GiftRule, to: Places) -> tuple[TransferDraft, ...]:
    """Return what sending a gift moves; a lot's money goes with its coins."""
    moves = _money(taken, rule=rule, to=to)
    return (*coin_transfers(taken), *_drafts(moves))


def back_transfers(given: Taken, *, rule: GiftRule, of: Places) -> tuple[TransferDraft, ...]:
    """Return what taking a gift back moves, ``given`` being how its coins went back.

    The money goes to where its coins went; where they are lost, it covers the loss.
    """
    moves = _money(given, rule=rule, to=of)
    turned = (TransferDraft(one.credit, one.debit, one.amount) for one in _drafts(moves))
    return (*coin_transfers(given, back=True), *turned)


def release_transfers(
    brought: Sequence[Brought], *, gift_id: UUID, creator_id: int
) -> tuple[TransferDraft, ...]:
    """Return what the end of a hold moves: what waits becomes the creator's, and the rest ours."""
    source, to = escrow_of(gift_id).share, pending_of(creator_id)
    moves: Moves = {}
    for one in brought:
        _add(moves, (source, to.share), one.share)
        _add(moves, (source, to.rest), one.total - one.share)
    return _drafts(moves)


def _money(taken: Taken, *, rule: GiftRule, to: Places) -> Moves:
    moves: Moves = {}
    for lot in _lots(taken, rule=rule):
        share = lot.share
        for account, value in lot.ways:
            paid = min(share, value)
            _add(moves, (account, to.share), paid)
            _add(moves, (account, to.rest), value - paid)
            share -= paid
        _add(moves, (FEES, to.share), share)
    return moves


def _add(moves: Moves, way: tuple[AccountName, AccountName], amount: Money) -> None:
    debit, credit = way
    if amount and debit != credit:
        key = debit, credit, amount.currency
        moves[key] = moves.get(key, Money.zero(amount.currency)) + amount


def _drafts(moves: Moves) -> tuple[TransferDraft, ...]:
    return tuple(TransferDraft(*key[:2], amount) for key, amount in moves.items())


@dataclass(frozen=True, slots=True)
class Head:
    """What an entry of a gift says of itself."""

    kind: str
    gift_id: UUID
    policy_version: str
    memo: str
    at: dt.datetime

    @property
    def entry_id(self) -> UUID:
        """The one id of the entry of this kind: posting it again meets itself."""
        return ids.derived(self.kind, self.gift_id)


def gift_entry(head: Head, transfers: tuple[TransferDraft, ...]) -> EntryDraft:
    """Return an entry of a gift: ``gift_sent`` or ``gift_released``."""
    return EntryDraft(
        id=head.entry_id,
        kind=head.kind,
        reference=f"gift:{head.gift_id}",
        policy_version=head.policy_version,
        occurred_at=head.at,
        memo=head.memo,
        transfers=transfers,
    )
