"""Callers of every size lock in one order and know what was said before them."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from takings.core.errors import Refusal
from takings.ledger.actions import account_ids, hold, post, post_each
from takings.ledger.queries import check_books
from takings.ledger.rules import EntryDraft
from tests.make.ledger import dollars, make_entry, make_prepaid, move, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db(transaction=True)

BUSY, CALM = "coins:liability", "rights:calm"  # the first has lanes
PREPAID = "advertiser:7:prepaid"


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


def test_an_id_refused_while_its_other_caller_waited_stays_refused() -> None:
    """The other caller looks for refusals once it has its locks, not before it waits for them."""
    draft = make_entry(move(PREPAID, CALM, "5"))
    paid = make_entry(move("bank", PREPAID, "10"))
    account_ids([("bank", "USD"), (PREPAID, "USD"), (CALM, "USD")])

    def again() -> str:
        return post_each(groups=[[draft]], at=NOON)[0][0].outcome

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            [[first], [_]] = post_each(groups=[[draft], [paid]], at=NOON)
            second = pool.submit(_outcome, again)
            _await_waiting(1, second)
        assert (first.outcome, second.result(20)) == ("insufficient_funds", "insufficient_funds")
    assert dollars(PREPAID) == usd(10)
    assert check_books() == []


def test_the_id_of_a_hold_is_no_id_of_an_entry() -> None:
    make_prepaid("10")
    kept = make_entry(move(PREPAID, CALM, "5"))
    hold(drafts=[kept], expires_at=None, at=NOON)
    plain = make_entry(move("platform:fees", "creator:1:payable", "1"), id=kept.id)
    assert [[a.outcome for a in g] for g in post_each(groups=[[plain]], at=NOON)] == [
        ["same_id_other_content"]
    ]
    assert check_books() == []
