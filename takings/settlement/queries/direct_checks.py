"""What direct money adds to ``check_books``: it moved as written down, and is stated as such."""

from collections.abc import Callable, Iterator
from itertools import islice
from uuid import UUID

from django.db.models import Sum

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.policies.rules import DIRECT
from takings.settlement.models import DirectEarning, Period, PoolCut, ShareLine, Status
from takings.settlement.queries.direct import direct_lines
from takings.settlement.rules import PoolKey

Tell = Callable[[int, int], None]
BATCH = 5_000


def _posted(tell: Tell) -> Iterator[Finding]:
    """Compare the creator's side of each entry; what the platform advances moves nothing of it."""
    rows = DirectEarning.objects.values_list("entry_id", "creator_id", "currency")
    sums = rows.annotate(Sum("share_micros")).order_by("entry_id", "creator_id")
    total, done, left = sums.count(), 0, sums.iterator(chunk_size=BATCH)
    while batch := list(islice(left, BATCH)):
        yield from _differing(batch)
        done += len(batch)
        tell(done, total)


def _differing(batch: list[tuple[UUID, int, str, int]]) -> Iterator[Finding]:
    ids = {entry_id for entry_id, *_ in batch}
    given, taken = ledger.credits_of(entry_ids=ids), ledger.debits_of(entry_ids=ids)
    advanced = set(PoolCut.objects.filter(pk__in=ids).values_list("pk", flat=True))
    proved = advanced | set(ledger.archived_entries(ids=list(ids)))
    for entry_id, creator_id, code, micros in batch:
        account = (f"creator:{creator_id}:pending", code)
        moved = given.get(entry_id, {}).get(account, 0) - taken.get(entry_id, {}).get(account, 0)
        if moved != micros and entry_id not in proved:
            sentence = f"it moved {moved} micro-units of {account[0]}, {micros} were earned"
            yield Finding(DIRECT_IS_POSTED.invariant, f"entry:{entry_id}", sentence)


def _stated(_: Tell) -> Iterator[Finding]:
    for period in Period.objects.filter(status=Status.CLOSED).order_by("starts_at"):
        earned = {
            (key, line.creator_id, line.video_id, line.day): line.amount.micros
            for key, lines in direct_lines(period=period.name, with_cuts=False).items()
            for line in lines
        }
        rows = ShareLine.objects.filter(period=period, product__in=[*DIRECT])
        stated = {
            (
                PoolKey(period.name, row.country, row.currency, row.product),
                row.creator_id,
                row.video_id,
                row.day,
            ): row.amount_micros
            for row in rows.iterator(chunk_size=BATCH)
        }
        wrong = {line for line, _ in earned.items() ^ stated.items()}
        for line in sorted(wrong, key=lambda line: (line[0].place, *line[1:])):
            was, says = earned.get(line, 0), stated.get(line, 0)
            sentence = f"creator {line[1]} earned {was} micro-units, the line says {says}"
            yield Finding(DIRECT_IS_STATED.invariant, f"period:{period.name}", sentence)


DIRECT_IS_POSTED = Check(
    "what ads inside a video and gifts brought its creator is what moved", _posted
)
DIRECT_IS_STATED = Check(
    "the lines of ads inside videos and of gifts are what they brought by the close", _stated
)

CHECKS = (DIRECT_IS_POSTED, DIRECT_IS_STATED)
