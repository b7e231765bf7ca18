"""What the books owe to payments: every fact is booked once, and shares are what was posted."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db.models import Exists, OuterRef

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.money import Money
from takings.payments.models import Attempt, Payment, PaymentFact, RefundHold, Verb
from takings.payments.queries.payments import OPEN, parts_of
from takings.payments.queries.purposes import UnknownPurpose, purpose_of
from takings.payments.rules import fold

Progress = Callable[[int, int], None]
Moved = dict[str, int]
AT_ONCE = 200


def _find_booked(tell: Progress) -> Iterator[Finding]:
    """Compare what each payment did to its provider's account with what its facts come to."""
    for payment, rows, moved in _booked(tell):
        standing = fold([row.fact for row in rows], currency=payment.currency)
        at_provider = moved.get(payment.account, 0)
        if at_provider != standing.at_provider.micros:
            told = f"{payment.account} moved by {at_provider} micro-units of {payment.currency}, "
            told += f"the facts come to {standing.at_provider.micros}"
            yield Finding(FACTS_ARE_BOOKED.invariant, f"payment:{payment.pk}", told)


def _find_shares(tell: Progress) -> Iterator[Finding]:
    """Compare what each beneficiary has of a payment with its entries and with what was taken."""
    for payment, rows, moved in _booked(tell):
        parts = parts_of(payment)
        standing = fold([row.fact for row in rows], currency=payment.currency)
        taken = sum((part.taken for part in parts), Money.zero(payment.currency))
        if taken != standing.taken:
            told = f"shares gave back {taken.micros}, taken was {standing.taken.micros}"
            yield Finding(SHARES_ARE_POSTED.invariant, f"payment:{payment.pk}", told)
        for part in parts:
            has = (part.share.amount - part.given).micros
            posted = -moved.get(part.share.account, 0)
            if has != posted:
                told = f"{part.share.account} has {has} of it, and was posted {posted}"
                yield Finding(SHARES_ARE_POSTED.invariant, f"payment:{payment.pk}", told)


def _booked(tell: Progress) -> Iterator[tuple[Payment, list[PaymentFact], Moved]]:
    """Yield payments with what is booked of them, and by how much each account was debited.

    A payment with an entry whose transfers are archived is passed over: the archive proves them.
    """
    ids = list(Payment.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        tell(start, len(ids))
        part = ids[start : start + AT_ONCE]
        payments = Payment.objects.prefetch_related("shares").in_bulk(part)
        facts = PaymentFact.objects.filter(payment__in=part, booked_at__isnull=False)
        rows = defaultdict[object, list[PaymentFact]](list)
        for row in facts:
            rows[row.payment_id].append(row)
        debits = ledger.debits_of(entry_ids=[row.entry_id for row in facts if row.entry_id])
        for payment in payments.values():
            booked = rows[payment.pk]
            entries = [row.entry_id for row in booked if row.entry_id]
            if booked and all(entry_id in debits for entry_id in entries):
                yield payment, booked, _sum([debits[one] for one in entries])


def _sum(entries: list[dict[tuple[str, str], int]]) -> Moved:
    moved: Moved = defaultdict(int)
    for debits in entries:
        for (name, _), micros in debits.items():
            moved[name] += micros
    return moved


def _find_purposes(_: Progress) -> Iterator[Finding]:
    """Find payments for what nobody knows any more."""
    names = Payment.objects.order_by("purpose").values_list("purpose", flat=True)
    for name in names.distinct():
        try:
            purpose_of(name)
        except UnknownPurpose as unknown:
            yield Finding(PURPOSES_ARE_KNOWN.invariant, f"purpose:{name}", str(unknown))


def _find_holds(_: Progress) -> Iterator[Finding]:
    """Compare what the books hold for refunds with the refunds that are asked for."""
    told = "{} micro-units are held, and no refund that is asked for would take them"
    held = ledger.open_holds(kind="refund_held")
    asked = Attempt.objects.filter(payment=OuterRef("payment"), verb=Verb.REFUND, status__in=OPEN)
    rows = RefundHold.objects.filter(released_at=None).annotate(is_asked=Exists(asked))
    for row in rows.order_by("pk"):
        kept = held.pop(row.hold_id, None)
        if kept is None or kept.micros != row.amount_micros or not row.is_asked:
            sentence = told.format(row.amount_micros)
            yield Finding(HELD_IS_ASKED.invariant, f"payment:{row.payment_id}", sentence)
    for hold_id, amount in held.items():
        yield Finding(HELD_IS_ASKED.invariant, f"hold:{hold_id}", told.format(amount.micros))


FACTS_ARE_BOOKED = Check(
    "what a provider holds for a payment is what its facts come to", _find_booked
)
SHARES_ARE_POSTED = Check("the shares of a payment are what its entries posted", _find_shares)
PURPOSES_ARE_KNOWN = Check("every payment has a purpose that somebody handles", _find_purposes)
HELD_IS_ASKED = Check("what is held for refunds belongs to refunds that are asked for", _find_holds)
CHECKS = (FACTS_ARE_BOOKED, SHARES_ARE_POSTED, PURPOSES_ARE_KNOWN, HELD_IS_ASKED)
