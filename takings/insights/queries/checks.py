"""What answers add to ``check_books``: what was given out is what the settlement says."""

from collections.abc import Callable, Iterator

from takings.insights.models import IssuedAdvice, IssuedStatement, Tells
from takings.insights.rules.advice import read_advice
from takings.insights.rules.issued import digest, read_issued
from takings.ledger.queries import Check, Finding

BATCH = 1_000
Tell = Callable[[int, int], None]


def _issued(tell: Tell) -> Iterator[Finding]:
    total = IssuedStatement.objects.count()
    rows = IssuedStatement.objects.select_related("statement", "revision")
    rows = rows.order_by("issued_at", "pk")
    for done, row in enumerate(rows.iterator(chunk_size=BATCH)):
        tell(done, total)
        if digest(row.content.encode()) != row.digest:
            sentence = "its content does not match the digest that was printed"
            yield Finding(ISSUED_HOLD.invariant, f"issued:{row.number}", sentence)
            continue
        said, source = read_issued(row.content), row.revision or row.statement
        stated = (source.amount_micros, row.statement.currency, source.digest)
        if (said.micros, said.currency, said.lines_sha256) != stated:
            sentence = f"it says {said.micros} micro-units, its statement {source.amount_micros}"
            yield Finding(ISSUED_HOLD.invariant, f"issued:{row.number}", sentence)


def _advised(tell: Tell) -> Iterator[Finding]:
    total = IssuedAdvice.objects.count()
    rows = IssuedAdvice.objects.select_related("payout").order_by("issued_at", "pk")
    for done, row in enumerate(rows.iterator(chunk_size=BATCH)):
        tell(done, total)
        if digest(row.content.encode()) != row.digest:
            sentence = "its content does not match the digest that was printed"
            yield Finding(ADVISED_HOLD.invariant, f"advice:{row.number}", sentence)
            continue
        said, source = read_advice(row.content), row.payout
        paid = (source.gross_micros, source.withheld_micros, source.net_micros, source.currency)
        taxes = sum(tax.micros for tax in said.taxes)
        parts = sum(one.micros for one in said.parts)
        is_back = row.tells == Tells.RETURNED
        if (parts, taxes, said.net, said.currency) != paid or is_back != (said.back is not None):
            sentence = f"it says {said.net} micro-units, its payout {source.net_micros}"
            yield Finding(ADVISED_HOLD.invariant, f"advice:{row.number}", sentence)


ISSUED_HOLD = Check(
    "every issued statement says what its digest says, and the amount of its lines", _issued
)
ADVISED_HOLD = Check(
    "every payment advice says what its digest says, and what its payout paid", _advised
)

CHECKS = (ISSUED_HOLD, ADVISED_HOLD)
