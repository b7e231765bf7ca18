"""Earnings taken as coins: one entry, exact, once, and never more than could be paid out."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client

from takings.coins.models import CoinLot
from takings.coins.rules import AgeUnknown
from takings.core import clock
from takings.core.errors import Refusal
from takings.invoicing.models import Invoice
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.people.models import User
from takings.settlement.actions.exchanging import (
    ExchangeIdTaken,
    NoExchangeHere,
    NotThatMuchEarned,
    Wanted,
    exchange_earnings,
)
from takings.settlement.models import Exchange
from takings.settlement.queries.exchange_checks import EXCHANGES_ARE_POSTED
from takings.settlement.queries.rewards import UnknownReward
from tests.make.coins import ADULT
from tests.make.gifts import coins, give, make_gift_kind
from tests.make.ledger import all_balances
from tests.make.pages import page_text
from tests.make.passes import Time
from tests.make.payouts import american, make_payable, make_verified
from tests.make.settlement import Act, make_act

pytestmark = pytest.mark.django_db(transaction=True)
Refused = tuple[tuple[Wanted, type[Refusal], dict[str, object]], ...]


@pytest.fixture
def ada(time: Time) -> Act:  # noqa: ARG001 - the story begins
    """Let Ada have €20 that could be paid out."""
    act = make_act("Ada")
    User.objects.filter(pk=act.creator.user_id).update(born_on=ADULT, country="DE")
    act.creator.user.refresh_from_db()
    make_payable(act.creator, Money.parse("20", "EUR"))
    make_verified(act.creator, papers=american())  # with a W-9: nothing is withheld
    return act


def chest() -> Wanted:
    return Wanted(uuid4(), "coins", "chest")


def euros(name: str) -> int:
    return balance(name=name, currency="EUR").micros


def test_earnings_become_coins_with_their_tax_and_a_receipt_once(ada: Act) -> None:
    wanted, creator = chest(), ada.creator
    done, again = (
        exchange_earnings(creator=creator, wanted=wanted, at=clock.now()) for _ in range(2)
    )
    assert done == again
    assert (done.words, done.amount.micros) == ("1,000 coins and 80 bonus coins", 11_900_000)
    assert euros(f"creator:{creator.pk}:payable") == 8_100_000
    assert (euros(f"coins:liability:{wanted.id}"), euros("tax:DE:vat")) == (10_000_000, 1_900_000)
    wallet = f"viewer:{creator.user_id}"
    held = [balance(name=f"{wallet}:{kind}", currency="COIN") for kind in ("coins", "bonus_coins")]
    assert held == [coins(1_000), coins(80)]
    assert Invoice.objects.get().reference == f"exchange:{wanted.id}"
    assert check_books() == []
    bea = make_act("Bea")
    gift = give(creator.user, bea, make_gift_kind(180))  # given back
    assert [money.share.micros for money in gift.moneys.all()] == [500_000]
    assert check_books() == []


def test_where_no_tax_is_due_all_of_it_waits_with_the_coins(ada: Act) -> None:
    user, wanted = ada.creator.user, Wanted(uuid4(), "coins", "handful")
    user.country = "US"
    make_payable(ada.creator, Money.parse("2", "USD"))
    done = exchange_earnings(creator=ada.creator, wanted=wanted, at=clock.now())
    assert done.words == "100 coins"  # this pack comes without bonus coins
    assert balance(name=f"coins:liability:{wanted.id}", currency="USD").micros == 1_290_000
    assert CoinLot.objects.get().source == "exchange"
    assert check_books() == []


def test_what_cannot_be_exchanged_is_refused_and_moves_nothing(ada: Act) -> None:
    creator, user, before = ada.creator, ada.creator.user, all_balances()
    taken = chest()
    refused: Refused = (
        (Wanted(uuid4(), "coins", "vault"), NotThatMuchEarned, {}),
        (Wanted(uuid4(), "coins", "sack"), UnknownReward, {}),
        (Wanted(uuid4(), "gold", "bar"), UnknownReward, {}),
        (chest(), NoExchangeHere, {"country": "CN"}),
        (chest(), NotThatMuchEarned, {"country": "US"}),  # no dollars were earned
        (chest(), AgeUnknown, {"born_on": None}),
    )
    for wanted, refusal, changes in refused:
        for field, value in {"country": "DE", "born_on": ADULT, **changes}.items():
            setattr(user, field, value)
        with pytest.raises(refusal):
            exchange_earnings(creator=creator, wanted=wanted, at=clock.now())
        assert (all_balances(), Exchange.objects.count(), CoinLot.objects.count()) == (before, 0, 0)
    user.born_on = ADULT
    exchange_earnings(creator=creator, wanted=taken, at=clock.now())
    other = Wanted(taken.id, "coins", "bag")
    with pytest.raises(ExchangeIdTaken):
        exchange_earnings(creator=creator, wanted=other, at=clock.now())
    with pytest.raises(NotThatMuchEarned, match="€8"):
        exchange_earnings(creator=creator, wanted=chest(), at=clock.now())


def test_many_exchanges_at_once_never_take_more_than_is_payable(ada: Act) -> None:
    creator = ada.creator

    def take(wanted: Wanted) -> bool:
        try:
            exchange_earnings(creator=creator, wanted=wanted, at=clock.now())
        except NotThatMuchEarned:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(max_workers=4) as pool:
        twice = list(pool.map(take, [Wanted(one, "coins", "bag") for one in [uuid4()] * 4]))
        done = list(pool.map(take, [Wanted(uuid4(), "coins", "bag") for _ in range(4)]))
    assert (twice.count(True), done.count(True)) == (4, 2)
    assert Exchange.objects.count() == 3  # ⌊€20 / €5.95⌋, one of them asked for four times
    assert euros(f"creator:{creator.pk}:payable") == 2_150_000
    assert check_books() == []


def test_an_exchange_whose_entry_took_something_else_is_found(ada: Act) -> None:
    exchange_earnings(creator=ada.creator, wanted=chest(), at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE settlement_exchange DISABLE TRIGGER USER")
        cursor.execute("UPDATE settlement_exchange SET amount_micros = 1")
        cursor.execute("ALTER TABLE settlement_exchange ENABLE TRIGGER USER")
    [found] = check_books()
    assert found.invariant == EXCHANGES_ARE_POSTED.invariant
    assert "its entry took 11900000" in found.sentence


def test_the_page_says_what_can_be_had_and_what_was_taken(client: Client, ada: Act) -> None:
    page = "/gifts/studio/rewards/"
    client.force_login(ada.creator.user)
    shown = page_text(client.get(page))
    assert "Payable now €20.00" in shown
    assert "5,000 coins and 500 bonus coins€59.50Not enough payable" in shown
    assert "$5.00 of promotion credits$5.00Only from earnings in USD" in shown
    form = {"id": str(uuid4()), "reward": "coins", "choice": "chest"}
    for _ in range(2):
        done = page_text(client.post(page, form, follow=True))
        assert "Done: 1,000 coins and 80 bonus coins." in done
        assert "Payable now €8.10" in done
    more = client.post(page, {**form, "id": str(uuid4())})
    assert (more.status_code, "€8.10 could be paid out" in more.content.decode()) == (422, True)
    assert client.post(page, {"id": "x"}).status_code == 422
    User.objects.update(country="CN")
    assert "paid out and not exchanged" in page_text(client.get(page))
