"""What vouchers add to ``check_books``."""

from collections.abc import Callable, Iterator
from itertools import islice

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.settlement.models import Exchange
from takings.vouchers.models import Handout
from takings.vouchers.queries import REWARD

Tell = Callable[[int, int], None]
BATCH = 1_000


def _given(_: Tell) -> Iterator[Finding]:
    """Compare each code that was given with what its creator paid to its shop."""
    without = Exchange.objects.filter(reward=REWARD, handouts=None).order_by("pk")
    for exchange in without:
        yield Finding(IS_PAID.invariant, f"exchange:{exchange.pk}", "no code was given for it")
    rows = Handout.objects.filter(replaces=None).select_related("exchange", "voucher__kind")
    found = rows.order_by("pk").iterator(chunk_size=BATCH)
    while chunk := list(islice(found, BATCH)):
        keys = [one.exchange.entry_id for one in chunk]
        archived, paid = ledger.archived_entries(ids=keys), ledger.credits_of(entry_ids=keys)
        for one in chunk:
            kind, entry = one.voucher.kind, one.exchange.entry_id
            moved = paid.get(entry, {}).get((kind.account, kind.currency), 0)
            if entry not in archived and moved != kind.price_micros:
                sentence = f"its price is {kind.price_micros}, its entry paid {moved} micro-units"
                yield Finding(IS_PAID.invariant, f"voucher:{one.pk}", sentence)


IS_PAID = Check("each voucher that was given out was paid for, and each exchange gave one", _given)

CHECKS = (IS_PAID,)
