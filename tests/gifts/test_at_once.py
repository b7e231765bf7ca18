"""Many send at once: never more than the coins there are, and nothing twice."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from takings.core import clock
from takings.core.errors import Refusal
from takings.gifts.actions import (
    Sent,
    Why,
    release_gifts,
    send_gift,
    send_gifts,
    take_back_gift,
    undo_gift,
)
from takings.gifts.models import Gift, TakenBack
from takings.gifts.rules import Cause, GiftIdTaken, Wish
from takings.ledger.queries import balance, check_books
from tests.make.coins import bought, make_fan
from tests.make.gifts import coins, give, make_gift_kind, wish
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.make.product import until
from tests.make.settlement import make_act

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: list[Callable[[], object]]) -> int:
    """Do all of it at once; return how many were not refused."""

    def do(act: Callable[[], object]) -> bool:
        try:
            act()
        except Refusal:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(do, acts))


def test_peer_bug_3_of_many_gifts_at_once_no_more_succeed_than_coins_pay_for(time: Time) -> None:
    """BoTTube's tip race: 1.0 became two tips. Here 1,080 coins are three gifts of 300."""
    ada, vera = make_act("Ada"), make_fan()
    bought(vera)
    rose, now = make_gift_kind(300), time.now
    wishes = [wish(vera, ada, rose) for _ in range(8)]
    assert at_once([lambda one=one: send_gift(wish=one, at=now) for one in wishes]) == 3  # type: ignore[misc]
    assert Gift.objects.count() == 3
    left = sum(
        balance(name=f"viewer:{vera.pk}:{kind}", currency="COIN").micros
        for kind in ("coins", "bonus_coins")
    )
    assert left == coins(180).micros
    assert check_books() == []


def test_peer_bug_7_one_gift_sent_many_times_at_once_is_one(time: Time) -> None:
    ada, vera, rose = make_act("Ada"), make_fan(), make_gift_kind(300)
    bought(vera)
    one, now = wish(vera, ada, rose, id=uuid4()), time.now
    assert at_once([lambda: send_gift(wish=one, at=now)] * 6) == 6
    assert Gift.objects.count() == 1
    assert check_books() == []


def test_peer_bug_2_who_waited_for_the_wallet_finds_the_gift_sent(time: Time) -> None:
    ada, vera, rose = make_act("Ada"), make_fan(), make_gift_kind(300)
    bought(vera)
    one, now = wish(vera, ada, rose), time.now
    found: list[Sent | Refusal] = []
    late = [one, replace(one, is_anonymous=True)]
    threads = [Thread(target=sends, args=(each, now, found)) for each in late]
    with transaction.atomic():
        send_gift(wish=one, at=now)
        for thread in threads:
            thread.start()
        until_waiting(len(threads))
    for thread in threads:
        thread.join()
    told = {type(answer) for answer in found}
    assert told == {Sent, GiftIdTaken}
    assert Gift.objects.count() == 1
    assert check_books() == []


def sends(one: Wish, now: dt.datetime, found: list[Sent | Refusal]) -> None:
    """Send on a connection of its own."""
    try:
        found += send_gifts(wishes=[one], at=now)
    finally:
        connections.close_all()


def until_waiting(count: int) -> None:
    """Wait until so many others wait for a row that this transaction holds."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"

    def is_so() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            return bool(cursor.fetchone() == (count,))

    until("the others wait", lambda: is_so() or None)


def test_peer_bug_1_a_gift_is_undone_refunded_or_released_never_two(
    time: Time,
) -> None:
    """Approve and reject at once paid both sides at a peer."""
    ada, new = make_act("Ada"), make_fan("Nils", at=clock.now())
    bought(new, "vault")
    now = time.go(1, 28, 15)
    gift = give(new, ada, make_gift_kind(5_100))
    later = gift.hold.ends_at
    at_once(
        [
            lambda: undo_gift(gift=gift, at=now),
            lambda: take_back_gift(
                operator=make_operator(), gift=gift, why=Why(Cause.REFUND, "A slip."), at=later
            ),
            lambda: release_gifts(at=later),
            lambda: release_gifts(at=later),
        ]
    )
    assert TakenBack.objects.count() == 1
    assert balance(name=f"escrow:gift:{gift.pk}", currency="EUR").micros == 0
    assert check_books() == []
