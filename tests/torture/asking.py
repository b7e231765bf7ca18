"""How a client asks one operation, and what it is told: a word for each id."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections, transaction

from takings.core.errors import Refusal
from takings.ledger.actions import (
    Posted,
    account_ids,
    expire_holds,
    hold,
    post,
    post_columns,
    post_each,
    post_hold,
    reverse,
    void_hold,
)
from takings.ledger.actions.grouping import post_grouped
from takings.ledger.actions.terms import close_account, reopen_account
from takings.ledger.rules import EntryDraft
from takings.ledger.rules.calls import Line, call_of
from takings.ledger.rules.outcomes import OF_NUMBER
from tests.torture.plan import CLOSED_NOW_AND_THEN, Deed, Operation

Told = list[tuple[str, str]]  # ids in hexadecimal, and what became of each
REFUSED, VOID, GIVEN_UP, DONE = "raised:", "void:", "given_up", "done"


class GivenUpError(Exception):
    """The larger transaction changed its mind."""


def ask(operation: Operation) -> Told:
    """Ask, and say what was answered; a refusal is an answer too."""
    try:
        return _TALK[operation.deed](operation)
    except GivenUpError:
        return [(draft.id.hex, GIVEN_UP) for draft in operation.drafts]
    except Refusal as refusal:
        ids = [draft.id for draft in operation.drafts] or [operation.id]
        return [(key.hex, REFUSED + refusal.code) for key in ids]


def _words(answers: Iterable[Posted]) -> Told:
    return [(answer.entry_id.hex, str(answer.outcome)) for answer in answers]


def _post(operation: Operation) -> Told:
    return _words(post(drafts=operation.drafts, at=operation.at))


def _each(operation: Operation) -> Told:
    answers = post_each(groups=operation.groups, at=operation.at)
    return _words(answer for group in answers for answer in group)


def _columns(operation: Operation) -> Told:
    moves = [move for draft in operation.drafts for move in draft.transfers]
    names = [(name, move.amount.currency) for move in moves for name in (move.debit, move.credit)]
    with transaction.atomic():
        lines = [[Line(draft) for draft in group] for group in operation.groups]
        call = call_of(lines, accounts=account_ids(names))
        answer = post_columns(call=call, at=operation.at)
    codes = answer.codes or [0] * len(operation.drafts)
    return [
        (draft.id.hex, str(OF_NUMBER[code]))
        for draft, code in zip(operation.drafts, codes, strict=True)
    ]


def _grouped(operation: Operation) -> Told:
    def call(group: tuple[EntryDraft, ...]) -> list[Posted]:
        try:
            return post_grouped(drafts=group, at=operation.at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(operation.groups)) as pool:
        return _words(answer for answers in pool.map(call, operation.groups) for answer in answers)


def _within(operation: Operation) -> Told:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO torture_note VALUES (%s) ON CONFLICT DO NOTHING",
                [[draft.id] for draft in operation.drafts],
            )
        answers = post(drafts=operation.drafts, at=operation.at)
        if operation.is_given_up:
            raise GivenUpError
    return _words(answers)


def _hold(operation: Operation) -> Told:
    return _words(hold(drafts=operation.drafts, expires_at=operation.expires_at, at=operation.at))


def _post_hold(operation: Operation) -> Told:
    answer = post_hold(
        hold_id=operation.target, id=operation.id, at=operation.at, amount=operation.amount
    )
    return _words([answer])


def _void_hold(operation: Operation) -> Told:
    answer = void_hold(hold_id=operation.target, at=operation.at)
    return [(operation.target.hex, f"{VOID}{answer.outcome}")]


def _expire(operation: Operation) -> Told:
    expire_holds(at=operation.at)
    return [(operation.id.hex, DONE)]


def _reverse(operation: Operation) -> Told:
    answer = reverse(entry_id=operation.target, id=operation.id, at=operation.at, memo="")
    return _words([answer])


def _close(operation: Operation) -> Told:
    close_account(name=CLOSED_NOW_AND_THEN, currency="USD", reason="now and then", at=operation.at)
    return [(operation.id.hex, DONE)]


def _reopen(operation: Operation) -> Told:
    reopen_account(name=CLOSED_NOW_AND_THEN, currency="USD", reason="now and then", at=operation.at)
    return [(operation.id.hex, DONE)]


_TALK = {
    Deed.POST: _post,
    Deed.EACH: _each,
    Deed.COLUMNS: _columns,
    Deed.GROUPED: _grouped,
    Deed.WITHIN: _within,
    Deed.HOLD: _hold,
    Deed.POST_HOLD: _post_hold,
    Deed.VOID_HOLD: _void_hold,
    Deed.EXPIRE: _expire,
    Deed.REVERSE: _reverse,
    Deed.CLOSE: _close,
    Deed.REOPEN: _reopen,
}
