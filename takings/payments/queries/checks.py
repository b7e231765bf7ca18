"""What the books owe to payments: every fact is booked once, and shares are what was posted."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from takings.invoicing.queries import RECEIPT_SUMS
from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.payments.models import Attempt, Payment, RefundHold, Verb
from takings.payments.queries.payments import OPEN
from takings.payments.queries.purposes import UnknownPurpose, purpose_of

Progress = Callable[[int, int], None]
AT_ONCE = 200

# Where the booked facts leave each payment; what a fact took is gone unless its undoing is booked.
_STANDING = """
    WITH fact AS MATERIALIZED (
        SELECT * FROM payments_paymentfact WHERE booked_at IS NOT NULL
    ), standing AS MATERIALIZED (
        SELECT fact.payment_id,
            sum(CASE WHEN fact.kind = 'succeeded' THEN fact.amount_micros ELSE 0 END) AS paid,
            sum(CASE WHEN fact.kind IN ('refunded', 'disputed') AND undone.id IS NULL
                THEN fact.amount_micros ELSE 0 END) AS gone,
            sum(CASE WHEN undone.id IS NULL AND (fact.kind = 'refunded' OR lost.id IS NOT NULL)
                THEN fact.amount_micros ELSE 0 END) AS returned,
            sum(fact.fee_micros) AS fees
        FROM fact
        LEFT JOIN fact AS undone
            ON (undone.payment_id, undone.about) = (fact.payment_id, fact.about)
            AND (fact.kind, undone.kind)
                IN (('refunded', 'refund_failed'), ('disputed', 'dispute_won'))
        LEFT JOIN fact AS lost
            ON (lost.payment_id, lost.about) = (fact.payment_id, fact.about)
            AND (fact.kind, lost.kind) = ('disputed', 'dispute_lost')
        GROUP BY fact.payment_id
    )"""

# By how much its entries debited each account; an entry that is gone moved nothing. Payments with
# an entry whose transfers are archived are left out: the archive proves them.
_MOVED = f""", leg AS MATERIALIZED (
        SELECT fact.payment_id, leg.entry_id, leg.account, leg.micros
        FROM fact JOIN ({ledger.LEGS}) AS leg ON leg.entry_id = fact.entry_id
    ), whole AS (
        SELECT standing.* FROM standing WHERE NOT EXISTS (
            SELECT 1 FROM leg WHERE leg.payment_id = standing.payment_id AND leg.account IS NULL)
    ), moved AS MATERIALIZED (
        SELECT payment_id, account, sum(micros) AS micros FROM leg GROUP BY 1, 2
    )"""  # noqa: S608 - a relation of the ledger's own

_BOOKED = f"""{_STANDING}{_MOVED}
    SELECT payment.id, moved_on.account, payment.currency,
        whole.paid - whole.gone - whole.fees, coalesce(moved.micros, 0)
    FROM whole JOIN payments_payment AS payment ON payment.id = whole.payment_id
    CROSS JOIN LATERAL (SELECT 'provider:' || payment.provider AS account) AS moved_on
    LEFT JOIN moved ON moved.payment_id = payment.id AND moved.account = moved_on.account
    WHERE whole.paid - whole.gone - whole.fees <> coalesce(moved.micros, 0)
    ORDER BY payment.id
"""  # noqa: S608 - of our own words

_TAKEN = f"""{_STANDING}
    SELECT payment_id, least(paid, gone), coalesce(given, 0) FROM standing
    LEFT JOIN (
        SELECT payment_id, sum(given_micros + borne_micros) AS given
        FROM payments_paymentshare GROUP BY 1
    ) AS shared USING (payment_id)
    WHERE least(paid, gone) <> coalesce(given, 0)
    ORDER BY payment_id
"""  # noqa: S608 - of our own words

_SHARED = f"""{_STANDING}{_MOVED}
    SELECT share.payment_id, share.account, amount_micros - given_micros,
        -coalesce(moved.micros, 0)
    FROM payments_paymentshare AS share JOIN whole USING (payment_id)
    LEFT JOIN moved ON moved.payment_id = share.payment_id AND moved.account = share.account
    WHERE amount_micros - given_micros <> -coalesce(moved.micros, 0)
    ORDER BY share.payment_id, share.account
"""  # noqa: S608 - of our own words

_RECEIPTED = f"""{_STANDING}
    SELECT payment_id, paid - least(paid, returned), coalesce(gross_micros, 0) FROM standing
    LEFT JOIN ({RECEIPT_SUMS}) AS receipt ON reference = 'payment:' || payment_id
    WHERE paid - least(paid, returned) <> coalesce(gross_micros, 0)
    ORDER BY payment_id
"""  # noqa: S608 - of our own words


def _find_booked(_: Progress) -> Iterator[Finding]:
    """Compare what each payment did to its provider's account with what its facts come to."""
    for payment_id, account, currency, at_provider, moved in _rows(_BOOKED):
        told = f"{account} moved by {moved} micro-units of {currency}, "
        told += f"the facts come to {at_provider}"
        yield Finding(FACTS_ARE_BOOKED.invariant, f"payment:{payment_id}", told)


def _find_shares(_: Progress) -> Iterator[Finding]:
    """Compare what each beneficiary has of a payment with its entries and with what was taken."""
    for payment_id, taken, given in _rows(_TAKEN):
        told = f"shares gave back {given}, taken was {taken}"
        yield Finding(SHARES_ARE_POSTED.invariant, f"payment:{payment_id}", told)
    for payment_id, account, has, posted in _rows(_SHARED):
        told = f"{account} has {has} of it, and was posted {posted}"
        yield Finding(SHARES_ARE_POSTED.invariant, f"payment:{payment_id}", told)


def _find_receipts(_: Progress) -> Iterator[Finding]:
    """Compare what is left of the receipts of each payment with what was not given back."""
    for payment_id, stays, receipted in _rows(_RECEIPTED):
        told = f"its receipts come to {receipted}, it stays paid {stays}"
        yield Finding(RECEIPTS_ARE_GIVEN.invariant, f"payment:{payment_id}", told)


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    """Read what a comparison of all payments at once finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


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
RECEIPTS_ARE_GIVEN = Check(
    "the receipts of a payment come to what stays paid of it", _find_receipts
)
PURPOSES_ARE_KNOWN = Check("every payment has a purpose that somebody handles", _find_purposes)
HELD_IS_ASKED = Check("what is held for refunds belongs to refunds that are asked for", _find_holds)
CHECKS = (
    FACTS_ARE_BOOKED,
    SHARES_ARE_POSTED,
    RECEIPTS_ARE_GIVEN,
    PURPOSES_ARE_KNOWN,
    HELD_IS_ASKED,
)
