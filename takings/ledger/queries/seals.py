"""Seals: which batch an entry is in, and proofs that anybody can check without us."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Max

from takings.core.errors import Conflict, NotFound
from takings.ledger.models import Batch, Entry, SealedEntry, TreeHead, TreeNode
from takings.ledger.queries.archives import need_transfers
from takings.ledger.queries.entries import UnknownEntry, head_of, transfer_rows
from takings.ledger.rules.merkle import Tree, consistency_path, inclusion_path
from takings.ledger.rules.seals import batch_document, entry_document, head_document

Json = dict[str, object]


class NotSealedYet(Conflict):
    """The entry is in no signed tree so far."""

    code = "not_sealed_yet"
    sentence = "Entry {entry} is not sealed yet; entries are sealed every few seconds."


class UnknownTreeHead(NotFound):
    """No head was signed at this size."""

    code = "unknown_tree_head"
    sentence = "No tree of {size} batches was ever signed."


def documents_of(entries: Sequence[Entry]) -> dict[int, Json]:
    """Return what each entry says, by its number, as it is sealed."""
    moves = transfer_rows(entries)
    return {
        row.number: entry_document(
            head_of(row),
            moves.get(row.pk, []),
        )
        for row in entries
    }


def entries_of_postings(numbers: Sequence[int]) -> Sequence[Entry]:
    """Return the entries of these postings, in the order of their numbers."""
    rows = Entry.objects.raw(
        """
        SELECT entry.* FROM ledger_posting AS posting
        JOIN ledger_entry AS entry ON entry.number >= posting.number
            AND entry.number < posting.number + item_count
        WHERE posting.number = ANY (%s) ORDER BY entry.number
        """,
        [list(numbers)],
    )
    return list(rows)


def batch_count() -> int:
    """Return how many batches are sealed: the size of the tree."""
    last: int | None = Batch.objects.aggregate(last=Max("number"))["last"]
    return 0 if last is None else last + 1


def kept_node(level: int, index: int) -> bytes:
    """Return the kept hash of a full subtree."""
    return bytes(TreeNode.objects.values_list("hash", flat=True).get(level=level, index=index))


def batch_leaf(batch: Batch) -> Json:
    """Return what the tree's leaf of a batch says."""
    return batch_document(
        number=batch.number,
        entry_count=batch.entry_count,
        entries_root=bytes(batch.entries_root),
        sealed_at=batch.sealed_at,
    )


def latest_head() -> Json | None:
    """Return the newest signed tree head, if any: keep it, and nothing before it can change."""
    head = TreeHead.objects.order_by("-size").first()
    return None if head is None else signed_head(head)


def signed_head(head: TreeHead) -> Json:
    """Return a tree head with its signature."""
    return head_says(head) | {"signature": bytes(head.signature).hex()}


def head_says(head: TreeHead) -> Json:
    """Return what a tree head says: what is signed."""
    return head_document(
        size=head.size,
        root=bytes(head.root),
        signed_at=head.signed_at,
        public_key=bytes(head.public_key),
    )


def entry_proof(*, id: UUID) -> Json:  # noqa: A002 - everywhere here an entry's id is called id
    """Return an entry, its path to its batch, and the batch's path to a signed tree head.

    The document needs nothing of ours to be checked: ``docs/how-to/verify.md``.
    Refuses: UnknownEntry, NotSealedYet, TransfersArchived.
    """
    row = Entry.objects.filter(id=id).first()
    if row is None:
        raise UnknownEntry(entry=id)
    need_transfers(row.posted_at)
    place = SealedEntry.objects.select_related("batch").filter(number=row.number).first()
    if place is None:
        raise NotSealedYet(entry=id)
    head = TreeHead.objects.filter(size__gt=place.batch_id).order_by("size").first()
    if head is None:
        raise NotSealedYet(entry=id)
    leaves = SealedEntry.objects.filter(batch_id=place.batch_id).order_by("position")
    tree = Tree.of(bytes(leaf) for leaf in leaves.values_list("leaf", flat=True))
    path = inclusion_path(node=kept_node, index=place.batch_id, size=head.size)
    return {
        "entry": documents_of([row])[row.number],
        "position": place.position,
        "entry_path": _hex(tree.path(place.position)),
        "batch": batch_leaf(place.batch),
        "batch_path": _hex(path),
        "head": signed_head(head),
    }


def consistency_proof(*, old: int, new: int) -> Json:
    """Return the proof that the tree signed at ``old`` batches is a prefix of that at ``new``.

    Refuses: UnknownTreeHead.
    """
    heads = {head.size: head for head in TreeHead.objects.filter(size__in=[old, new])}
    for size in (old, new):
        if size not in heads or size > new:
            raise UnknownTreeHead(size=size)
    return {
        "old": signed_head(heads[old]),
        "new": signed_head(heads[new]),
        "path": _hex(consistency_path(node=kept_node, old=old, new=new)),
    }


def _hex(path: Sequence[bytes]) -> list[str]:
    return [value.hex() for value in path]
