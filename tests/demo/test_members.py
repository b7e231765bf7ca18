"""One viewer of the demo pays for watching without ads."""

import datetime as dt

import pytest

from takings.coins.models import CoinLot
from takings.demo.actions.gifting import fill_catalogue, give_gifts
from takings.demo.actions.paying import sell_coins, sell_pass
from takings.demo.rules.cast import FAN, MEMBER, VIEWERS
from takings.gifts.models import Gift, GiftKind
from takings.ledger.queries import check_books
from takings.memberships.models import Month, Pass
from tests.make.coins import make_fan
from tests.make.payments import cards_taken
from tests.make.people import make_operator, make_user
from tests.make.settlement import make_act

pytestmark = pytest.mark.django_db

FIRST_DAY = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def test_a_viewer_buys_one_month_once_passes_are_sold_and_cards_are_taken() -> None:
    assert MEMBER.email in {person.email for person in VIEWERS}
    member = make_user("Lena")
    sell_pass(member=member, at=FIRST_DAY)
    with cards_taken():
        sell_pass(member=member, at=FIRST_DAY - dt.timedelta(seconds=1))
        assert not Pass.objects.exists()
        for _ in range(2):
            sell_pass(member=member, at=FIRST_DAY)
    assert Pass.objects.get(user=member).renews
    assert Month.objects.get().paid_at == FIRST_DAY
    assert check_books() == []


def test_a_viewer_buys_one_chest_once_coins_are_sold_and_cards_are_taken() -> None:
    assert FAN.email in {person.email for person in VIEWERS}
    fan = make_fan("Jonas", at=FIRST_DAY - dt.timedelta(days=30))
    sell_coins(fan=fan, at=FIRST_DAY)
    with cards_taken():
        sell_coins(fan=fan, at=FIRST_DAY - dt.timedelta(seconds=1))
        assert not CoinLot.objects.exists()
        for _ in range(2):
            sell_coins(fan=fan, at=FIRST_DAY)
    assert sorted(CoinLot.objects.values_list("left_micros", flat=True)) == [80 * 10**6, 10**9]
    assert check_books() == []


def test_who_has_coins_gives_some_gifts_of_the_houses_catalogue_once() -> None:
    fan = make_fan("Jonas", at=FIRST_DAY - dt.timedelta(days=30))
    fan.email = FAN.email
    fan.save()
    acts, operator = [make_act("Ada"), make_act("Ben")], make_operator()
    give_gifts(at=FIRST_DAY)
    with cards_taken():
        sell_coins(fan=fan, at=FIRST_DAY)
    for _ in range(2):
        fill_catalogue(operator=operator, at=FIRST_DAY)
        give_gifts(at=FIRST_DAY)
    assert {gift.creator for gift in Gift.objects.all()} == {act.creator for act in acts}
    assert (Gift.objects.count(), GiftKind.objects.count()) == (2, 8)
    assert check_books() == []
