"""Checks of the seals: an edited, deleted, inserted or reordered row is found and named."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from django.db import connection
from django.db.models import Sum

from takings.ledger.models import Batch, Entry, SealedEntry
from takings.ledger.queries.archives import archive_of, archived_months
from takings.ledger.queries.findings import Finding, GrowingCheck, Tell
from takings.ledger.queries.head_checks import HEADS, find_heads
from takings.ledger.queries.seals import batch_leaf, documents_of
from takings.ledger.rules.merkle import Tree, peaks
from takings.ledger.rules.seals import leaf_of
from takings.ledger.rules.stretches import Scope, Span
from takings.money.money import LARGEST

BATCH = 2_000
ENTRIES_AT_ONCE = 20_000

ENTRIES = "every sealed entry says what it said when it was sealed"
PLACES = "every entry is sealed once or waits for its seal"
JOURNAL = "the journal of batches hashes to the roots it was given"


def _entries(tell: Tell, scope: Scope) -> Iterator[Finding]:
    done, months = 0, archived_months()
    total = sum(
        Batch.objects.filter(number__gt=span.after, number__lte=span.upto).aggregate(
            n=Sum("entry_count")
        )["n"]
        or 0
        for span in scope.batches
    )
    for span in scope.batches:
        sealed = SealedEntry.objects.filter(batch_id__gt=span.after, batch_id__lte=span.upto)
        places = sealed.order_by("batch_id", "position").values_list("number", "leaf")
        rows = places.iterator(chunk_size=BATCH)
        while leaves := dict(islice(rows, BATCH)):
            rows_there = Entry.objects.filter(number__in=list(leaves)).order_by("number")
            entries = [row for row in rows_there if not archive_of(row.posted_at, months=months)]
            for number, document in documents_of(entries).items():
                if bytes(leaves[number]) != leaf_of(document):
                    sentence = f"it says now: {document}; that is not what was sealed"
                    yield Finding(ENTRIES, f"entry:{document['id']}", sentence)
            done += len(leaves)
            tell(done, total)


def _places(tell: Tell, scope: Scope) -> Iterator[Finding]:
    for done, span in enumerate(scope.items, start=1):
        with connection.cursor() as cursor:
            cursor.execute(_MISPLACED, {"after": span.after, "upto": span.upto})
            for row, sentence in cursor.fetchall():
                yield Finding(PLACES, row, sentence)
        tell(done, len(scope.items))


_MISPLACED = """
    WITH waiting AS (
        SELECT entry.number FROM ledger_unsealed JOIN ledger_posting AS posting USING (number)
        JOIN ledger_entry AS entry ON entry.number >= posting.number
            AND entry.number < posting.number + item_count
        WHERE posting.number > %(after)s AND posting.number <= %(upto)s
    )
    SELECT 'entry number:' || number,
        CASE WHEN e.number IS NULL THEN 'it was sealed and is gone'
            WHEN s.number IS NULL THEN 'it is neither sealed nor waiting: it came another way'
            ELSE 'it is sealed and still waits' END
    FROM (SELECT number FROM ledger_entry WHERE number > %(after)s AND number <= %(upto)s) AS e
    FULL JOIN (SELECT number FROM ledger_sealedentry
        WHERE number > %(after)s AND number <= %(upto)s) AS s USING (number)
    FULL JOIN waiting w USING (number)
    WHERE e.number IS NULL OR (s.number IS NULL) = (w.number IS NULL) ORDER BY number
"""


def _journal(tell: Tell, scope: Scope) -> Iterator[Finding]:
    for span in scope.batches:
        yield from _grown(tell, span)


def _grown(tell: Tell, span: Span) -> Iterator[Finding]:
    """Let the tree grow again over a span of batches, from the nodes kept before it."""
    first = span.after + 1
    tree = Tree(size=first, nodes=_kept(peaks(first)))
    total = Batch.objects.filter(number__gt=span.after, number__lte=span.upto).count()
    if first and total and not _stands_on(tree):
        yield Finding(JOURNAL, f"batch:{first - 1}", "the nodes kept of the tree up to it differ")
        return
    for batches in _pieces(span):
        try:
            yield from _added(tree, batches)
        except _Broken:
            return
        tree.forget()
        tell(tree.size - first, total)
    if tree.size <= span.upto < LARGEST:
        yield Finding(JOURNAL, f"batch:{tree.size}", "it is missing")


class _Broken(Exception):  # noqa: N818 - no refusal: it ends a walk that can prove nothing more
    """From here on every root is another."""


def _added(tree: Tree, batches: Sequence[Batch]) -> Iterator[Finding]:
    """Append batches to the tree; ends with ``_Broken`` where their roots come apart."""
    leaves = _leaves(batches[0].number, batches[-1].number)
    nodes: dict[tuple[int, int], bytes] = {}
    for batch in batches:
        if batch.number != tree.size:
            yield Finding(JOURNAL, f"batch:{tree.size}", "it is missing")
            raise _Broken
        yield from _sealed(batch, leaves.get(batch.number, []))
        nodes |= {(level, i): value for level, i, value in tree.add(leaf_of(batch_leaf(batch)))}
        if tree.root != bytes(batch.root):
            yield Finding(JOURNAL, f"batch:{batch.number}", "the tree up to it has another root")
            raise _Broken
    if nodes != _kept(list(nodes)):
        sentence = f"the nodes kept from batch {batches[0].number} to it differ"
        yield Finding(JOURNAL, f"batch:{batches[-1].number}", sentence)


def _sealed(batch: Batch, leaves: Sequence[bytes]) -> Iterator[Finding]:
    if len(leaves) != batch.entry_count:
        sentence = f"it was sealed with {batch.entry_count} entries and has {len(leaves)}"
        yield Finding(JOURNAL, f"batch:{batch.number}", sentence)
    elif Tree.of(leaves).root != bytes(batch.entries_root):
        sentence = "its entries are not those, or not in the order, sealed"
        yield Finding(JOURNAL, f"batch:{batch.number}", sentence)


def _stands_on(tree: Tree) -> bool:
    root = Batch.objects.filter(number=tree.size - 1).values_list("root", flat=True).first()
    is_whole = len(tree.nodes) == len(peaks(tree.size))
    return is_whole and root is not None and tree.root == bytes(root)


def _pieces(span: Span) -> Iterator[list[Batch]]:
    """Yield the batches of a span, as many at once as have few enough entries."""
    rows = Batch.objects.filter(number__gt=span.after, number__lte=span.upto).order_by("number")
    piece: list[Batch] = []
    count = 0
    for batch in rows.iterator(chunk_size=BATCH):
        if piece and (count + batch.entry_count > ENTRIES_AT_ONCE or len(piece) == BATCH):
            yield piece
            piece, count = [], 0
        piece.append(batch)
        count += batch.entry_count
    if piece:
        yield piece


def _leaves(first: int, last: int) -> dict[int, list[bytes]]:
    """Return the leaves of the entries of each batch, in their order."""
    rows = SealedEntry.objects.filter(batch_id__gte=first, batch_id__lte=last)
    places = rows.order_by("batch_id", "position").values_list("batch_id", "leaf")
    return {
        number: [bytes(leaf) for _, leaf in group]
        for number, group in groupby(places.iterator(chunk_size=BATCH), key=lambda row: row[0])
    }


def _kept(places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Return the kept nodes of the tree at these places, as far as they are there."""
    levels, indexes = ([place[i] for place in places] for i in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(_NODES, [levels, indexes])
        return {(level, index): bytes(value) for level, index, value in cursor.fetchall()}


_NODES = """
    SELECT level, index, hash FROM unnest(%s::int[], %s::bigint[]) AS place (level, index)
    JOIN ledger_treenode USING (level, index)
"""

CHECKS = (
    GrowingCheck(ENTRIES, _entries),
    GrowingCheck(PLACES, _places),
    GrowingCheck(JOURNAL, _journal),
    GrowingCheck(HEADS, find_heads),
)
