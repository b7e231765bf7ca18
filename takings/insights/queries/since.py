"""What became of a statement's money after it was issued: released, paid out, given back."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from takings.insights.models import IssuedAdvice, Tells
from takings.insights.rules.advice import Back, read_advice
from takings.money import Money
from takings.payouts.models import Line, Payout, PayoutState
from takings.payouts.queries import sent_lines_of
from takings.settlement.models import EarningsHold, Release, Statement

PAID = {PayoutState.SENT, PayoutState.SETTLED}


@dataclass(frozen=True, slots=True)
class Payment:
    """A payout that took the statement's money along: ``part`` of it, ``worth`` so much there.

    ``back_at`` and ``why`` are known once it is advised that it came back.
    """

    payout: Payout
    part: Money
    worth: Money
    back_at: dt.datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Since:
    """What happened since: ``paid``, before tax, and ``waiting`` sum to the statement.

    ``reserve`` is what the policy kept of the release, lifted or not.
    """

    released_at: dt.datetime | None
    release_entry: UUID | None
    reserve: EarningsHold | None
    payments: tuple[Payment, ...]
    paid: Money
    waiting: Money


def since(*, statement: Statement, release: Release | None) -> Since:
    """Return what became of a statement's money until now."""
    lines = sent_lines_of(statement=statement)
    back = IssuedAdvice.objects.filter(
        payout__in=[line.payout_id for line in lines], tells=Tells.RETURNED
    )
    told = {row.payout_id: read_advice(row.content).back for row in back}
    whole = Money(statement.amount_micros, statement.currency)
    took = [line.amount_micros for line in lines if line.payout.state in PAID]
    paid = Money(sum(took), statement.currency)
    return Since(
        released_at=release.released_at if release else None,
        release_entry=release.entry_id if release else None,
        reserve=_reserve(release),
        payments=tuple(_payment(line, told.get(line.payout_id)) for line in lines),
        paid=paid,
        waiting=whole - paid,
    )


def _reserve(release: Release | None) -> EarningsHold | None:
    if release is None:
        return None
    return EarningsHold.objects.select_related("lift").filter(release=release).first()


def _payment(line: Line, back: Back | None) -> Payment:
    return Payment(
        payout=line.payout,
        part=Money(line.amount_micros, line.currency),
        worth=Money(line.worth_micros, line.payout.currency),
        back_at=back.at if back else None,
        why=back.reason if back else "",
    )
