"""Group commit: callers of many threads, each with its own answer, all durable, none in the way."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from takings.ledger.actions import grouping, post
from takings.ledger.actions.grouping import InsideATransaction, post_grouped
from takings.ledger.models import Posting
from takings.ledger.queries import check_books
from takings.ledger.rules import EntryDraft
from takings.ledger.rules.calls import MOST_ITEMS, CallTooLarge
from takings.money import Money
from tests.make.ledger import dollars, make_entry, make_posted, make_prepaid, move, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db(transaction=True)

CALLERS = 24


def _each_at_once(drafts: list[list[EntryDraft]]) -> Counter[str]:
    """Post each on a thread of its own, all released at one moment."""
    start = Barrier(len(drafts))

    def run(mine: list[EntryDraft]) -> str:
        try:
            start.wait(timeout=20)
            return str(post_grouped(drafts=mine, at=NOON)[0].outcome)
        except Exception as error:  # noqa: BLE001 - the story counts what was answered
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(drafts)) as pool:
        return Counter(pool.map(run, drafts))


def _gift(micros: int = 1_000_000) -> EntryDraft:
    return make_entry(move("viewer:3:coins", "coins:issued", Money(micros, "COIN")))


def test_as_many_gifts_as_the_wallet_pays_and_fewer_commits_than_callers() -> None:
    make_posted(move("coins:issued", "viewer:3:coins", Money.parse(10, "COIN")))
    answers = _each_at_once([[_gift()] for _ in range(CALLERS)])
    assert answers == Counter(posted=10, insufficient_funds=CALLERS - 10)
    assert check_books() == []


def test_those_who_wait_are_posted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first posts for itself; all others gather while it does, and share the next commit."""
    begun, gathered = Event(), Event()

    def post_slowly(callers: Sequence[grouping._Waiting]) -> None:
        begun.set()
        gathered.wait(timeout=20)
        post_at_once(callers)

    post_at_once = grouping._post  # noqa: SLF001 - slowed down, not replaced
    monkeypatch.setattr(grouping, "_post", post_slowly)

    def run(_: int) -> str:
        try:
            return str(post_grouped(drafts=[_prepaid()], at=NOON)[0].outcome)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CALLERS) as pool:
        first = pool.submit(run, 0)
        begun.wait(timeout=20)
        later = [pool.submit(run, number) for number in range(1, CALLERS)]
        while len(grouping._group.waiting) < CALLERS - 1:  # noqa: SLF001 - until all wait
            pass
        gathered.set()
        answers = Counter(future.result(timeout=20) for future in (first, *later))
    assert answers == Counter(posted=CALLERS)
    assert Posting.objects.count() == 2
    assert dollars("advertiser:7:prepaid") == usd(CALLERS)


def test_who_is_interrupted_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(grouping, "_post", stop)
        with pytest.raises(KeyboardInterrupt):
            post_grouped(drafts=[_prepaid()], at=NOON)
    assert post_grouped(drafts=[_prepaid()], at=NOON)[0].outcome == "posted"
    assert dollars("advertiser:7:prepaid") == usd(1)


def _prepaid() -> EntryDraft:
    return make_entry(move("bank", "advertiser:7:prepaid", "1"))


def test_one_who_brings_down_the_group_is_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ITEMS > 1
    monkeypatch.setattr("takings.ledger.rules.calls.MOST_ITEMS", 3)
    too_many = [_prepaid() for _ in range(4)]
    answers = _each_at_once([too_many, *([_prepaid()] for _ in range(3))])
    assert answers == Counter({"posted": 3, CallTooLarge.__name__: 1})
    assert dollars("advertiser:7:prepaid") == usd(3)


def test_drafts_of_one_caller_stand_or_fall_together() -> None:
    make_prepaid("10")
    bad = make_entry(move("advertiser:7:prepaid", "advertiser:8:prepaid", "12"))
    answers = post_grouped(drafts=[_prepaid(), bad], at=NOON)
    assert [answer.outcome for answer in answers] == ["linked_failed", "insufficient_funds"]
    assert dollars("advertiser:7:prepaid") == usd(10)


def test_a_group_is_not_part_of_somebodys_transaction() -> None:
    with transaction.atomic(), pytest.raises(InsideATransaction):
        post_grouped(drafts=[_prepaid()], at=NOON)


def test_the_same_fact_from_many_callers_is_posted_once() -> None:
    draft = make_entry(move("bank", "advertiser:7:prepaid", "1"), id=uuid4())
    assert _each_at_once([[draft]] * CALLERS) == Counter(posted=1, already_posted=CALLERS - 1)
    assert dollars("advertiser:7:prepaid") == usd(1)


def test_who_posts_to_a_busy_account_waits_for_nobody() -> None:
    """Eight open transactions post to ``platform:fees``; none waits for another's commit."""
    fee = "platform:fees"
    make_posted(move(fee, "creator:1:payable", "1"))
    posted, end = Barrier(9), Barrier(9)

    def run(number: int) -> None:
        try:
            with transaction.atomic():
                draft = make_entry(move(fee, f"creator:{number}:payable", "1"))
                post(drafts=[draft], at=NOON)
                posted.wait(timeout=20)  # all have posted, nobody has committed
                end.wait(timeout=20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(run, 10 + number) for number in range(8)]
        posted.wait(timeout=20)
        end.wait(timeout=20)
        for future in futures:
            future.result(timeout=20)
    assert dollars(fee) == usd(9)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT lane) FROM ledger_standing JOIN ledger_account"
            " ON id = account_id WHERE name = %s",
            [fee],
        )
        assert cursor.fetchone() == (8,)
    assert check_books() == []


def test_lanes_of_a_busy_account_give_what_all_of_them_hold() -> None:
    """Two lanes hold 5 each: 8 can be taken, 3 more cannot."""
    liability = "coins:liability"
    make_posted(move("provider:x", liability, "5"))
    posted, end = Barrier(2), Barrier(2)

    def run() -> None:
        try:
            with transaction.atomic():
                post(drafts=[make_entry(move("provider:y", liability, "5"))], at=NOON)
                posted.wait(timeout=20)
                end.wait(timeout=20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            post(drafts=[make_entry(move("provider:x", liability, "0.000001"))], at=NOON)
            future = pool.submit(run)
            posted.wait(timeout=20)
        end.wait(timeout=20)
        future.result(timeout=20)
    make_posted(move(liability, "creator:1:pending", "8"))
    answers = _each_at_once(
        [[make_entry(move(liability, "creator:2:pending", "3"))] for _ in range(3)]
    )
    assert answers == Counter(insufficient_funds=3)
    assert dollars(liability) == usd("2.000001")
    assert check_books() == []
