"""What corrections add to ``check_books``: they share what pools held, and move what they say."""

from collections import Counter
from collections.abc import Callable, Iterator

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.settlement.models import Correction, Posting, StatementRevision
from takings.settlement.queries.corrections import corrected_amounts, revision_content
from takings.settlement.rules import CorrectedParts, corrected_credits

Tell = Callable[[int, int], None]
BATCH = 1_000


def _pools_sum(tell: Tell) -> Iterator[Finding]:
    rows = list(Correction.objects.filter(is_approved=True).order_by("period_id", "number"))
    for done, row in enumerate(rows):
        tell(done, len(rows))
        sums: Counter[tuple[str, str]] = Counter()
        for changes in (row.linechanges, row.partchanges):
            for change in changes.iterator(chunk_size=BATCH):
                sums[change.pool, change.currency] += change.change.micros
        for less in row.poolchanges.all():
            sums[less.pool, less.currency] -= less.change.micros
        for (pool, code), micros in sorted(sums.items()):
            if micros:
                sentence = f"{pool} would share {micros} {code} micro-units more than it held"
                yield Finding(POOLS_STILL_SUM.invariant, f"correction:{row.pk}", sentence)


def _posted(tell: Tell) -> Iterator[Finding]:
    rows = list(Correction.objects.filter(is_approved=True).order_by("period_id", "number"))
    for done, row in enumerate(rows):
        tell(done, len(rows))
        postings = list(row.postings.order_by("owner", "currency"))
        said = {
            (one.owner, one.currency): one.waiting_micros + one.payable_micros for one in postings
        }
        amounts = corrected_amounts(correction=row)
        if row.finished_at is not None and said != amounts:
            sentence = "its entries are not those that its lines ask for"
            yield Finding(CORRECTIONS_MATCH.invariant, f"correction:{row.pk}", sentence)
        yield from _entries(row, postings)


def _entries(row: Correction, postings: list[Posting]) -> Iterator[Finding]:
    ids = [one.entry_id for one in postings if one.entry_id]
    posted, archived = ledger.credits_of(entry_ids=ids), ledger.archived_entries(ids=ids)
    for one in postings:
        if one.entry_id in archived:
            continue  # proved before it was archived
        expected = {
            (account, one.currency): micros
            for account, micros in corrected_credits(parts_of(one)).items()
        }
        if (posted.get(one.entry_id, {}) if one.entry_id else {}) != expected:
            sentence = f"the entry of {one.owner} does not move what it says"
            yield Finding(CORRECTIONS_MATCH.invariant, f"correction:{row.pk}", sentence)


def parts_of(posting: Posting) -> CorrectedParts:
    """Return the accounts and amounts of a posting."""
    is_creator = posting.owner.startswith("creator:")
    return CorrectedParts(
        waiting=f"{posting.owner}:pending" if is_creator else posting.owner,
        payable=f"{posting.owner}:payable" if is_creator else posting.owner,
        waiting_micros=posting.waiting_micros,
        payable_micros=posting.payable_micros,
    )


def _revised(tell: Tell) -> Iterator[Finding]:
    total = StatementRevision.objects.count()
    rows = StatementRevision.objects.select_related("statement__period", "correction")
    for done, row in enumerate(rows.order_by("id").iterator(chunk_size=BATCH)):
        tell(done, total)
        content = revision_content(revision=row)
        if (content.views, content.amount_micros) != (row.views, row.amount_micros):
            sentence = f"it says {row.amount_micros} and its lines {content.amount_micros}"
            yield Finding(REVISIONS_HOLD.invariant, f"revision:{row.pk}", sentence)
        elif content.digest() != row.digest:
            sentence = "its content does not match its digest"
            yield Finding(REVISIONS_HOLD.invariant, f"revision:{row.pk}", sentence)


POOLS_STILL_SUM = Check("a correction shares what its pools held, no more and no less", _pools_sum)
CORRECTIONS_MATCH = Check("a correction moves exactly what its lines changed", _posted)
REVISIONS_HOLD = Check(
    "every corrected statement is the newest of its lines and matches its digest", _revised
)

CHECKS = (POOLS_STILL_SUM, CORRECTIONS_MATCH, REVISIONS_HOLD)
