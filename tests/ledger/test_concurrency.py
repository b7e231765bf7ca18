"""Many at once, on real connections: nobody overspends, nobody deadlocks, once stays once."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction

from takings.core.errors import Refusal
from takings.ledger.actions import post, post_each, reverse
from takings.ledger.queries import check_books, entry
from takings.ledger.rules import EntryDraft
from takings.money import Money
from tests.make.ledger import dollars, make_entry, make_posted, make_prepaid, move, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8


def _at_once(calls: Sequence[Callable[[], str]]) -> Counter[str]:
    """Start all calls at the same moment on connections of their own; count their answers."""
    start = Barrier(len(calls))

    def run(call: Callable[[], str]) -> str:
        try:
            start.wait(timeout=20)
            return call()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def _behind(first: Callable[[], str], second: Callable[[], str]) -> tuple[str, str]:
    """Start ``second`` while ``first`` is done but not committed; commit once it waits for it."""

    def run() -> str:
        try:
            return second()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            answer = first()
            later = pool.submit(run)
            while not _someone_waits() and not later.done():
                pass
        return answer, later.result(timeout=20)


def _closing(call: Callable[[], str]) -> Callable[[], str]:
    def run() -> str:
        try:
            return call()
        finally:
            connections.close_all()

    return run


def _someone_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees one moment
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )
        return bool(cursor.fetchone()[0])


def _posting(draft: EntryDraft) -> Callable[[], str]:
    return lambda: post(drafts=[draft], at=NOON)[0].outcome


@pytest.mark.parametrize(("held", "price"), [("10", "3"), ("8", "1"), ("2", "3")])
def test_peers_bug_3_at_most_as_many_gifts_succeed_as_the_balance_pays(
    held: str, price: str
) -> None:
    """rustchain-bounties 9829: two tips were paid from one coin."""
    make_posted(move("coins:issued", "viewer:3:coins", Money.parse(held, "COIN")))
    gift = move("viewer:3:coins", "coins:issued", Money.parse(price, "COIN"))
    answers = _at_once([_posting(make_entry(gift, kind="gift_sent")) for _ in range(THREADS)])
    paid = min(int(held) // int(price), THREADS)
    assert answers == Counter(posted=paid, insufficient_funds=THREADS - paid)
    assert check_books() == []


def test_two_at_a_busy_account_stand_in_lanes_of_their_own_and_both_count() -> None:
    """The second neither waits for the first nor overwrites what the first leaves behind."""
    make_prepaid("10")
    make_posted(move("platform:fees", "platform:revenue:ads", "2"))
    earn = make_entry(move("advertiser:7:prepaid", "platform:revenue:ads", "3"))
    fee = make_entry(move("platform:fees", "platform:revenue:ads", "5"))
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert _posting(earn)() == "posted"
        assert pool.submit(_closing(_posting(fee))).result(timeout=20) == "posted"
    assert dollars("platform:revenue:ads") == usd(10)
    assert check_books() == []


def test_many_at_one_busy_account_lose_nothing() -> None:
    calls = [
        _posting(make_entry(move("platform:fees", "platform:revenue:ads", "1")))
        for _ in range(THREADS * 4)
    ]
    assert _at_once(calls) == Counter(posted=len(calls))
    assert dollars("platform:revenue:ads") == usd(len(calls))
    assert check_books() == []


def test_one_id_from_many_callers_is_posted_once() -> None:
    draft = make_entry(move("bank", "advertiser:7:prepaid", "100"))
    answers = _at_once([_posting(draft) for _ in range(THREADS)])
    assert answers == Counter(posted=1, already_posted=THREADS - 1)
    assert dollars("advertiser:7:prepaid") == usd(100)
    assert check_books() == []


def test_one_id_for_different_facts_is_posted_for_one_of_them() -> None:
    key = uuid4()
    drafts = [
        make_entry(move("bank", "advertiser:7:prepaid", str(n + 1)), id=key) for n in range(THREADS)
    ]
    answers = _at_once([_posting(draft) for draft in drafts])
    assert answers == Counter(posted=1, same_id_other_content=THREADS - 1)
    assert check_books() == []


def test_crossing_transfers_between_the_same_accounts_never_deadlock() -> None:
    brands = [f"advertiser:{n}:prepaid" for n in range(4)]
    make_posted(*(move("bank", brand, "100") for brand in brands))

    def many(seed: int) -> Callable[[], str]:
        chance = random.Random(seed)  # noqa: S311 - a story, not a secret

        def call() -> str:
            for _ in range(15):
                pairs = [chance.sample(brands, 2) for _ in range(3)]
                post(drafts=[make_entry(*(move(a, b, "0.01") for a, b in pairs))], at=NOON)
            return "done"

        return call

    assert _at_once([many(seed) for seed in range(THREADS)]) == Counter(done=THREADS)
    assert sum(dollars(brand).micros for brand in brands) == usd(400).micros
    assert check_books() == []


def test_accounts_opened_by_many_at_once_in_any_order_are_opened_once() -> None:
    names = [f"rights:holder-{n}" for n in range(20)]
    calls = [
        _posting(make_entry(*(move("platform:fees", name, "1") for name in order)))
        for order in (names, names[::-1]) * (THREADS // 2)
    ]
    assert _at_once(calls) == Counter(posted=THREADS)
    assert {dollars(name) for name in names} == {usd(THREADS)}
    assert check_books() == []


def test_of_two_reversals_at_once_one_is_made() -> None:
    posted = make_prepaid("10")

    def undo(key: UUID) -> Callable[[], str]:
        return lambda: reverse(entry_id=posted.entry_id, id=key, at=NOON, memo="").outcome

    answers = _at_once([undo(uuid4()) for _ in range(THREADS)])
    assert answers == Counter(posted=1, already_reversed=THREADS - 1)
    assert dollars("advertiser:7:prepaid") == usd(0)
    assert entry(id=posted.entry_id).reversed_by is not None
    assert check_books() == []


def test_an_id_that_is_being_posted_is_waited_for_and_met() -> None:
    draft = make_entry(move("bank", "advertiser:7:prepaid", "100"))
    assert _behind(_posting(draft), _posting(draft)) == ("posted", "already_posted")
    assert dollars("advertiser:7:prepaid") == usd(100)


def test_a_reversal_waits_for_the_one_before_it_and_then_is_refused() -> None:
    posted = make_prepaid("10")

    def undo() -> str:
        return reverse(entry_id=posted.entry_id, id=uuid4(), at=NOON, memo="").outcome

    assert _behind(undo, undo) == ("posted", "already_reversed")
    assert dollars("advertiser:7:prepaid") == usd(0)


def test_an_id_that_is_being_refused_is_waited_for_and_stays_refused() -> None:
    make_prepaid("1")
    make_prepaid("1", brand=8)
    draft = make_entry(move("advertiser:7:prepaid", "advertiser:8:prepaid", "5"))

    def ask() -> str:
        [[answer]] = post_each(groups=[[draft]], at=NOON)
        return answer.outcome

    def be_refused_and_pay_in() -> str:
        answer = ask()
        make_prepaid("100")
        return answer

    assert _behind(be_refused_and_pay_in, ask) == ("insufficient_funds", "insufficient_funds")
    assert check_books() == []
