"""What a card payment does to its request, whenever the card company tells of it."""

import datetime as dt

from takings.ledger.rules import TransferDraft
from takings.money import Money, format_money
from takings.payments.queries import Sale
from takings.payments.rules import Plan, Share
from takings.people.queries import Visitor
from takings.policies.queries import request_rule
from takings.requests.actions.answering import call_off
from takings.requests.actions.keeping import (
    Locked,
    earned,
    go,
    lock_paid,
    over,
    settle,
    take_step,
)
from takings.requests.models import Request
from takings.requests.queries import (
    REQUEST_PURPOSE,
    NoSuchRequest,
    gone_of,
    request_named,
    request_of_subject,
    standing_release,
    taken_of,
)
from takings.requests.rules import Act, Side, State, escrow_of

TOOK = "The payment was taken back."
MINUTE = "%Y-%m-%d %H:%M UTC"


def unearn(sale: Sale, *, taken: Money, at: dt.datetime) -> None:
    """Let what was earned of a request wait again, as far as ``taken`` of its payment asks for it.

    Refuses: PeriodIsBeingClosed.
    """
    one, payment = lock_paid(sale.payment_id)
    standing = standing_release(one)
    if standing is not None and earned(one, payment, gone=taken) < standing.total:
        settle(one, payment, gone=taken, why=TOOK, at=at)


class RequestByCard:
    """The purpose of card payments for requests; ``subject`` is ``request:<id>``."""

    name = REQUEST_PURPOSE
    title = "Something made for you"

    def plan(self, sale: Sale) -> Plan:
        """Let what is not tax wait: ``provider → escrow:request:<id>``."""
        share = Share(escrow_of(sale.payment_id), sale.net)
        return Plan("request_held", sale.subject, "A request, held", (share,))

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Ask the creator. What is paid after its time goes back at once, all of it."""
        one, payment = lock_paid(sale.payment_id)
        is_late, one.paid_at = one.state != State.UNPAID, at
        take_step(one, Act.PAY, side=Side.FAN, by=one.fan, at=at)
        if is_late:
            call_off(Locked(one, payment, Side.NOBODY), at=at)
        else:
            go(one, State.PAID, ends_at=at + request_rule(one.rule_version).accept)

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:  # noqa: ARG002
        """Move no coins."""
        return ()

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:  # noqa: ARG002
        """Stop the clock of what is taken back wholly, or let it go on; end what is given back."""
        one, payment = lock_paid(sale.payment_id)
        taken = taken_of(payment)
        settle(one, payment, gone=gone_of(payment), why=TOOK, at=at)
        if one.state == State.RETURNING and taken >= one.back:
            go(one, over(one))
            told = format_money(one.back)
            take_step(one, Act.GAVE_BACK, side=Side.NOBODY, note=told, at=at)
        elif one.state in {State.RETURNED, State.SPLIT} and taken < one.back:
            go(one, State.RETURNING)
            take_step(one, Act.NOT_GIVEN, side=Side.NOBODY, note="It came back to us.", at=at)
        else:
            is_gone = taken == sale.amount and one.back != one.price
            _stop_or_go_on(one, is_gone=is_gone, at=at)

    def access(self, subject: str, *, user: Visitor) -> None:
        """Let who asked see its payment; its creator sees the request. Refuses: NoSuchRequest."""
        if request_of_subject(subject).fan != user:
            raise NoSuchRequest

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say what was asked for, what was delivered, and what the fan said to it."""
        one = request_named(request_id=sale.payment_id)
        return (
            f"Bought: “{one.title}” of @{one.creator.handle}: {one.what}",
            f"Asked for: {one.brief}",
            *(
                f"{step.at:{MINUTE}}: {step.get_act_display()}. {step.note}".strip()
                for step in one.steps.all()
            ),
            *(
                f"Delivered {made.at:{MINUTE}}: {made.text or made.link or made.video}"
                for made in one.deliveries.select_related("video")
            ),
            *(f"{said.at:{MINUTE}} {said.by}: {said.text}" for said in one.messages.all()),
        )


def _stop_or_go_on(one: Request, *, is_gone: bool, at: dt.datetime) -> None:
    if is_gone and one.taken_at is None:
        one.taken_at = at
        one.save()
        take_step(one, Act.BANK_TOOK, side=Side.NOBODY, at=at)
    elif not is_gone and one.taken_at is not None:
        if one.ends_at is not None:
            one.ends_at += at - one.taken_at
        one.taken_at = None
        one.save()
        take_step(one, Act.BANK_GAVE, side=Side.NOBODY, at=at)
