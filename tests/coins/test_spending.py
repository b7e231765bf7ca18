"""Coins are spent lot by lot, many people at once, never twice, and go back exactly."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from takings.coins.actions import (
    Ask,
    NothingToSpend,
    Refused,
    SpendIdTaken,
    give_back,
    take,
)
from takings.coins.models import CoinLot, Limit, Spend, SpendPart, Wallet
from takings.coins.queries import lots_of, wallet_of
from takings.coins.rules import (
    AgeUnknown,
    CoinsHeld,
    LimitReached,
    NotEnoughCoins,
    Paused,
    Taken,
    coins,
)
from takings.core.errors import Refusal
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.money.currency import COIN
from takings.payments.models import Payment
from takings.people.models import User
from tests.make.coins import (
    ask,
    bought,
    euros,
    granted,
    make_fan,
    ordered,
    spent,
    told_paid,
    unspent,
)
from tests.make.passes import Time
from tests.make.payments import DISPUTED_LOST, asked, pay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("time")]
DAY = dt.timedelta(days=1)


def why(answer: Taken | Refused) -> Refusal:
    assert isinstance(answer, Refused)
    return answer.refusal


def taken(answer: Taken | Refused) -> Taken:
    assert isinstance(answer, Taken)
    return answer


def has(user: User) -> tuple[Money, Money]:
    """Return the coins somebody bought and was given, by the books."""
    bought_, bonus = (
        balance(name=f"viewer:{user.pk}:{kind}", currency=COIN) for kind in ("coins", "bonus_coins")
    )
    return bought_, bonus


def waits(lot: UUID) -> Money:
    return balance(name=f"coins:liability:{lot}", currency="EUR")


def test_a_spending_says_of_which_lots_its_coins_are_and_which_money_was_received(
    time: Time,
) -> None:
    vera = make_fan()
    purchase = bought(vera)
    time.go(1, 26)
    given = granted(vera, 50)
    assert has(vera) == (coins(1_000), coins(130))
    assert waits(purchase.pk) == euros("10")
    [one] = spent([ask(vera, 180)])
    told = [(part.coins, part.is_bonus, part.value) for part in taken(one).parts]
    assert told == [
        (coins(80), True, None),
        (coins(50), True, None),
        (coins(50), False, euros("0.5")),
    ]
    assert taken(one).coins == coins(180)
    assert [part.account for part in taken(one).parts][1:] == [
        f"coins:liability:{given.pk}",
        f"coins:liability:{purchase.pk}",
    ]
    assert has(vera) == (coins(950), coins(0))
    assert waits(purchase.pk) == euros("9.5")
    spent([ask(vera, 950)])
    assert (has(vera), waits(purchase.pk)) == ((coins(0), coins(0)), euros("0"))
    assert sum(part.coins_micros for part in SpendPart.objects.all()) == coins(1_130).micros
    assert check_books() == []


def test_many_people_spend_in_one_call_and_each_is_answered_for_itself(time: Time) -> None:
    vera, wim, nobody = make_fan(), make_fan("Wim"), make_fan("Nora")
    granted(vera, 10)
    granted(wim, 10)
    before = has(vera)
    asks = [
        ask(wim, 4),
        ask(vera, 7),
        ask(vera, 4),
        ask(nobody, 1),
        ask(vera, 3),
        ask(wim, 0),
        Ask(uuid4(), wim.pk, coins(-5), time.now),
    ]
    with CaptureQueriesContext(connection) as asked:
        answers = spent(asks)
    kinds = [type(one.refusal) if isinstance(one, Refused) else None for one in answers]
    assert kinds == [
        None,
        None,
        NotEnoughCoins,
        NotEnoughCoins,
        None,
        NothingToSpend,
        NothingToSpend,
    ]
    assert "You have 3 coins; this costs 4 coins" in str(why(answers[2]))
    assert (before, has(vera), has(wim)) == (
        (coins(0), coins(10)),
        *[(coins(0), coins(n)) for n in (0, 6)],
    )
    assert wallet_of(user=nobody) is None
    few = len(asked)
    more = [ask(wim, 1) for _ in range(6)]
    with CaptureQueriesContext(connection) as asked:
        spent(more)
    assert len(asked) == few
    assert check_books() == []


def test_the_same_spending_asked_twice_is_one(time: Time) -> None:
    """Peers' bugs 2, 7 and 15: a retry held, credited or posted a second time."""
    vera, wim = make_fan(), make_fan("Wim")
    granted(vera, 10)
    granted(wim, 10)
    one = ask(vera, 4)
    first, again = spent([one, one])
    [later] = spent([one])
    assert first == again == later
    assert has(vera) == (coins(0), coins(6))
    for other in (ask(vera, 5, id=one.id), ask(wim, 4, id=one.id)):
        [answer] = take(asks=[other], at=time.now)
        assert isinstance(why(answer), SpendIdTaken)
    assert Spend.objects.count() == 1
    assert check_books() == []


def test_a_spending_goes_back_into_its_lots_to_the_micro_unit_and_once(time: Time) -> None:
    """Peers' bug 17: what was undone came back twice, or not as it had been."""
    vera = make_fan()
    purchase = bought(vera, "handful")
    granted(vera, 5)
    spent([ask(vera, 12)])
    before = has(vera), waits(purchase.pk), [str(lot) for lot in lots_of(user=vera)]
    [one] = spent([ask(vera, 31)])
    assert has(vera) != before[0]
    [back] = unspent(taken(one).spend_id)
    assert back.parts == taken(one).parts
    assert (has(vera), waits(purchase.pk), [str(lot) for lot in lots_of(user=vera)]) == before
    assert give_back(spend_ids=[taken(one).spend_id, uuid4()], at=time.now) == [back]
    assert (has(vera), waits(purchase.pk)) == before[:2]
    assert Spend.objects.get(pk=taken(one).spend_id).given_back_at == time.now
    assert give_back(spend_ids=[], at=time.now) == []
    assert check_books() == []


def test_what_comes_back_to_coins_that_ended_is_not_there_again(time: Time) -> None:
    vera = make_fan()
    lot = granted(vera, 10)
    [one] = spent([ask(vera, 4)])
    CoinLot.objects.filter(pk=lot.pk).update(  # as when its time is over
        gone_micros=coins(8).micros, left_micros=0
    )
    [back] = give_back(spend_ids=[taken(one).spend_id], at=time.now)
    told = [(part.coins, part.returns, part.value) for part in back.parts]
    assert told == [(coins(2), True, None), (coins(2), False, None)]
    lot.refresh_from_db()
    assert (lot.left, lot.kept_micros, lot.spent_micros) == (coins(2), coins(2).micros, 0)


def test_a_limit_of_ones_own_counts_ones_own_days_and_what_came_back_does_not_count(
    time: Time,
) -> None:
    vera = make_fan()
    granted(vera, 100)
    wallet = Wallet.objects.get()
    User.objects.filter(pk=vera.pk).update(time_zone="Asia/Tokyo")
    for kind, most in (("day", coins(10)), ("month", coins(25))):
        Limit.objects.create(
            wallet=wallet,
            kind=kind,
            coins_micros=most.micros,
            said_at=time.now,
            holds_from=time.now,
        )
    first, second, third = spent([ask(vera, 8), ask(vera, 3), ask(vera, 2)])
    assert isinstance(why(second), LimitReached)
    assert "10 coins a day; 2 coins are left until the end of 2027-01-25" in str(why(second))
    unspent(taken(first).spend_id)
    assert taken(third).coins == coins(2)
    spent([ask(vera, 8)])
    [full] = take(asks=[ask(vera, 1)], at=time.now)
    assert isinstance(why(full), LimitReached)
    time.go(1, 25, 15)  # midnight in Tokyo
    spent([ask(vera, 10)])
    time.go(1, 26, 15)
    [month] = take(asks=[ask(vera, 6)], at=time.now)
    assert "25 coins a month; 5 coins are left until the end of 2027-01-31" in str(why(month))
    time.go(1, 31, 15)  # February there
    assert taken(spent([ask(vera, 6)])[0]).coins == coins(6)
    Limit.objects.create(kind="day", said_at=time.now, wallet=wallet, holds_from=time.now)
    assert taken(spent([ask(vera, 15)])[0]).coins == coins(15)
    assert check_books() == []


def test_whoever_asked_not_to_spend_does_not_until_then(time: Time) -> None:
    vera = make_fan()
    granted(vera, 10)
    until, soon = time.now + DAY, time.now - dt.timedelta(hours=1)
    wallet = Wallet.objects.get()
    Limit.objects.create(wallet=wallet, kind="pause", until=until, said_at=soon, holds_from=soon)
    [one] = take(asks=[ask(vera, 1)], at=time.now)
    assert isinstance(why(one), Paused)
    assert "2027-01-26 14:00" in str(why(one))
    time.now = until
    assert taken(spent([ask(vera, 1)])[0]).coins == coins(1)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Limit.objects.all().delete()
    with pytest.raises(IntegrityError, match="a_limit_is_a_sum_or_an_end"), transaction.atomic():
        Limit.objects.create(wallet=wallet, kind="pause", said_at=soon, holds_from=soon)
    assert [str(limit) for limit in Limit.objects.all()] == ["Wallet of Vera: pause"]


def test_whose_age_is_not_known_spends_nothing(time: Time) -> None:
    vera = make_fan()
    granted(vera, 10)
    User.objects.filter(pk=vera.pk).update(born_on=None)
    [one] = take(asks=[ask(vera, 1)], at=time.now)
    assert isinstance(why(one), AgeUnknown)
    assert not Spend.objects.exists()


def test_peer_bug_6_held_coins_wait_and_are_not_seized(time: Time) -> None:
    new = make_fan("Newt", at=time.now - DAY)
    purchase = bought(new, "vault")
    [one] = take(asks=[ask(new, 1)], at=time.now)
    assert isinstance(why(one), CoinsHeld)
    assert "until 2027-01-28 14:00 UTC: a new account bought for much" in str(why(one))
    lot = CoinLot.objects.get(pk=purchase.pk)
    assert lot.is_held(at=time.now)
    assert has(new) == (coins(5_000), coins(500))
    time.go(1, 28)
    assert not lot.is_held(at=time.now)
    assert taken(spent([ask(new, 600)])[0]).coins == coins(600)
    assert check_books() == []


def test_a_lot_holds_its_laws_in_the_database() -> None:
    """Peers' bug 4: a quantity below zero minted coins."""
    vera = make_fan()
    lot = granted(vera, 10)
    assert str(lot) == "10000000 of 10000000 micro-coins: Given by us"
    laws: dict[str, dict[str, int | bool]] = {
        "what_is_left_of_a_lot": {"left_micros": 11},
        "a_lot_gives_no_more": {"spent_micros": -5, "left_micros": 10_000_005},
        "bought_coins_have_a_value": {"is_bonus": False},
        "the_value_of_a_lot": {"value_left_micros": 1},
    }
    for law, change in laws.items():
        with pytest.raises(IntegrityError, match=law), transaction.atomic():
            CoinLot.objects.filter(pk=lot.pk).update(**change)
    [one] = spent([ask(vera, 1)])
    spend, part = Spend.objects.get(), SpendPart.objects.get()
    assert (str(spend), str(part)) == (
        "Wallet of Vera: 1000000 micro-coins",
        f"1000000 micro-coins of {lot.pk}",
    )
    with pytest.raises(IntegrityError, match="a_spend_is_positive"), transaction.atomic():
        Spend.objects.filter(pk=taken(one).spend_id).update(coins_micros=0)


@pytest.mark.django_db(transaction=True)
def test_gifts_sent_at_once_give_no_coin_twice() -> None:
    """Peers' bug 3: two tips from one coin. Of N at once, at most ⌊B/price⌋ are."""
    fans = [make_fan(name) for name in ("Vera", "Wim")]
    for fan in fans:
        granted(fan, 10)

    def send(turn: int) -> int:
        order = fans if turn % 2 else fans[::-1]
        try:
            answers = spent([ask(fan, 3) for fan in order])
        finally:
            connections.close_all()
        return sum(isinstance(one, Taken) for one in answers)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(12))) == 6
    assert [has(fan) for fan in fans] == [(coins(0), coins(1))] * 2
    assert check_books() == []


@pytest.mark.django_db(transaction=True)
def test_gifts_purchases_and_disputes_at_once_never_wait_in_a_ring() -> None:
    """Whoever spends holds the wallet and waits for accounts; so does whoever books a payment."""
    vera = make_fan()
    purchase = told_paid(vera, card=DISPUTED_LOST)
    payment = Payment.objects.get(pk=purchase.pk)
    another = ordered(vera, "handful")
    pay(another)
    acts: list[Callable[[], object]] = [
        lambda: spent([ask(vera, 200)]),
        lambda: asked(payment),
        lambda: spent([ask(vera, 300)]),
        lambda: asked(another),
        lambda: spent([ask(vera, 400)]),
    ]

    def do(act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(do, acts))
    lot = CoinLot.objects.get(pk=purchase.pk)
    assert (lot.left, lot.gone_micros) == (coins(0), lot.coins_micros)
    assert waits(purchase.pk) == euros("0")
    assert check_books() == []


def test_broken_lots_and_wallets_are_found() -> None:
    vera = make_fan()
    purchase = bought(vera, "handful")
    [one] = spent([ask(vera, 10)])
    lots = CoinLot.objects.filter(pk=purchase.pk)

    def found(**change: int) -> set[tuple[str, str]]:
        with transaction.atomic():
            lots.update(**change)
            rows = {(row.row, row.sentence) for row in check_books()}
            transaction.set_rollback(True)
        return rows

    lot, wallet = f"lot:{purchase.pk}", f"account:viewer:{vera.pk}:coins"
    assert found(gone_micros=5_000_000, left_micros=85_000_000) == {
        (wallet, "what is left of its lots and its balance differ by -5000000 micro-coins")
    }
    assert found(value_left_micros=1) == {
        (lot, "what its coins can cost and what waits for them differ by -899999 micro-units")
    }
    assert found(spent_micros=9_000_000, gone_micros=1_000_000) == {
        (lot, "it says 9000000 micro-coins were spent, its spends say 10000000")
    }
    with transaction.atomic():
        Spend.objects.update(coins_micros=1)
        assert [(row.row, row.sentence) for row in check_books()] == [
            (f"spend:{taken(one).spend_id}", "its parts are not its coins")
        ]
        transaction.set_rollback(True)
    assert check_books() == []
