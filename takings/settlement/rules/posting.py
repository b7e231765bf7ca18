"""The entries of settlement: what is posted for a pool and for a released statement."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from takings.core import ids
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft
from takings.money import Money
from takings.policies.rules import AD_REVENUE, DIRECT, FEED_ADS

PRODUCT = FEED_ADS
PLATFORM = AD_REVENUE


@dataclass(frozen=True, slots=True)
class PoolKey:
    """Which pool, or place of direct money: one period, country, currency and product."""

    period: str
    country: str
    currency: str
    product: str = PRODUCT

    @property
    def account(self) -> AccountName:
        """The pool's account in the books."""
        return f"pool:{self.product}:{self.country}:{self.period}"

    @property
    def entry_id(self) -> UUID:
        """The one id of the entry that shares this pool: posting it again meets itself."""
        return ids.derived("pool_shared", self.period, *self.place)

    @property
    def is_direct(self) -> bool:
        """Whether it is of money that was its creators' from the start: no account has its name."""
        return self.product in DIRECT

    @property
    def place(self) -> tuple[str, ...]:
        """What tells it from the period's other pools, for ids, digests and an order.

        Feed ads were there alone once: they are not named, so that old ids and digests stay.
        """
        return named(self.product, self.country, self.currency)


def named(product: str, *cells: object) -> tuple[str, ...]:
    """Return cells of a row as text, with its product unless that is feed ads."""
    return (*map(str, cells), *(() if product == PRODUCT else (product,)))


def pool_entry(
    *,
    key: PoolKey,
    shares: Iterable[tuple[AccountName, int]],
    policy_version: str,
    occurred_at: dt.datetime,
    memo: str,
) -> EntryDraft:
    """Return the ``pool_shared`` entry: its micro-units to each account, zeros left out."""
    return EntryDraft(
        id=key.entry_id,
        kind="pool_shared",
        reference=f"period:{key.period}",
        policy_version=policy_version,
        occurred_at=occurred_at,
        memo=memo,
        transfers=tuple(
            TransferDraft(debit=key.account, credit=account, amount=Money(micros, key.currency))
            for account, micros in sorted(shares)
            if micros
        ),
    )


def split_entry_id(*, period: str, owner_id: int, currency: str) -> UUID:
    """Return the one id of the entry by which an owner gives to others in a period."""
    return ids.derived("earnings_split", period, owner_id, currency)


def split_entry(
    *,
    period: str,
    owner_id: int,
    parts: Mapping[int, Money],
    policy_version: str,
    occurred_at: dt.datetime,
) -> EntryDraft:
    """Return the ``earnings_split`` entry: from an owner's pending to each party's."""
    (currency,) = {amount.currency for amount in parts.values()}
    return EntryDraft(
        id=split_entry_id(period=period, owner_id=owner_id, currency=currency),
        kind="earnings_split",
        reference=f"split:{period}:{owner_id}",
        policy_version=policy_version,
        occurred_at=occurred_at,
        memo=f"What was agreed to share of {period}",
        transfers=tuple(
            TransferDraft(
                debit=f"creator:{owner_id}:pending",
                credit=f"creator:{party}:pending",
                amount=amount,
            )
            for party, amount in sorted(parts.items())
        ),
    )


def release_entry(
    *,
    period: str,
    creator_id: int,
    amount: Money,
    policy_version: str,
    occurred_at: dt.datetime,
) -> EntryDraft:
    """Return the ``earnings_released`` entry: a statement's amount from pending to payable."""
    return EntryDraft(
        id=ids.derived("earnings_released", period, creator_id, amount.currency),
        kind="earnings_released",
        reference=f"statement:{period}:{creator_id}",
        policy_version=policy_version,
        occurred_at=occurred_at,
        memo=f"The hold window of {period} ended",
        transfers=(
            TransferDraft(
                debit=f"creator:{creator_id}:pending",
                credit=f"creator:{creator_id}:payable",
                amount=amount,
            ),
        ),
    )
