"""Checks of the seals: an edited, deleted, inserted or reordered row is found and named."""

from collections.abc import Callable, Iterator
from itertools import islice

from django.conf import settings
from django.db import connection

from takings.ledger.models import Batch, Entry, SealedEntry, TreeHead
from takings.ledger.queries.findings import Check, Finding
from takings.ledger.queries.seals import batch_count, batch_leaf, documents_of, kept_node
from takings.ledger.rules.merkle import Tree, grow, tree_root
from takings.ledger.rules.seals import head_document, is_signed, leaf_of, published_heads

BATCH = 2_000
Tell = Callable[[int, int], None]

ENTRIES = "every sealed entry says what it said when it was sealed"
PLACES = "every entry is sealed once or waits for its seal"
JOURNAL = "the journal of batches hashes to the roots it was given"
HEADS = "every signed and published tree head is a prefix of the tree"


def _entries(tell: Tell) -> Iterator[Finding]:
    total, done = SealedEntry.objects.count(), 0
    rows = Entry.objects.order_by("number").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        kept = SealedEntry.objects.filter(number__in=[row.number for row in batch])
        leaves = dict(kept.values_list("number", "leaf"))
        for number, document in documents_of(batch).items():
            if number in leaves and bytes(leaves[number]) != leaf_of(document):
                sentence = f"it says now: {document}; that is not what was sealed"
                yield Finding(ENTRIES, f"entry:{document['id']}", sentence)
        done += len(leaves)
        tell(done, total)


def _places(_: Tell) -> Iterator[Finding]:
    sql = """
        WITH waiting AS (
            SELECT entry.number FROM ledger_unsealed JOIN ledger_posting AS posting USING (number)
            JOIN ledger_entry AS entry ON entry.number >= posting.number
                AND entry.number < posting.number + item_count
        )
        SELECT 'entry number:' || number,
            CASE WHEN e.number IS NULL THEN 'it was sealed and is gone'
                WHEN s.number IS NULL THEN 'it is neither sealed nor waiting: it came another way'
                ELSE 'it is sealed and still waits' END
        FROM ledger_entry e
        FULL JOIN ledger_sealedentry s USING (number)
        FULL JOIN waiting w USING (number)
        WHERE e.number IS NULL OR (s.number IS NULL) = (w.number IS NULL) ORDER BY number
    """
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for row, sentence in cursor.fetchall():
            yield Finding(PLACES, row, sentence)


def _journal(tell: Tell) -> Iterator[Finding]:
    """Build the whole tree again from the leaves of the entries."""
    total, tree = batch_count(), Tree()
    for batch in Batch.objects.order_by("number").iterator(chunk_size=BATCH):
        row = f"batch:{batch.number}"
        rows = SealedEntry.objects.filter(batch=batch).order_by("position")
        leaves = [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]
        if batch.number != tree.size:
            yield Finding(JOURNAL, f"batch:{tree.size}", "it is missing")
            return
        if len(leaves) != batch.entry_count:
            sentence = f"it was sealed with {batch.entry_count} entries and has {len(leaves)}"
            yield Finding(JOURNAL, row, sentence)
        elif Tree.of(leaves).root != bytes(batch.entries_root):
            yield Finding(JOURNAL, row, "its entries are not those, or not in the order, sealed")
        for level, index, value in grow(
            node=tree.node, size=tree.size, leaf=leaf_of(batch_leaf(batch))
        ):
            tree.nodes[level, index] = value
        tree.size += 1
        if tree.root != bytes(batch.root):
            yield Finding(JOURNAL, row, "the tree up to it has another root")
            return
        tell(tree.size, total)


def _heads(_: Tell) -> Iterator[Finding]:
    size = batch_count()
    for head in TreeHead.objects.order_by("size").iterator(chunk_size=BATCH):
        row, public_key = f"tree head:{head.size}", bytes(head.public_key)
        document = head_document(
            size=head.size, root=bytes(head.root), signed_at=head.signed_at, public_key=public_key
        )
        if not is_signed(document, signature=bytes(head.signature), public_key=public_key):
            yield Finding(HEADS, row, "its signature is not of what it says")
        if head.size > size or tree_root(node=kept_node, size=head.size) != bytes(head.root):
            yield Finding(HEADS, row, "the tree of that size has another root")
    file = settings.TREE_HEADS
    published = published_heads(file.read_text() if file.exists() else "")
    for line, (known_size, root) in enumerate(published, start=1):
        if known_size > size or tree_root(node=kept_node, size=known_size) != root:
            sentence = f"the published tree of {known_size} batches had another root"
            yield Finding(HEADS, f"{file.name}:{line}", sentence)


CHECKS = (
    Check(ENTRIES, _entries),
    Check(PLACES, _places),
    Check(JOURNAL, _journal),
    Check(HEADS, _heads),
)
