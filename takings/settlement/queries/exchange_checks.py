"""What exchanges of earnings add to ``check_books``."""

from collections.abc import Callable, Iterator
from itertools import islice

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.settlement.models import Exchange

Tell = Callable[[int, int], None]
BATCH = 1_000


def _exchanges(_: Tell) -> Iterator[Finding]:
    """Compare what each exchange says with what its entry took from the payable money."""
    found = Exchange.objects.select_related("returned").order_by("pk")
    rows = found.iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        ids = [row.entry_id for row in batch]
        taken, archived = ledger.debits_of(entry_ids=ids), ledger.archived_entries(ids=ids)
        undone = ledger.reversals_of(entry_ids=ids)
        for row in batch:
            if row.entry_id not in archived and (row.entry_id in undone) != hasattr(
                row, "returned"
            ):
                sentence = "the books and its row disagree about whether it was undone"
                yield Finding(EXCHANGES_ARE_POSTED.invariant, f"exchange:{row.pk}", sentence)
            account = (f"creator:{row.creator_id}:payable", row.currency)
            micros = taken.get(row.entry_id, {}).get(account, 0)
            if row.entry_id not in archived and micros != row.amount_micros:
                sentence = f"it says {row.amount_micros} micro-units, its entry took {micros}"
                yield Finding(EXCHANGES_ARE_POSTED.invariant, f"exchange:{row.pk}", sentence)


EXCHANGES_ARE_POSTED = Check(
    "each exchange of earnings took what it says, and is undone if it was given back", _exchanges
)

CHECKS = (EXCHANGES_ARE_POSTED,)
