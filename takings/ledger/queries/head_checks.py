"""Check of the tree heads: those signed, and those published outside of the database."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from takings.ledger.models import Batch, TreeHead
from takings.ledger.queries.findings import Finding, Tell
from takings.ledger.queries.seals import head_says
from takings.ledger.rules.seals import is_signed, published_head
from takings.ledger.rules.stretches import Scope, Span

BATCH = 2_000
TAIL_BYTES = 2**12  # longer than any line

HEADS = "every signed and published tree head is a prefix of the tree"


def find_heads(_: Tell, scope: Scope) -> Iterator[Finding]:
    """Hold every head against the root of the tree of its size, which the journal's check proves.

    A head is written after its batch: the last one proved before is looked at once more.
    """
    wanted = Q()
    for span in scope.batches:
        wanted |= Q(size__gt=span.after, size__lte=span.upto)
    rows = TreeHead.objects.filter(wanted).order_by("size").iterator(chunk_size=BATCH)
    while heads := list(islice(rows, BATCH)):
        roots = _roots(head.size for head in heads)
        for head in heads:
            row, public_key = f"tree head:{head.size}", bytes(head.public_key)
            signature = bytes(head.signature)
            if not is_signed(head_says(head), signature=signature, public_key=public_key):
                yield Finding(HEADS, row, "its signature is not of what it says")
            if roots.get(head.size) != bytes(head.root):
                yield Finding(HEADS, row, "the tree of that size has another root")
    for span in scope.heads:
        yield from _published(settings.TREE_HEADS, span)


def heads_size() -> int:
    """Return how many bytes of published heads there are, up to the end of the last whole line."""
    file = settings.TREE_HEADS
    if not file.exists():
        return 0
    with file.open("rb") as kept:
        size = kept.seek(0, 2)
        start = kept.seek(max(0, size - TAIL_BYTES))
        return start + int(kept.read(size - start).rfind(b"\n")) + 1


def _published(file: Path, span: Span) -> Iterator[Finding]:
    """Look at the lines that begin in a span of bytes."""
    if not file.exists():
        return
    with file.open("rb") as kept:
        kept.seek(max(0, span.after))
        if span.after >= 0:
            kept.readline()
        while True:
            lines: list[tuple[int, bytes]] = []
            while len(lines) < BATCH and (at := kept.tell()) <= span.upto:
                line = kept.readline()
                if not line.endswith(b"\n"):
                    break
                lines.append((at, line))
            yield from _differing(file, lines)
            if len(lines) < BATCH:
                return


def _differing(file: Path, lines: Sequence[tuple[int, bytes]]) -> Iterator[Finding]:
    heads: dict[int, tuple[int, bytes]] = {}
    for at, line in lines:
        try:
            heads[at] = published_head(line)
        except (ValueError, KeyError, TypeError):
            yield Finding(HEADS, f"{file.name}:{_line(file, at)}", "it is no signed tree head")
    roots = _roots(size for size, _ in heads.values())
    for at, (size, root) in heads.items():
        if roots.get(size) != root:
            sentence = f"the published tree of {size} batches had another root"
            yield Finding(HEADS, f"{file.name}:{_line(file, at)}", sentence)


def _roots(sizes: Iterable[int]) -> dict[int, bytes]:
    """Return the root of the tree at each of these sizes."""
    wanted = Batch.objects.filter(number__in=[size - 1 for size in sizes])
    return {number + 1: bytes(root) for number, root in wanted.values_list("number", "root")}


def _line(file: Path, at: int) -> int:
    """Return the number of the line that begins at a byte; only wrong lines need to know."""
    with file.open("rb") as kept:
        return kept.read(at).count(b"\n") + 1
