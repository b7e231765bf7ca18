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
    rows = Exchange.objects.order_by("pk").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        ids = [row.entry_id for row in batch]
        taken, archived = ledger.debits_of(entry_ids=ids), ledger.archived_entries(ids=ids)
        for row in batch:
            account = (f"creator:{row.creator_id}:payable", row.currency)
            micros = taken.get(row.entry_id, {}).get(account, 0)
            if row.entry_id not in archived and micros != row.amount_micros:
                sentence = f"it says {row.amount_micros} micro-units, its entry took {micros}"
                yield Finding(EXCHANGES_ARE_POSTED.invariant, f"exchange:{row.pk}", sentence)


EXCHANGES_ARE_POSTED = Check("each exchange of earnings took what it says", _exchanges)

CHECKS = (EXCHANGES_ARE_POSTED,)
