"""Sealing: committed entries get their place in a gapless journal of batches, and the tree grows.

Nobody who posts ever waits for this. The database queues each entry as it is written; whoever
seals takes what is committed by then, so that no late commit can slip in behind a sealed batch.
"""

import datetime as dt
import json
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from takings.ledger.models import Batch, Posting, SealedEntry, TreeHead, TreeNode, Unsealed
from takings.ledger.queries.seals import (
    batch_count,
    batch_leaf,
    documents_of,
    entries_of_postings,
    head_says,
    kept_node,
    signed_head,
)
from takings.ledger.rules.merkle import Tree, grow, tree_root
from takings.ledger.rules.seals import canonical, leaf_of

BATCH = 10_000
LOCK = 7_265_636  # one sealer at a time; any number, as long as nobody else uses it


def seal_entries(*, at: dt.datetime) -> int:
    """Seal everything that is committed and waits, in batches; return how many entries that was.

    Each batch is a transaction of its own: killed in between, the next call goes on.
    """
    total = 0
    while count := _seal_batch(at=at):
        total += count
    return total


def publish_head(*, at: dt.datetime, key: Ed25519PrivateKey, file: Path) -> None:
    """Sign the root of the tree as it stands and write it down outside of the database, once.

    Whoever keeps a copy of the file can prove later that nothing up to that line was changed, not
    even by somebody who may write every row and holds the key.
    """
    size = batch_count()
    if size == 0:
        return
    head = signed_head(_sign(size, at=at, key=key))
    line = json.dumps(head, sort_keys=True).encode() + b"\n"
    file.touch(mode=0o644)
    with file.open("rb+") as kept:
        kept.seek(max(0, kept.seek(0, os.SEEK_END) - len(line)))
        if kept.read() == line:
            return
        kept.write(line)
        kept.flush()
        os.fsync(kept.fileno())


def _sign(size: int, *, at: dt.datetime, key: Ed25519PrivateKey) -> TreeHead:
    head = TreeHead(
        size=size,
        root=tree_root(node=kept_node, size=size),
        signed_at=at,
        public_key=key.public_key().public_bytes_raw(),
    )
    head.signature = key.sign(canonical(head_says(head)))
    kept, _ = TreeHead.objects.get_or_create(
        size=size,
        defaults={
            "root": head.root,
            "signed_at": at,
            "public_key": head.public_key,
            "signature": head.signature,
        },
    )
    return kept


@transaction.atomic
def _seal_batch(*, at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    waiting = list(
        Posting.objects.filter(
            number__in=Unsealed.objects.order_by("number").values("number")[:BATCH]
        )
        .order_by("number")
        .values_list("number", "item_count")
    )
    taken: list[int] = []
    count = 0
    for number, items in waiting:
        if count and count + items > BATCH:
            break
        taken.append(number)
        count += items
    if not taken:
        return 0
    entries = entries_of_postings(taken)
    leaves = [leaf_of(document) for document in documents_of(entries).values()]
    batch = _append(entries_root=Tree.of(leaves).root, entry_count=len(leaves), at=at)
    SealedEntry.objects.bulk_create(
        SealedEntry(number=entry.number, batch=batch, position=position, leaf=leaf)
        for position, (entry, leaf) in enumerate(zip(entries, leaves, strict=True))
    )
    Unsealed.objects.filter(number__in=taken).delete()
    return len(leaves)


def _append(*, entries_root: bytes, entry_count: int, at: dt.datetime) -> Batch:
    """Append a batch to the journal, its leaf to the tree."""
    batch = Batch(
        number=batch_count(), entry_count=entry_count, entries_root=entries_root, sealed_at=at
    )
    nodes = grow(node=kept_node, size=batch.number, leaf=leaf_of(batch_leaf(batch)))
    TreeNode.objects.bulk_create(
        TreeNode(level=level, index=index, hash=value) for level, index, value in nodes
    )
    batch.root = tree_root(node=kept_node, size=batch.number + 1)
    batch.save(force_insert=True)
    return batch
