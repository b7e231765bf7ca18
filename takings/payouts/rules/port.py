"""What is asked of a provider who pays creators, and what it answers: values only, no calls.

A call ends as for payments: an answer, ``ProviderRefused`` (it is certain that nothing happened),
or ``ProviderSilent`` (nobody knows: ask later, never repeat blindly).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from takings.core.errors import Unavailable
from takings.money import Money
from takings.payments.rules import ProviderRefused


class ProviderHoldsTooLittle(ProviderRefused):
    """The provider's balance of ours does not hold it: nothing happened, it is tried again."""

    code = "provider_holds_too_little"
    sentence = "The provider does not hold enough of ours: {why}"


class NobodyPaysThere(Unavailable):
    """No provider is configured for this country and currency."""

    code = "nobody_pays_there"
    sentence = "No provider pays {currency} to people in {country} here; choose a bank account."


class AccountState(StrEnum):
    """How far an account at a provider is."""

    ONBOARDING = "onboarding"
    READY = "ready"
    RESTRICTED = "restricted"


class Outcome(StrEnum):
    """What became of a transfer.

    ``FAILED``: the creator's bank gave it back, it lies in their account at the provider and can be
    taken back. ``RETURNED``: it is in our balance at the provider again.
    """

    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class AccountAsk:
    """Ask for an account for a creator. ``key`` makes asking twice the same as once."""

    key: UUID
    email: str
    country: str
    currency: str
    return_url: str


@dataclass(frozen=True, slots=True)
class AccountTold:
    """An account as the provider sees it; ``missing`` is what it lacks, in words."""

    ref: str
    state: AccountState
    missing: str = ""


@dataclass(frozen=True, slots=True)
class TransferAsk:
    """Ask to send this much to an account."""

    key: UUID
    account: str
    amount: Money
    description: str


@dataclass(frozen=True, slots=True)
class TransferTold:
    """A transfer as the provider sees it; times are the provider's."""

    ref: str
    amount: Money
    outcome: Outcome
    made_at: dt.datetime
    returned_at: dt.datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: it only rings the bell, and the provider is asked.

    ``account`` or ``transfer`` is what it is about; ``key`` is ours of the transfer, so that it is
    found even before its call is answered.
    """

    id: str
    account: str = ""
    transfer: str = ""
    key: UUID | None = None


class PayoutProvider(Protocol):
    """What every adapter can do. All of it may refuse ProviderRefused and ProviderSilent."""

    name: str

    def open_account(self, ask: AccountAsk) -> AccountTold:
        """Open an account that its owner completes on the provider's pages."""

    def onboarding_url(self, *, ref: str, return_url: str) -> str:
        """Return the address of those pages; it may hold for minutes only."""

    def look_up_account(self, ref: str) -> AccountTold:
        """Tell whether the account may be paid, and what is missing."""

    def send(self, ask: TransferAsk) -> TransferTold:
        """Send money. Refuses ProviderHoldsTooLittle, too."""

    def look_up(self, ref: str) -> TransferTold:
        """Tell what became of a transfer."""

    def find(self, key: UUID) -> TransferTold | None:
        """Tell what became of a call; ``None`` when it never arrived."""

    def take_back(self, *, key: UUID, ref: str) -> TransferTold:
        """Take back from the account what its owner's bank did not take."""

    def check_signature(self, *, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> None:
        """Refuse with BadSignature what the provider did not send, or sent too long ago."""

    def events_in(self, body: bytes) -> tuple[Event, ...]:
        """Read a webhook. Refuses UnreadableEvent."""
