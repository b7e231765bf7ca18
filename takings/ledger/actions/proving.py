"""Proving the books, whole or what is new, and writing down how far that went."""

import datetime as dt

from takings.core.progress import Progress, silent
from takings.ledger.models import Proof
from takings.ledger.queries.checks import check_books, everything, what_is_new
from takings.ledger.queries.findings import Finding
from takings.ledger.queries.head_checks import heads_size
from takings.ledger.queries.seals import batch_count


def prove_books(
    *, at: dt.datetime, full: bool = True, progress: Progress = silent
) -> list[Finding]:
    """Return every broken invariant, and keep how far the books are proved now.

    Not ``full``: what came after the last proof, and one of 60 parts of what came before, another
    each time. A row that was wrong when it was proved is named again when its part has its turn,
    and by every full proof.
    """
    batches, published = batch_count(), heads_size()  # before: what comes meanwhile is new again
    scope = everything() if full else what_is_new()
    findings = check_books(progress=progress, scope=scope)
    Proof.objects.create(
        proved_at=at,
        is_full=scope.is_full,
        turn=scope.turn,
        upto=scope.settled,
        batch_count=batches,
        heads_bytes=published,
        finding_count=len(findings),
    )
    return findings
