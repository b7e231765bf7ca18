"""Proving the books, and writing down that it was done and what was found."""

import datetime as dt
import time

from django.db import transaction

from takings.core.progress import Progress, silent
from takings.insights.models import BooksFinding, BooksRun
from takings.ledger.actions import prove_books
from takings.people.actions import record_staff_act
from takings.people.models import User

CHECK_ACT = "books_checked"


@transaction.atomic
def run_books_check(
    *,
    at: dt.datetime,
    operator: User | None = None,
    full: bool = True,
    progress: Progress = silent,
) -> BooksRun:
    """Prove the books now and keep the result; an operator's run is also an audit row.

    Not ``full``: what is new since the last proof, and one of 60 parts of what is old.
    """
    began = time.monotonic()
    findings = prove_books(at=at, full=full, progress=progress)
    run = BooksRun.objects.create(
        ran_at=at, took_ms=round((time.monotonic() - began) * 1000), operator=operator
    )
    BooksFinding.objects.bulk_create(
        BooksFinding(
            run=run, invariant=found.invariant, row=found.row, sentence=found.sentence[:1000]
        )
        for found in findings
    )
    if operator is not None:
        record_staff_act(
            operator=operator,
            act=CHECK_ACT,
            target=f"books_run:{run.pk}",
            reason=f"{len(findings)} findings",
            at=at,
        )
    return run
