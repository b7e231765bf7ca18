"""What the books hold against a provider's report, and against a dispute."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q

from takings.invoicing.rules import read_invoiced, title_of
from takings.ledger import queries as ledger
from takings.money import Money, format_money
from takings.payments.models import Evidence, Payment, PaymentFact
from takings.payments.queries.payments import parts_of
from takings.payments.queries.purposes import purpose_of, sale_of, sold_of
from takings.payments.queries.receipts import receipts_of
from takings.payments.rules import MOVING, Booked

DAY = dt.timedelta(days=1)
MINUTE = "%Y-%m-%d %H:%M UTC"
Movements = Callable[[str, dt.datetime, dt.datetime | None], list[Booked]]
_movements: list[Movements] = []


def register_movements(found: Movements) -> None:
    """Let an app above tell what it moved at a provider; called once, when it starts.

    It is asked for a provider's lines from an instant on: until another, by the provider's time; or
    (``None``) all that the books hold and the provider did not do before.
    """
    _movements.append(found)


def booked_on(*, provider: str, day: dt.date) -> list[Booked]:
    """Return what the books did to a provider's account for each fact of a UTC day."""
    begin = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    within = Q(occurred_at__gte=begin, occurred_at__lt=begin + DAY)
    return _booked(provider, within) + _moved(provider, begin, begin + DAY)


def standing_at_end(*, provider: str, day: dt.date, currency: str) -> Money:
    """Return what a provider held for us at the end of a day, by the books.

    The account as it is, less what happened later: facts are told a little after they happen.
    """
    end = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) + DAY
    later = _booked(provider, Q(occurred_at__gte=end, currency=currency))
    later += [line for line in _moved(provider, end, None) if line.gross.currency == currency]
    now = ledger.balance(name=f"provider:{provider}", currency=currency)
    return now - sum((line.gross - line.fee for line in later), Money.zero(currency))


def evidence_lines(payment: Payment) -> list[str]:
    """Return what we know of a payment, in lines: the answer to a dispute."""
    payer, sold = payment.payer, sold_of(payment)
    amount = format_money(payment.amount)
    who = f"{payer.display_name}, {payer.email}, country {payer.country}"
    lines = [
        f"Payment {payment.pk}, for “{payment.description}”: {amount}",
        f"Ordered {payment.started_at:{MINUTE}} by {who}",
        f"A member since {payer.joined_at:%Y-%m-%d}",
    ]
    if payer.last_login:
        lines.append(f"Signed in last {payer.last_login:{MINUTE}}")
    if sold.accepted:
        shown = f"{sold.accepted.shown_at:{MINUTE}}"
        lines.append(f"Accepted by paying: terms {sold.accepted.terms}, shown {shown}")
        lines.append(f"Policies in force then: {sold.accepted.policy}")
    lines.append(f"Addressed to {sold.customer.party.name}, {sold.customer.party.country}")
    lines += [
        f"{row.words} {row.occurred_at:{MINUTE}}: {format_money(row.fact.amount)}"
        for row in payment.facts.order_by("occurred_at", "pk")
    ]
    lines += [
        f"{title_of(read_invoiced(paper.content))} {paper.code}: {format_money(paper.gross)}"
        for paper in receipts_of(payment)
    ]
    lines += [
        f"Credited to {part.share.account}: {format_money(part.share.amount)}"
        for part in parts_of(payment)
    ]
    return [*lines, *purpose_of(payment.purpose).evidence(sale_of(payment))]


def evidence_sent(*, dispute: PaymentFact) -> Evidence | None:
    """Return what was sent about a dispute, if anything was."""
    sent = Evidence.objects.select_related("sent_by")
    return sent.filter(payment=dispute.payment_id, dispute=dispute.about).first()


def _moved(provider: str, begin: dt.datetime, end: dt.datetime | None) -> list[Booked]:
    return [line for found in _movements for line in found(provider, begin, end)]


def _booked(provider: str, condition: Q) -> list[Booked]:
    rows = PaymentFact.objects.filter(
        condition, payment__provider=provider, kind__in=MOVING, booked_at__isnull=False
    )
    lines = [_line(row, account=f"provider:{provider}") for row in rows]
    return [line for line in lines if line.gross or line.fee]


def _line(row: PaymentFact, *, account: str) -> Booked:
    """Read from the entry itself what it did to the account; the fee is what it said."""
    fee = Money(row.fee_micros, row.currency)
    net = Money.zero(row.currency)
    if row.entry_id is not None:
        for move in ledger.entry(id=row.entry_id).transfers:
            net += move.amount if move.debit == account else -move.amount
    return Booked(key=row.fact.key, gross=net + fee, fee=fee)
