"""One viewer of the demo pays for watching without ads."""

import datetime as dt

import pytest

from takings.coins.models import CoinLot
from takings.demo.actions.dealing import make_deals
from takings.demo.actions.gifting import fill_catalogue, give_gifts
from takings.demo.actions.joining import sell_membership
from takings.demo.actions.paying import sell_coins, sell_pass
from takings.demo.actions.rewarding import stock_vouchers
from takings.demo.actions.rooms import open_rooms
from takings.demo.actions.selling import open_the_shop, sell_goods, show_goods
from takings.demo.rules.cast import BRAND_NAME, CHANNELS, FAN, MEMBER, VIEWERS
from takings.demo.rules.goods import SELLER
from takings.demo.rules.rooms import ROOMS
from takings.demo.rules.vouchers import EACH, KINDS
from takings.gifts.models import Gift, GiftKind
from takings.gifts.queries.fans import board, look_at
from takings.ledger.queries import check_books
from takings.live.models import Line, Room
from takings.live.queries import room_of
from takings.live.rules.rooms import State
from takings.memberships.models import MemberMonth, Month, Pass
from takings.money import Money
from takings.people.models import Brand, Creator
from takings.shop.models import Parcel, Tag
from takings.sponsorships.models import Deal
from takings.vouchers.actions import VouchersForEarnings
from takings.vouchers.models import Voucher
from tests.make.coins import make_fan
from tests.make.deals import deposit, make_pair
from tests.make.members import make_host
from tests.make.payments import cards_taken
from tests.make.people import make_operator, make_user
from tests.make.settlement import make_act
from tests.make.videos import make_video

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


def test_a_viewer_joins_a_creator_once_memberships_are_sold_and_cards_are_taken() -> None:
    host, fan = make_host("Mara"), make_fan("Jonas")
    sell_membership(host=host, fan=fan, at=FIRST_DAY)
    with cards_taken():
        sell_membership(host=host, fan=fan, at=FIRST_DAY - dt.timedelta(seconds=1))
        assert not host.tiers.exists()
        for _ in range(2):
            sell_membership(host=host, fan=fan, at=FIRST_DAY)
    assert list(host.tiers.values_list("name", "rank")) == [("Crew", 1), ("Bridge", 2)]
    assert MemberMonth.objects.get().paid_at == FIRST_DAY
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


def test_a_shops_vouchers_are_there_to_take_once_and_for_whom_they_are_sold() -> None:
    operator = make_operator()
    for _ in range(2):
        stock_vouchers(operator=operator, at=FIRST_DAY)
    assert Voucher.objects.count() == len(KINDS) * EACH
    mara = make_act("Mara").creator
    mara.user.country = "BR"
    offers = VouchersForEarnings().offers(creator=mara, at=FIRST_DAY)
    prices = {str(one.price) for one in offers if not one.obstacle}
    assert prices == {str(Money.parse("10", "EUR")), str(Money.parse("10", "USD"))}


@pytest.mark.parametrize("has_money", [True, False])
def test_the_house_brand_hires_a_creator_once_as_far_as_its_money_goes(*, has_money: bool) -> None:
    make_deals(at=FIRST_DAY)  # nobody is there
    pair = make_pair()
    Brand.objects.filter(pk=pair.brand.pk).update(name=BRAND_NAME)
    Creator.objects.filter(pk=pair.creator.pk).update(handle=CHANNELS[0].handle)
    if has_money:
        deposit(pair)
    make_deals(at=FIRST_DAY)
    make_video(pair.creator)
    for _ in range(2):
        make_deals(at=FIRST_DAY)
    found = sorted(one.status for one in Deal.objects.all())
    assert found == (["offered", "running"] if has_money else ["agreed", "offered"])
    assert check_books() == []


def test_rooms_of_the_house_were_are_and_come_and_one_has_a_list_of_its_fans() -> None:
    joined = FIRST_DAY - dt.timedelta(days=30)
    fan, member = (make_fan(name, at=joined) for name in ("Jonas", "Lena"))
    for user, person in ((fan, FAN), (member, MEMBER)):
        user.email = person.email
        user.save()
    open_rooms(at=FIRST_DAY)  # before there are clips
    assert not Room.objects.exists()
    for one in ROOMS:
        act = make_act(one.handle)
        Creator.objects.filter(pk=act.creator.pk).update(handle=one.handle)
    fill_catalogue(operator=make_operator(), at=FIRST_DAY)
    with cards_taken():
        sell_coins(fan=fan, at=FIRST_DAY)
    for _ in range(2):
        open_rooms(at=FIRST_DAY)
    rooms = [
        room_of(room_id=pk)
        for pk in Room.objects.order_by("starts_at").values_list("pk", flat=True)
    ]
    assert [room.state for room in rooms] == [State.OVER, State.RUNNING, State.COMING]
    assert Line.objects.count() == sum(len(one.said) for one in ROOMS)
    found = board(look=look_at(rooms[0], person=None), at=FIRST_DAY)
    assert [(one.fan.name, one.fan.given.gifts) for one in found.places] == [("Jonas", 2)]
    assert check_books() == []


def test_a_creator_sells_three_things_and_a_fan_orders_each_once() -> None:
    fan, act = make_user("Jonas"), make_act("Mara")
    Creator.objects.filter(pk=act.creator.pk).update(handle=SELLER)
    sell_goods(fan=fan, at=FIRST_DAY)  # nobody takes cards
    for _ in range(2):
        open_the_shop(seller=act.creator, operator=make_operator(), at=FIRST_DAY)
        with cards_taken():
            sell_goods(fan=fan, at=FIRST_DAY)
        show_goods(at=FIRST_DAY)
    states = Parcel.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["delivered", "delivered", "to_ship"]
    assert Tag.objects.filter(video=act.video_id).count() == 3
    assert check_books() == []
