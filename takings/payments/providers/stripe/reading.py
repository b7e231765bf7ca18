"""Stripe's objects as facts: every thing that happened has the id that Stripe gave it."""

import datetime as dt
from collections.abc import Iterable, Iterator

import stripe

from takings.money import Money
from takings.payments.providers.stripe.amounts import money_of
from takings.payments.rules import TO_CONFIRM, Fact, FactKind, ReportLine

GONE = {"failed", "canceled"}
"""States of a refund whose money came back to us."""

LINES = {
    "charge": FactKind.SUCCEEDED,
    "payment": FactKind.SUCCEEDED,
    "refund": FactKind.REFUNDED,
    "payment_refund": FactKind.REFUNDED,
    "refund_failure": FactKind.REFUND_FAILED,
    "payment_failure_refund": FactKind.REFUND_FAILED,
}
DISPUTES = "dp_", "du_"
SENT_BACK = {"transfer_refund", "transfer_cancel", "transfer_failure"}


def charge_facts(charge: stripe.Charge) -> Iterator[Fact]:
    """Tell what became of one try to pay.

    While Stripe does not say its fee, a success is not told: it is asked for again.
    """
    amount = money_of(charge.amount, charge.currency)
    nothing = Money.zero(amount.currency)
    at = instant(charge.created)
    if charge.status == "failed":
        why = charge.failure_message or "The bank declined the card and gave no reason."
        why = TO_CONFIRM if charge.failure_code == "authentication_required" else why
        yield Fact(FactKind.FAILED, charge.id, amount, nothing, at, why[:200])
    elif charge.status == "succeeded":
        yield Fact(FactKind.AUTHORISED, charge.id, amount, nothing, at)
        line = charge.balance_transaction
        if charge.captured and isinstance(line, stripe.BalanceTransaction):
            fee, when = money_of(line.fee, line.currency), instant(line.created)
            taken = money_of(charge.amount_captured, charge.currency)
            yield Fact(FactKind.SUCCEEDED, charge.id, taken, fee, when)


def refund_facts(refund: stripe.Refund) -> Iterator[Fact]:
    """Tell of a refund, and that it did not arrive, if so."""
    amount = money_of(refund.amount, refund.currency)
    fee, nothing = _fee(refund.balance_transaction, amount.currency), Money.zero(amount.currency)
    at = instant(refund.created)
    yield Fact(FactKind.REFUNDED, refund.id, amount, fee, at)
    if refund.status in GONE:
        line = refund.failure_balance_transaction
        fee = _fee(line, amount.currency)
        when = instant(line.created) if isinstance(line, stripe.BalanceTransaction) else at
        why = (refund.failure_reason or "")[:200]
        yield Fact(FactKind.REFUND_FAILED, refund.id, amount, fee or nothing, when, why)


def dispute_facts(dispute: stripe.Dispute) -> Iterator[Fact]:
    """Tell of a dispute and its end. An inquiry that took no money yet is none."""
    amount = money_of(dispute.amount, dispute.currency)
    taken = [line for line in dispute.balance_transactions if line.amount < 0]
    given = [line for line in dispute.balance_transactions if line.amount > 0]
    if not taken:
        return
    fee, at = _sum_fees(taken, amount.currency), instant(taken[0].created)
    yield Fact(FactKind.DISPUTED, dispute.id, amount, fee, at, dispute.reason)
    if dispute.status == "won" and given:
        fee, at = _sum_fees(given, amount.currency), instant(given[0].created)
        yield Fact(FactKind.DISPUTE_WON, dispute.id, amount, fee, at)
    elif dispute.status == "lost":
        yield Fact(FactKind.DISPUTE_LOST, dispute.id, amount, Money.zero(amount.currency), at)


def report_line(line: stripe.BalanceTransaction) -> ReportLine:
    """Return a line of the balance as one of the report; what we do not know keeps its own name."""
    source = line.source.id if isinstance(line.source, stripe.StripeObject) else str(line.source)
    if line.type == "transfer":
        return _line(line, f"transferred:{source}")
    if line.type in SENT_BACK:
        transfer = getattr(line.source, "transfer", source)
        return _line(line, f"transfer_undone:{getattr(transfer, 'id', transfer)}")
    kind = LINES.get(line.type)
    if line.type == "adjustment" and source.startswith(DISPUTES):
        kind = FactKind.DISPUTED if line.amount < 0 else FactKind.DISPUTE_WON
    key = f"{kind}:{source}" if kind else f"{line.type}:{line.id}"
    return _line(line, f"payout:{source}" if line.type == "payout" else key)


def _line(line: stripe.BalanceTransaction, key: str) -> ReportLine:
    return ReportLine(
        key=key,
        gross=money_of(line.amount, line.currency),
        fee=money_of(line.fee, line.currency),
        occurred_at=instant(line.created),
    )


def instant(seconds: int) -> dt.datetime:
    """Return the instant of Stripe's seconds since 1970."""
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)


def _fee(line: object, code: str) -> Money:
    if isinstance(line, stripe.BalanceTransaction):
        return money_of(line.fee, line.currency)
    return Money.zero(code)


def _sum_fees(lines: Iterable[stripe.BalanceTransaction], code: str) -> Money:
    return sum((money_of(line.fee, line.currency) for line in lines), Money.zero(code))
