"""The port: what we ask of whoever takes cards for us, in values; each adapter translates.

A call ends in one of three ways: an :class:`Answer`, a :class:`ProviderRefused` (it is certain
that nothing happened), or a :class:`ProviderSilent` (nobody knows: ask later, never repeat blindly).
"""  # noqa: E501 - one sentence

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from takings.core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from takings.money import Money
from takings.payments.rules.facts import Fact


class ProviderSilent(Unavailable):
    """No answer in time: it may have happened or not."""

    code = "provider_silent"
    sentence = "The card company does not answer just now. We keep asking; nothing is paid twice."


class ProviderRefused(Conflict):
    """The provider says no, and nothing happened."""

    code = "provider_refused"
    sentence = "The card company refused: {why}"


class BadSignature(Forbidden):
    """Whoever sent this is not the provider, or it is too old to be believed."""

    code = "bad_signature"
    sentence = "This message is not signed by {provider}."


class UnreadableEvent(Invalid):
    """Signed, but not what the provider says it sends."""

    code = "unreadable_event"
    sentence = "This message of {provider} cannot be read: {why}."


class UnknownProvider(NotFound):
    """No such provider is configured."""

    code = "unknown_provider"
    sentence = "There is no payment provider called “{name}” here."


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays, as far as a provider must know."""

    email: str
    country: str


@dataclass(frozen=True, slots=True)
class CheckoutAsk:
    """Ask for a page on which a card is entered. ``key`` makes asking twice the same as once.

    ``capture`` False only reserves the amount; ``keep_card`` allows charging it again later.
    """

    key: UUID
    payment_id: UUID
    amount: Money
    description: str
    buyer: Buyer
    return_url: str
    capture: bool = True
    keep_card: bool = False


@dataclass(frozen=True, slots=True)
class ChargeAsk:
    """Ask to charge a kept card while its owner is away."""

    key: UUID
    payment_id: UUID
    amount: Money
    description: str
    card_ref: str


@dataclass(frozen=True, slots=True)
class MoneyAsk:
    """Ask to capture, or to refund, this much of the payment that the provider calls ``ref``."""

    key: UUID
    ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider knows of a payment: its name for it, where to pay, what happened.

    ``keys`` are our keys of the refunds and captures that reached it, ``card_ref`` a kept card.
    """

    ref: str
    facts: tuple[Fact, ...] = ()
    checkout_url: str = ""
    card_ref: str = ""
    keys: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a webhook: its own id, and the payment it is about.

    ``key`` is our key of the checkout or charge, so that the payment is found even before its call
    is answered; ``about`` is the charge it is about, when that is all it says. Without facts an
    event only rings the bell: the provider is then asked.
    """

    id: str
    ref: str
    facts: tuple[Fact, ...] = ()
    key: UUID | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a provider's settlement report.

    ``key`` is that of the fact (``refunded:re_1``), or ``payout:<id>`` for money sent to our bank;
    ``gross`` has the sign of what it did to our balance there, ``fee`` is what it cost.
    """

    key: str
    gross: Money
    fee: Money
    occurred_at: dt.datetime

    @property
    def net(self) -> Money:
        """What it did to the balance."""
        return self.gross - self.fee


@dataclass(frozen=True, slots=True)
class Report:
    """All that happened on one UTC day, and what the provider held for us at its end."""

    day: dt.date
    lines: tuple[ReportLine, ...]
    closing: tuple[Money, ...] = ()


class Provider(Protocol):
    """What every adapter can do. All of it may refuse ProviderRefused and ProviderSilent."""

    name: str

    def start_checkout(self, ask: CheckoutAsk) -> Answer:
        """Open a page to pay on; authorise there and, unless told otherwise, capture."""

    def charge(self, ask: ChargeAsk) -> Answer:
        """Charge a kept card; a decline is a ``FAILED`` fact, not a refusal."""

    def capture(self, ask: MoneyAsk) -> Answer:
        """Take what was authorised."""

    def refund(self, ask: MoneyAsk) -> Answer:
        """Give back all or a part."""

    def look_up(self, ref: str) -> Answer:
        """Tell everything that happened to a payment so far."""

    def find(self, key: UUID) -> Answer | None:
        """Tell what became of a checkout or charge; ``None`` when it never arrived."""

    def send_evidence(self, *, dispute: str, text: str) -> None:
        """Answer a dispute with what we know."""

    def check_signature(self, *, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> None:
        """Refuse with BadSignature what the provider did not send, or sent too long ago."""

    def events_in(self, body: bytes) -> tuple[Event, ...]:
        """Read a webhook. Refuses UnreadableEvent."""

    def report(self, day: dt.date) -> Report:
        """Return the settlement report of a UTC day."""
