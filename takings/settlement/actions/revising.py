"""Posting a correction: one entry and one new statement for each owner, all or nothing each.

A crash in between leaves whole owners; calling ``post_correction`` again does the rest.
"""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict
from takings.core.progress import Progress, silent
from takings.ledger import queries as ledger
from takings.ledger.actions import post
from takings.settlement.actions.stages import hold_period
from takings.settlement.actions.stating import make_empty_statement
from takings.settlement.models import Correction, Posting, Release, Statement, StatementRevision
from takings.settlement.queries.corrections import (
    corrected_amounts,
    corrected_content,
)
from takings.settlement.rules import (
    CorrectedParts,
    correction_entry,
    correction_entry_id,
    take_back,
)

STEP = "corrected"


class CorrectionNotApproved(Conflict):
    """Four eyes before anything is posted."""

    code = "correction_not_approved"
    sentence = "This correction is not approved; nothing was posted."


def post_correction(
    *, correction: Correction, at: dt.datetime, progress: Progress = silent
) -> Correction:
    """Post an approved correction, or finish or repeat it: the answer is the same.

    What is taken back comes from the money that waits in its hold window first; what was released
    becomes owed; what is held stays. Refuses: CorrectionNotApproved, InsufficientFunds (a rights
    holder was paid already).
    """
    if not correction.is_approved:
        raise CorrectionNotApproved
    done = set(correction.postings.values_list("owner", "currency"))
    amounts = corrected_amounts(correction=correction)
    for number, ((owner, code), micros) in enumerate(amounts.items()):
        progress(STEP, number, len(amounts))
        if (owner, code) not in done:
            _post_one(correction, owner=owner, code=code, micros=micros, at=at)
    progress(STEP, len(amounts), len(amounts))
    return _finish(correction, at=at)


@transaction.atomic
def _finish(correction: Correction, *, at: dt.datetime) -> Correction:
    locked = Correction.objects.select_for_update(no_key=True).get(pk=correction.pk)
    if locked.finished_at is None:
        locked.finished_at = at
        locked.save()
    return locked


@transaction.atomic
def _post_one(
    correction: Correction, *, owner: str, code: str, micros: int, at: dt.datetime
) -> None:
    """Post one owner's difference and revise their statement; of two at once, one waits."""
    Correction.objects.select_for_update(no_key=True).get(pk=correction.pk)
    if correction.postings.filter(owner=owner, currency=code).exists():
        return
    if owner.startswith("creator:"):
        statement = _statement(correction, int(owner.partition(":")[2]), code, at=at)
        parts = _creator_parts(statement, micros)
    else:
        statement, parts = None, CorrectedParts(owner, owner, micros, 0)
    entry_id = correction_entry_id(correction=correction.pk, owner=owner, currency=code)
    if micros:
        said = f"Correction {correction.number} of {correction.period.name}: {correction.reason}"
        head = (f"correction:{correction.pk}", correction.policy_version, said[:200])
        draft = correction_entry(id=entry_id, parts=parts, currency=code, head=head, occurred_at=at)
        post(drafts=[draft], at=at)
    Posting.objects.create(
        correction=correction,
        owner=owner,
        currency=code,
        waiting_micros=parts.waiting_micros,
        payable_micros=parts.payable_micros,
        entry_id=entry_id if micros else None,
    )
    if statement is not None:
        _revise(statement, correction, at=at)


def _statement(correction: Correction, creator_id: int, code: str, *, at: dt.datetime) -> Statement:
    """Return the creator's statement; a release of it waits for us, and we for it."""
    hold_period(correction.period)
    rows = Statement.objects.filter(period=correction.period, creator=creator_id, currency=code)
    return rows.select_related("period").first() or make_empty_statement(
        period=correction.period, creator_id=creator_id, currency=code, at=at
    )


def _creator_parts(statement: Statement, micros: int) -> CorrectedParts:
    pending = f"creator:{statement.creator_id}:pending"
    payable = f"creator:{statement.creator_id}:payable"
    if Release.objects.filter(statement=statement).exists():
        return CorrectedParts(pending, payable, 0, micros)
    there = ledger.balance(name=pending, currency=statement.currency)
    return CorrectedParts(pending, payable, *take_back(micros, waiting=there.micros))


def _revise(statement: Statement, correction: Correction, *, at: dt.datetime) -> None:
    before = statement.revisions.order_by("number").last()
    number = before.number + 1 if before else 2
    content = corrected_content(
        statement=statement,
        correction=correction,
        number=number,
        replaces=before.digest if before else statement.digest,
    )
    StatementRevision.objects.create(
        statement=statement,
        correction=correction,
        number=number,
        views=content.views,
        line_count=len(content.lines),
        amount_micros=content.amount_micros,
        digest=content.digest(),
        made_at=at,
    )
