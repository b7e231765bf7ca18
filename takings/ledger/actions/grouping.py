"""Group commit: callers of many threads share one transaction without knowing of each other.

Whoever comes first posts for all that wait by then; while it commits, the next ones gather. So the
more callers there are, the fewer commits each needs, and an account that everybody posts to is
locked once per group instead of once per caller.
"""

import datetime as dt
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

from django.db import DatabaseError, connection, transaction

from takings.core.errors import Conflict, Refusal, Unavailable
from takings.ledger.actions.posting import Posted, post_each
from takings.ledger.rules import EntryDraft

MOST_TRANSFERS = 4_096


class InsideATransaction(Conflict):
    """A group commits by itself, so it cannot be part of something else."""

    code = "inside_a_transaction"
    sentence = "This is inside a transaction; use post, which stands or falls with it."


class Interrupted(Unavailable):
    """The thread that posted for all came to a halt; whether it was in time is not known."""

    code = "interrupted"
    sentence = "Posting was interrupted; ask again with the same id."


@dataclass(slots=True, eq=False)
class _Waiting:
    drafts: Sequence[EntryDraft]
    at: dt.datetime
    answer: "Future[list[Posted]]" = field(default_factory=Future)


_gathered: deque[_Waiting] = deque()
_posting = Lock()


def post_grouped(*, drafts: Sequence[EntryDraft], at: dt.datetime) -> list[Posted]:
    """Post drafts that stand or fall together, committed when this returns.

    Like a group of ``post_each``: nothing is raised for what is refused, its outcome says so, and a
    refused id stays refused. Blocks until its group is durable.

    Refuses: InsideATransaction, CallTooLarge.
    """
    if connection.in_atomic_block:
        raise InsideATransaction
    mine = _Waiting(drafts, at)
    _gathered.append(mine)
    while not mine.answer.done():
        with _posting:
            if not mine.answer.done():
                _post_gathered()
    return mine.answer.result()


def _post_gathered(most_transfers: int = MOST_TRANSFERS) -> None:
    """Post what has gathered, up to so many transfers and at least one caller's."""
    group: list[_Waiting] = []
    size = 0
    while _gathered and size < most_transfers:
        waiting = _gathered.popleft()
        group.append(waiting)
        size += sum(len(draft.transfers) for draft in waiting.drafts)
    try:
        for waiting, answer in zip(group, _answers(group), strict=True):
            waiting.answer.set_result(answer)
    except (Refusal, DatabaseError) as error:
        if len(group) == 1:
            group[0].answer.set_exception(error)
        else:  # only the one at fault is told
            _gathered.extendleft(reversed(group))
            for _ in group:
                _post_gathered(most_transfers=1)
    finally:
        for waiting in group:  # interrupted: nobody may wait for ever
            if not waiting.answer.done() and waiting not in _gathered:
                waiting.answer.set_exception(Interrupted())


def _answers(group: Sequence[_Waiting]) -> list[list[Posted]]:
    with transaction.atomic():
        return post_each(
            groups=[waiting.drafts for waiting in group],
            at=max(waiting.at for waiting in group),
        )
