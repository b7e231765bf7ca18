"""Fans: listed as policy allows, named as they like, and with a level that the gifts give."""

import datetime as dt
from dataclasses import replace

import pytest

from takings.core import clock
from takings.gifts.actions import Why, send_gift, take_back_gift
from takings.gifts.actions.thanking import (
    NothingToThankFor,
    hide_name,
    name_levels,
    thank_all,
    thank_for,
)
from takings.gifts.models import FanSum, Gift, LevelName, Thanks
from takings.gifts.queries.fans import Board, Look, board, is_anonymous, levels_of, way_at
from takings.gifts.rules import Cause
from takings.gifts.rules.fans import By, Given, Level, way_of
from takings.gifts.rules.insights import Span
from takings.ledger.queries import check_books
from takings.live.actions.moderating import set_blocked_words
from takings.live.queries import lines_of, shown_lines
from takings.live.rules.chat import NoLinks, NothingSaid, TooLong, WordBlocked
from takings.people.models import User
from takings.policies.queries import fan_rule_at
from tests.make.coins import bought, make_fan
from tests.make.gifts import coins, give, make_gift_kind, wish
from tests.make.live import make_plan, make_room, say
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.make.settlement import Act, make_act

MINUTE = dt.timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(ada: Act) -> User:
    """Let Vera give Ada 400 coins and 10, and Ben 10 twice."""
    vera, ben = make_fan(), make_fan("Ben")
    large, small = make_gift_kind(400), make_gift_kind(10)
    for user, kinds in ((vera, (large, small)), (ben, (small, small))):
        bought(user)
        for kind in kinds:
            give(user, ada, kind)
    return vera


def seen(ada: Act, *, span: Span = Span.ALL, country: str = "DE") -> Board:
    return board(look=Look(ada.creator, span, country), at=clock.now())


def rows(found: Board) -> list[tuple[int, str, int]]:
    return [(one.number, one.fan.name, one.fan.given.by(found.by)) for one in found.places]


def back(gift: Gift) -> None:
    why = Why(Cause.REFUND, "Asked for.")
    take_back_gift(operator=make_operator(), gift=gift, why=why, at=clock.now())


def test_fans_are_listed_by_what_they_gave_and_by_how_often_where_amounts_are_not_ranked(
    ada: Act, vera: User
) -> None:
    by_coins = seen(ada)
    assert by_coins.by is By.COINS
    assert rows(by_coins) == [(1, "Vera", coins(410).micros), (2, "Ben", coins(20).micros)]
    assert by_coins.places[0].fan.given.coins == coins(410)
    for found in (seen(ada, country="CN"), _moved(ada, "CN")):
        assert found.by is By.GIFTS
        assert rows(found) == [(1, "Ben", 2), (1, "Vera", 2)]  # equal: neither is ahead
    other = Look(ada.creator, Span.ALL, "DE", video_id=make_act("Bea").video_id)
    assert board(look=other, at=clock.now()).places == []
    del vera


def _moved(ada: Act, country: str) -> Board:
    ada.creator.user.country = country
    ada.creator.user.save()
    return seen(ada)


def test_lists_are_of_a_day_a_week_a_month_and_all_time(ada: Act, vera: User, time: Time) -> None:
    time.go(1, 27)
    assert seen(ada, span=Span.TODAY).places == []
    assert [len(seen(ada, span=one).places) for one in (Span.WEEK, Span.MONTH)] == [2, 2]
    time.go(2, 2)
    assert [len(seen(ada, span=one).places) for one in (Span.WEEK, Span.MONTH, Span.ALL)] == [
        *(0, 0, 2),
    ]
    del vera


def test_who_hides_is_listed_without_name_and_level_and_nothing_tells_who_it_is(
    ada: Act, vera: User
) -> None:
    small = make_gift_kind(30)
    send_gift(wish=replace(wish(vera, ada, small), is_anonymous=True), at=clock.now())
    assert rows(seen(ada)) == [
        (1, "Vera", coins(410).micros),
        (2, "", coins(30).micros),
        (3, "Ben", coins(20).micros),
    ]
    assert [bool(one.fan.level) for one in seen(ada).places] == [True, False, True]
    hide_name(user=vera, is_anonymous=True)
    assert is_anonymous(user=vera)
    assert rows(seen(ada)) == [(1, "", coins(440).micros), (2, "Ben", coins(20).micros)]
    assert levels_of(creator=ada.creator, user_ids=[vera.pk], at=clock.now()) == {vera.pk: None}
    hide_name(user=vera, is_anonymous=False)
    assert not is_anonymous(user=vera)
    assert len(rows(seen(ada))) == 3


@pytest.mark.parametrize(
    "where_and_born_on",
    [
        ("DE", dt.date(2009, 1, 26)),  # 18 tomorrow
        ("KR", dt.date(2008, 1, 26)),  # 19 tomorrow
        ("DE", None),
    ],
)
def test_minors_and_whose_age_nobody_knows_are_never_listed(
    ada: Act, vera: User, where_and_born_on: tuple[str, dt.date | None]
) -> None:
    country, born_on = where_and_born_on
    User.objects.filter(pk=vera.pk).update(country=country, born_on=born_on)  # it turned out
    assert [name for _, name, _ in rows(seen(ada))] == ["Ben"]
    if born_on is not None:
        User.objects.filter(pk=vera.pk).update(born_on=born_on - dt.timedelta(days=1))
        assert [name for _, name, _ in rows(seen(ada))] == ["Vera", "Ben"]


def test_a_level_stands_beside_its_owners_name_in_the_creators_rooms(ada: Act, vera: User) -> None:
    now = clock.now()
    room = make_room(ada.creator, plan=make_plan(starts_at=now + 10 * MINUTE), at=now)
    for user in (vera, make_fan("Cem")):
        say(room, user, at=now)
    shown = shown_lines(lines_of(room=room), room=room, at=now)
    assert {(line.name, line.badge) for line in shown} == {("Vera", "Friend"), ("Cem", "")}


def test_peer_bug_23_a_gift_that_is_taken_back_gives_no_level(ada: Act, vera: User) -> None:
    gift = give(vera, ada, make_gift_kind(95))  # 505 in all
    assert way_at(creator=ada.creator, user=vera, at=clock.now()).level == Level(3, "Regular")
    back(gift)
    way = way_at(creator=ada.creator, user=vera, at=clock.now())
    assert (way.level, way.next, way.missing) == (
        *(Level(2, "Friend"), Level(3, "Regular"), coins(90).micros),
    )
    for one in Gift.objects.filter(sender=vera, taken_back__isnull=True):
        back(one)
    way = way_at(creator=ada.creator, user=vera, at=clock.now())
    assert (way.level, way.missing) == (None, coins(1).micros)
    assert [name for _, name, _ in rows(seen(ada))] == ["Ben"]


def test_the_last_level_has_none_above_and_levels_go_by_gifts_where_amounts_are_not_ranked() -> (
    None
):
    rule = fan_rule_at(at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    top = way_of(Given(1, coins(100_000).micros), rule=rule, by=By.COINS, names={8: "Sun"})
    assert (top.level, top.next, top.missing) == (Level(8, "Sun"), None, 0)
    often = way_of(Given(5, 1), rule=rule, by=By.GIFTS, names={})
    assert (often.level, often.missing) == (Level(2, "Friend"), 15)


def test_creators_name_their_levels_and_nothing_that_misleads(ada: Act, vera: User) -> None:
    creator, now = ada.creator, clock.now()
    set_blocked_words(creator=creator, text="fool", at=now)
    name_levels(creator=creator, names={2: "  Night \n owl ", 99: "Nothing"}, at=now)
    assert way_at(creator=creator, user=vera, at=now).level == Level(2, "Night owl")
    before = list(LevelName.objects.values_list())
    for name, refusal in (("x" * 21, TooLong), ("see x.com", NoLinks), ("F00l!", WordBlocked)):
        with pytest.raises(refusal):
            name_levels(creator=creator, names={1: "Fine", 2: name}, at=now)
        assert list(LevelName.objects.values_list()) == before
    name_levels(creator=creator, names={1: "", 2: ""}, at=now)
    assert way_at(creator=creator, user=vera, at=now).level == Level(2, "Friend")


def test_a_creator_thanks_for_each_gift_once(ada: Act, vera: User, time: Time) -> None:
    creator, now = ada.creator, clock.now()
    first, second, *_ = Gift.objects.filter(sender=vera)
    thank_for(creator=creator, gift_id=first.pk, text=" You are \n great ", at=now)
    assert Thanks.objects.get().text == "You are great"
    back(second)
    for gift in (first, second):
        with pytest.raises(NothingToThankFor):
            thank_for(creator=creator, gift_id=gift.pk, text="x", at=now)
    with pytest.raises(NothingToThankFor):
        thank_all(creator=make_act("Bea").creator, text="x", at=now)
    for text, refusal in ((" ", NothingSaid), ("see x.com", NoLinks)):
        with pytest.raises(refusal):
            thank_all(creator=creator, text=text, at=now)
    assert thank_all(creator=creator, text="Thank you all", at=now) == 2
    assert Thanks.objects.count() == 3
    time.go(3, 1)
    give(vera, ada, make_gift_kind(5))
    time.go(4, 1)
    with pytest.raises(NothingToThankFor, match="30 days"):
        thank_all(creator=creator, text="Late", at=clock.now())


def test_sums_of_fans_are_those_of_their_gifts_and_the_books_say_where_not(vera: User) -> None:
    first, *_ = Gift.objects.filter(sender=vera)
    back(first)
    assert check_books() == []
    FanSum.objects.filter(sender=vera).update(coins_micros=0)
    FanSum.objects.exclude(sender=vera).delete()
    told = {finding.invariant for finding in check_books()}
    assert told == {"what each fan gave a creator is the sum of their gifts"}
    assert len(check_books()) == 2
