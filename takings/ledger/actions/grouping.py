"""Group commit: callers of many threads share one transaction without knowing of each other.

One of those who wait posts for all that have gathered; while it commits, the next ones gather, and
then the first of those takes over. So the more callers there are, the fewer commits each needs, and
an account that everybody posts to is locked once per group instead of once per caller.
"""

import datetime as dt
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event, Lock

from django.db import DatabaseError, connection

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
    """A caller: woken when it has its answer, or when it is its turn to post for all."""

    drafts: Sequence[EntryDraft]
    at: dt.datetime
    woken: Event = field(default_factory=Event)
    answer: list[Posted] | Exception | None = None


@dataclass(slots=True)
class _Group:
    """Those who wait; ``has_leader`` while one of them posts."""

    lock: Lock = field(default_factory=Lock)
    waiting: deque[_Waiting] = field(default_factory=deque)
    has_leader: bool = False


_group = _Group()


def post_grouped(*, drafts: Sequence[EntryDraft], at: dt.datetime) -> list[Posted]:
    """Post drafts that stand or fall together, committed when this returns.

    Like a group of ``post_each``: nothing is raised for what is refused, its outcome says so, and a
    refused id stays refused. Blocks until its group is durable.

    Refuses: InsideATransaction, CallTooLarge, Interrupted.
    """
    if connection.in_atomic_block:
        raise InsideATransaction
    mine = _Waiting(drafts, at)
    with _group.lock:
        _group.waiting.append(mine)
        leads, _group.has_leader = not _group.has_leader, True
    if not leads:
        mine.woken.wait()
    if mine.answer is None:
        _lead()
    if isinstance(mine.answer, Exception):
        raise mine.answer
    return mine.answer or []


def _lead() -> None:
    """Post for all who wait now, then hand over to the first who came meanwhile."""
    with _group.lock:
        callers = _gathered()
    try:
        _post(callers)
    finally:
        for caller in callers:
            caller.answer = Interrupted() if caller.answer is None else caller.answer
            caller.woken.set()
        with _group.lock:
            _group.has_leader = bool(_group.waiting)
            if _group.waiting:
                _group.waiting[0].woken.set()


def _gathered() -> list[_Waiting]:
    """Take those who wait, the first in front, up to a call's worth of transfers."""
    callers: list[_Waiting] = []
    size = 0
    while _group.waiting and size < MOST_TRANSFERS:
        caller = _group.waiting.popleft()
        callers.append(caller)
        size += sum(len(draft.transfers) for draft in caller.drafts)
    return callers


def _post(callers: Sequence[_Waiting]) -> None:
    """Post for these callers; where they fail together, each alone: only one is at fault."""
    try:
        answers = post_each(  # outside of a transaction, so one of its own: durable when it returns
            groups=[caller.drafts for caller in callers],
            at=max(caller.at for caller in callers),
        )
    except (Refusal, DatabaseError) as error:
        if len(callers) == 1:
            callers[0].answer = error
        else:
            for caller in callers:
                _post([caller])
        return
    for caller, answer in zip(callers, answers, strict=True):
        caller.answer = answer
