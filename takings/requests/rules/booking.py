"""What a request moves: out of its escrow when it is earned, and back when it is not any more."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from takings.core import ids
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft
from takings.money import Money, Rate
from takings.payments.rules import Part, targets
from takings.policies.rules import REQUESTS
from takings.settlement.rules import Earning, PoolKey, direct_parts, direct_share

ESCROW = "escrow:request:"


def escrow_of(request_id: UUID) -> AccountName:
    """Return where the money of a request waits."""
    return f"{ESCROW}{request_id}"


def left_for_creator(parts: Sequence[Part], *, escrow: AccountName, back: Money) -> Money:
    """Return what of a payment's net is left in all when ``back`` of the gross goes to the fan.

    As payments share out what is taken back: tax first, in whole payable units.
    """
    shares = [part.share for part in parts]
    paid = sum((share.amount for share in shares if share.account == escrow), back - back)
    return paid - targets(shares=shares, taken=back)[escrow] if shares else paid


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when something is earned: the period, the fan's country, the day, the share."""

    period: str
    country: str
    day: dt.date
    rate: Rate


def earning_of(total: Money, *, creator_id: int, at_place: Place) -> Earning:
    """Return what a request brings its creator: one line's worth, of no video."""
    return Earning(
        key=PoolKey(at_place.period, at_place.country, total.currency, REQUESTS),
        creator_id=creator_id,
        video_id=None,
        day=at_place.day,
        count=1,
        total=total,
        share=direct_share(total, rate=at_place.rate),
    )


def release_transfers(earning: Earning, *, escrow: AccountName) -> tuple[TransferDraft, ...]:
    """Return what an earning moves out of the escrow: the share, and the rest."""
    return _between(direct_parts([earning]), escrow=escrow)


def back_transfers(
    given: Mapping[AccountName, Money], *, escrow: AccountName
) -> tuple[TransferDraft, ...]:
    """Return what the accounts that ``take_directly`` names give back into the escrow."""
    return tuple(
        TransferDraft(one.credit, one.debit, one.amount) for one in _between(given, escrow=escrow)
    )


def _between(
    parts: Mapping[AccountName, Money], *, escrow: AccountName
) -> tuple[TransferDraft, ...]:
    return tuple(TransferDraft(escrow, account, amount) for account, amount in parts.items())


@dataclass(frozen=True, slots=True)
class Head:
    """What an entry of a request says of itself; ``number`` counts its releases from 1."""

    kind: str
    request_id: UUID
    number: int
    policy_version: str
    memo: str
    at: dt.datetime

    def entry(self, entry_id: UUID, transfers: tuple[TransferDraft, ...]) -> EntryDraft:
        """Return the entry."""
        return EntryDraft(
            id=entry_id,
            kind=self.kind,
            reference=f"request:{self.request_id}",
            policy_version=self.policy_version,
            occurred_at=self.at,
            memo=self.memo,
            transfers=transfers,
        )


def released_id(request_id: UUID, number: int) -> UUID:
    """Return the one id of a release's entry: posting it again meets itself."""
    return ids.derived("request_released", request_id, number)


def taken_back_id(request_id: UUID, number: int) -> UUID:
    """Return the one id of the entry that takes a release back."""
    return ids.derived("request_taken_back", request_id, number)
