"""Callers of every size lock in one order and know what was said before them."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from takings.core.errors import Refusal
from takings.ledger.actions import account_ids, post
from takings.ledger.queries import check_books
from takings.ledger.rules import EntryDraft
from tests.make.ledger import dollars, make_entry, move, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db(transaction=True)

BUSY, CALM = "coins:liability", "escrow:deal:9"  # the first has lanes


def _outcome(call: Callable[[], str]) -> str:
    try:
        return call()
    except Refusal as refusal:
        return refusal.code
    finally:
        connections.close_all()


def _await_waiting(count: int, *calls: Future[str]) -> None:
    """Wait until so many wait for a lock, or one is done already."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    while not any(call.done() for call in calls):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees one moment
            cursor.execute(waiting)
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.01)


def test_a_large_call_and_one_that_needs_a_busy_account_whole_never_deadlock() -> None:
    """The large one locks busy accounts by their rows, too: after the calm ones, like everybody."""
    for name in (BUSY, "rights:holder-0", CALM, "platform:fees"):
        account_ids([(name, "USD")])
    many = [move("platform:fees", f"rights:holder-{n}", "1") for n in range(70)]
    large = make_entry(*many, move("platform:fees", CALM, "1"), move("platform:fees", BUSY, "1"))
    whole = make_entry(move(BUSY, CALM, "99"))  # more than is in any lane

    def posting(draft: EntryDraft) -> Callable[[], str]:
        return lambda: post(drafts=[draft], at=NOON)[0].outcome

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            post(drafts=[make_entry(many[0])], at=NOON)
            first = pool.submit(_outcome, posting(large))
            _await_waiting(1, first)
            second = pool.submit(_outcome, posting(whole))
            _await_waiting(2, first, second)
        assert (first.result(20), second.result(20)) == ("posted", "insufficient_funds")
    assert dollars(CALM) == usd(1)
    assert check_books() == []
