"""The sandbox as one more provider: its answers in, our values out."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import ParamSpec, TypeVar
from uuid import UUID

import msgspec
from django.conf import settings

from takings.core import clock
from takings.core.errors import NotFound
from takings.money import Money
from takings.payments.rules import (
    TO_CONFIRM,
    Answer,
    BadSignature,
    ChargeAsk,
    CheckoutAsk,
    Event,
    Fact,
    FactKind,
    MoneyAsk,
    ProviderRefused,
    ProviderSilent,
    Report,
    ReportLine,
    UnreadableEvent,
)
from takings.sandbox import actions as sandbox
from takings.sandbox import queries
from takings.sandbox.rules import HEADER, REASONS, Message, State, Told, is_signed

P = ParamSpec("P")
T = TypeVar("T")


class Sandbox:
    """Calls the sandbox as if it were far away: each call stands alone, whatever we do next."""

    name = "sandbox"

    def start_checkout(self, ask: CheckoutAsk) -> Answer:
        """Open a page of the sandbox."""
        wanted = sandbox.Wanted(
            key=ask.key,
            amount=ask.amount,
            description=ask.description,
            email=ask.buyer.email,
            return_url=ask.return_url,
            captures=ask.capture,
            keeps_card=ask.keep_card,
        )
        return _answer(_call(sandbox.open_checkout, wanted, at=clock.now()))

    def charge(self, ask: ChargeAsk) -> Answer:
        """Charge a kept test card."""
        return _answer(
            _call(
                sandbox.charge_card,
                key=ask.key,
                card=ask.card_ref,
                amount=ask.amount,
                at=clock.now(),
            )
        )

    def capture(self, ask: MoneyAsk) -> Answer:
        """Take what was reserved."""
        state = _call(
            sandbox.capture_charge, key=ask.key, ref=ask.ref, amount=ask.amount, at=clock.now()
        )
        return _answer(state)

    def refund(self, ask: MoneyAsk) -> Answer:
        """Give back all or a part."""
        state = _call(
            sandbox.refund_charge, key=ask.key, ref=ask.ref, amount=ask.amount, at=clock.now()
        )
        return _answer(state)

    def look_up(self, ref: str) -> Answer:
        """Ask for everything that happened."""
        return _answer(_call(sandbox.look_up, ref, at=clock.now()))

    def find(self, key: UUID) -> Answer | None:
        """Ask what became of a call."""
        state = queries.find_state(key)
        return None if state is None else self.look_up(state.ref)

    def send_evidence(self, *, dispute: str, text: str) -> None:
        """Answer a dispute; the sandbox decides at once."""
        _call(sandbox.answer_dispute, dispute_id=dispute, evidence=text, at=clock.now())

    def check_signature(self, *, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> None:
        """Believe only what the sandbox signed in the last five minutes."""
        signature = headers.get(HEADER, "")
        if not is_signed(body, signature=signature, secret=settings.SANDBOX_SECRET, at=at):
            raise BadSignature(provider=self.name)

    def events_in(self, body: bytes) -> tuple[Event, ...]:
        """Read a message of the sandbox. Refuses UnreadableEvent."""
        try:
            message = msgspec.json.decode(body, type=Message)
            facts = _facts(message.told)
        except (msgspec.DecodeError, ValueError) as error:
            raise UnreadableEvent(provider=self.name, why=error) from error
        return (Event(id=message.id, ref=message.ref, facts=facts, key=message.key),)

    def report(self, day: dt.date) -> Report:
        """Ask for the report of a day; the sandbox pays out what it holds at the day's end."""
        _call(sandbox.pay_out, day=day)
        report = queries.day_report(day)
        lines = tuple(
            ReportLine(
                key=f"{row.kind}:{row.about}",
                gross=Money(row.gross_micros, row.currency),
                fee=Money(row.fee_micros, row.currency),
                occurred_at=row.occurred_at,
            )
            for row in report.rows
        )
        closing = tuple(Money(micros, code) for code, micros in report.closing_micros.items())
        return Report(day=day, lines=lines, closing=closing)


def _call(call: Callable[P, T], *args: P.args, **words: P.kwargs) -> T:
    """Call the sandbox; its own transactions are its own, so what it did stays done."""
    try:
        return call(*args, **words)
    except sandbox.SandboxSilent as silent:
        raise ProviderSilent from silent
    except (sandbox.SandboxRefused, NotFound) as refusal:
        raise ProviderRefused(why=refusal) from refusal


def _answer(state: State) -> Answer:
    return Answer(
        ref=state.ref,
        facts=_facts(state.told),
        checkout_url=state.checkout_url,
        card_ref=state.card,
        keys=frozenset(state.keys),
    )


def _facts(told: Iterable[Told]) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            kind=FactKind(one.kind),
            about=one.about,
            amount=Money(one.amount_micros, one.currency),
            fee=Money(one.fee_micros, one.currency),
            occurred_at=one.occurred_at,
            reason=_reason(one),
        )
        for one in told
    )


def _reason(one: Told) -> str:
    is_to_confirm = one.reason == "authentication_required"
    return TO_CONFIRM if is_to_confirm else REASONS.get(one.reason, one.reason)
