"""``check_books``: proves the invariants of ``docs/money.md`` on the rows as they are.

Each check names every row that breaks its invariant. Apps above the ledger add theirs with
:func:`register_check` when they start, so that one command asks everybody.
"""

from takings.core.progress import Progress, silent
from takings.ledger.models import Proof
from takings.ledger.queries import audit, head_checks, law_checks, sealed_checks
from takings.ledger.queries.findings import Check, Finding
from takings.ledger.queries.settled import settled_number
from takings.ledger.rules.stretches import (
    ITEMS_OF_A_POSTING,
    TURNS,
    Scope,
    Span,
    old_spans,
)
from takings.money.money import LARGEST

POSTINGS_OF_A_BLOCK, BATCHES_OF_A_BLOCK, BYTES_OF_A_BLOCK = 1, 1, 2**12

_registered: dict[str, Check] = {}


def register_check(check: Check) -> None:
    """Add an app's invariant to ``check_books``; its sentence is its name, so twice is once."""
    _registered[check.invariant] = check


def check_books(*, progress: Progress = silent, scope: Scope | None = None) -> list[Finding]:
    """Return every broken invariant; an empty list proves the books, within ``scope`` or whole.

    ``progress`` is told the invariant being proved, the rows done and the rows in all.
    """
    findings: list[Finding] = []
    for check in (*_own_checks(scope or everything()), *_registered.values()):

        def tell(done: int, total: int, invariant: str = check.invariant) -> None:
            progress(invariant, done, total)

        tell(0, 1)
        findings += check.find(tell)
        tell(1, 1)
    return findings


def everything() -> Scope:
    """Return the scope of a full proof."""
    last = _last_proof()
    known = -1 if last is None else last.upto
    return Scope(
        is_full=True,
        turn=0 if last is None else last.turn,
        settled=settled_number(known=known),
        items=(Span(-1, LARGEST),),
        batches=(Span(-1, LARGEST),),
        heads=(Span(-1, head_checks.heads_size()),),
    )


def what_is_new() -> Scope:
    """Return what came after the last proof, and the part of the old that has its turn.

    What no proof has seen yet is new: the first is a full one.
    """
    last = _last_proof()
    if last is None:
        return everything()
    turn = (last.turn + 1) % TURNS
    width = POSTINGS_OF_A_BLOCK * ITEMS_OF_A_POSTING
    batches = last.batch_count - 1
    size = head_checks.heads_size()
    return Scope(
        is_full=False,
        turn=turn,
        settled=settled_number(known=last.upto),
        items=(*old_spans(upto=last.upto, turn=turn, width=width), Span(last.upto, LARGEST)),
        batches=(
            *old_spans(upto=batches, turn=turn, width=BATCHES_OF_A_BLOCK),
            Span(batches, LARGEST),
        ),
        heads=(
            *old_spans(upto=last.heads_bytes, turn=turn, width=BYTES_OF_A_BLOCK),
            Span(last.heads_bytes - 1, max(size, last.heads_bytes)),
        ),
    )


def _last_proof() -> Proof | None:
    return Proof.objects.order_by("-id").first()


def _own_checks(scope: Scope) -> tuple[Check, ...]:
    growing = (*law_checks.OF_ITEMS, *audit.CHECKS, *sealed_checks.CHECKS)
    return (
        *law_checks.OF_ACCOUNTS,
        *(law_checks.OF_ALL if scope.is_full else ()),
        *(check.within(scope) for check in growing),
    )
