"""The sandbox as one more provider who pays creators: its answers in, our values out."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar
from uuid import UUID

import msgspec
from django.conf import settings

from takings.core import clock
from takings.core.errors import NotFound
from takings.money import Money
from takings.payments.rules import BadSignature, ProviderRefused, ProviderSilent, UnreadableEvent
from takings.payouts.rules.port import (
    AccountAsk,
    AccountState,
    AccountTold,
    Event,
    Outcome,
    ProviderHoldsTooLittle,
    TransferAsk,
    TransferTold,
)
from takings.sandbox import actions as sandbox
from takings.sandbox import queries
from takings.sandbox.rules import HEADER, Message, PayeeState, TransferState, is_signed

P = ParamSpec("P")
T = TypeVar("T")
STATES = {
    "new": AccountState.ONBOARDING,
    "active": AccountState.READY,
    "lacking": AccountState.RESTRICTED,
    "refused": AccountState.RESTRICTED,
}
OUTCOMES = {"paid": Outcome.SETTLED, "returned": Outcome.RETURNED}


class Sandbox:
    """Calls the sandbox as if it were far away: each call stands alone, whatever we do next."""

    name = "sandbox"

    def open_account(self, ask: AccountAsk) -> AccountTold:
        """Open an account of the sandbox."""
        wanted = sandbox.WantedPayee(
            key=ask.key,
            email=ask.email,
            country=ask.country,
            currency=ask.currency,
            return_url=ask.return_url,
        )
        return _account(_call(sandbox.open_payee, wanted, at=clock.now()))

    def onboarding_url(self, *, ref: str, return_url: str) -> str:
        """Return the page on which a test account is given; it knows where to lead back."""
        del return_url
        return queries.payee_url(ref)

    def look_up_account(self, ref: str) -> AccountTold:
        """Ask how far an account is."""
        return _account(_call(queries.payee_state, ref))

    def send(self, ask: TransferAsk) -> TransferTold:
        """Send money from what the sandbox holds for us."""
        return _transfer(
            _call(
                sandbox.send_transfer,
                key=ask.key,
                payee_id=ask.account,
                amount=ask.amount,
                at=clock.now(),
            )
        )

    def look_up(self, ref: str) -> TransferTold:
        """Ask what became of a transfer."""
        return _transfer(_call(sandbox.look_up_transfer, ref, at=clock.now()))

    def find(self, key: UUID) -> TransferTold | None:
        """Ask what became of a call."""
        ref = queries.find_transfer(key)
        return self.look_up(ref) if ref else None

    def take_back(self, *, key: UUID, ref: str) -> TransferTold:
        """Look again: what a bank gives back to the sandbox is in our balance at once."""
        del key
        return self.look_up(ref)

    def check_signature(self, *, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> None:
        """Believe only what the sandbox signed in the last five minutes."""
        signature = headers.get(HEADER, "")
        if not is_signed(body, signature=signature, secret=settings.SANDBOX_SECRET, at=at):
            raise BadSignature(provider=self.name)

    def events_in(self, body: bytes) -> tuple[Event, ...]:
        """Read a message of the sandbox. Refuses UnreadableEvent."""
        try:
            message = msgspec.json.decode(body, type=Message)
        except msgspec.DecodeError as error:
            raise UnreadableEvent(provider=self.name, why=error) from error
        if any(one.kind == "payee_updated" for one in message.told):
            return (Event(id=message.id, account=message.ref),)
        return (Event(id=message.id, transfer=message.ref, key=message.key),)


def _call(call: Callable[P, T], *args: P.args, **words: P.kwargs) -> T:
    """Call the sandbox; its own transactions are its own, so what it did stays done."""
    try:
        return call(*args, **words)
    except (sandbox.SandboxSilent, sandbox.MessageNotTaken) as silent:
        raise ProviderSilent from silent
    except sandbox.SandboxTooLow as low:
        raise ProviderHoldsTooLittle(why=low) from low
    except (sandbox.SandboxRefused, NotFound) as refusal:
        raise ProviderRefused(why=refusal) from refusal


def _account(state: PayeeState) -> AccountTold:
    return AccountTold(ref=state.ref, state=STATES[state.status], missing=state.lacks)


def _transfer(state: TransferState) -> TransferTold:
    return TransferTold(
        ref=state.ref,
        amount=Money(state.amount_micros, state.currency),
        outcome=OUTCOMES[state.status],
        made_at=state.made_at,
        returned_at=state.returned_at,
        reason=state.reason,
    )
