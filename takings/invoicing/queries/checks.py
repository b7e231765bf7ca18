"""What invoicing adds to ``check_books``: no gap, and every invoice says what its row says."""

import hashlib
from collections.abc import Callable, Iterator

from django.db.models import Count, Max, Min

from takings.invoicing.models import Invoice
from takings.invoicing.rules import read_invoiced
from takings.ledger.queries import Check, Finding

BATCH = 1_000
Tell = Callable[[int, int], None]


def _gaps(_: Tell) -> Iterator[Finding]:
    rows = Invoice.objects.values("entity", "series").order_by("entity", "series")
    for row in rows.annotate(count=Count("pk"), first=Min("number"), last=Max("number")):
        if (row["first"], row["last"]) != (1, row["count"]):
            sentence = f"{row['count']} numbers from {row['first']} to {row['last']}"
            yield Finding(NO_GAP.invariant, f"series:{row['entity']}-{row['series']}", sentence)


def _contents(tell: Tell) -> Iterator[Finding]:
    total = Invoice.objects.count()
    rows = Invoice.objects.order_by("entity", "series", "number")
    for done, row in enumerate(rows.iterator(chunk_size=BATCH)):
        tell(done, total)
        said = read_invoiced(row.content)
        stated = (row.code, row.currency, row.net_micros, row.tax_micros, row.gross_micros)
        sums = (sum(one.net for one in said.lines), sum(one.tax for one in said.lines))
        if hashlib.sha256(row.content.encode()).hexdigest() != row.digest:
            sentence = "its content does not match its digest"
            yield Finding(INVOICES_HOLD.invariant, f"invoice:{row.code}", sentence)
        elif (said.code, said.currency, *sums, sum(sums)) != stated:
            sentence = "its lines do not come to its sums"
            yield Finding(INVOICES_HOLD.invariant, f"invoice:{row.code}", sentence)


NO_GAP = Check("the numbers of every series of invoices have no gap", _gaps)
INVOICES_HOLD = Check("every invoice says what its digest says and its lines come to", _contents)

CHECKS = (NO_GAP, INVOICES_HOLD)
