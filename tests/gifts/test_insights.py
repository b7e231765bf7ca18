"""What gifts earn a creator: now, until when it waits, and of which video, moment and fan."""

import datetime as dt
from dataclasses import replace

import pytest

from takings.core import clock
from takings.gifts.actions import Why, release_gift, send_gift, take_back_gift, undo_gift
from takings.gifts.models import Gift
from takings.gifts.queries.income import income
from takings.gifts.queries.insights import (
    NotYourVideo,
    each_gift,
    insights,
    moments,
    own_video,
)
from takings.gifts.queries.standing import standing_gifts
from takings.gifts.rules import Cause
from takings.gifts.rules.insights import Span, since, timeline
from takings.money import Money
from takings.people.models import User
from takings.settlement.actions import close_period, release_earnings
from takings.videos.models import Video
from tests.make.coins import bought, make_fan
from tests.make.gifts import coins, give, make_gift_kind, wish
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.make.settlement import Act, counting, make_act

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def test_what_gifts_earn_is_there_at_once_and_gone_when_one_is_taken_back(
    ada: Act, vera: User, time: Time
) -> None:
    rose = make_gift_kind(180)
    gift = give(vera, ada, rose)
    now = income(creator=ada.creator, at=clock.now())
    assert (now.today.gifts, now.today.coins, now.today.shares) == (1, coins(180), (euros("0.5"),))
    assert (now.month, now.estimated, now.waiting, now.payable) == (
        *("January 2027", (euros("0.5"),), [], ()),
    )
    undo_gift(gift=gift, at=clock.now())
    now = income(creator=ada.creator, at=clock.now())
    assert (now.today.gifts, now.today.coins, now.today.shares, now.estimated) == (
        *(0, coins(0), (), ()),
    )
    give(vera, ada, rose)
    time.go(1, 26)
    now = income(creator=ada.creator, at=clock.now())
    assert (now.today.gifts, now.estimated) == (0, (euros("0.5"),))


def test_a_closed_month_waits_until_a_day_that_is_told_and_is_payable_then(
    ada: Act, vera: User
) -> None:
    give(vera, ada, make_gift_kind(180))
    close_period(name="2027-01", at=clock.now() + 10 * DAY, count=counting())
    now = income(creator=ada.creator, at=clock.now() + 11 * DAY)
    [waits] = now.waiting
    assert (waits.month, waits.share, now.payable) == ("January 2027", euros("0.5"), ())
    release_earnings(at=waits.until)
    now = income(creator=ada.creator, at=waits.until)
    assert (now.waiting, now.payable) == ([], (euros("0.5"),))


def test_a_held_gift_is_shown_with_its_end_and_in_no_sum_until_it_is_released(
    ada: Act, time: Time
) -> None:
    new = make_fan("New", at=clock.now())
    bought(new, "vault")
    time.go(1, 29)
    gift = give(new, ada, make_gift_kind(5_000))
    now = income(creator=ada.creator, at=clock.now())
    assert ([one.pk for one in now.looked_at], now.today.gifts, now.estimated) == (
        *([gift.pk], 0, ()),
    )
    assert now.looked_at[0].hold.ends_at == gift.sent_at + 14 * DAY
    release_gift(operator=make_operator(), gift=gift, reason="Known.", at=clock.now())
    now = income(creator=ada.creator, at=clock.now())
    assert (now.looked_at, now.today.gifts, len(now.estimated)) == ([], 1, 1)


def test_sums_are_by_video_gift_and_fan_and_who_hides_is_nobody(ada: Act, vera: User) -> None:
    small, large, ben = make_gift_kind(10), make_gift_kind(400), make_fan("Ben")
    bought(ben)
    give(vera, ada, small)
    give(ben, ada, large)
    send_gift(wish=replace(wish(vera, ada, large), is_anonymous=True), at=clock.now())
    back = give(ben, ada, small)
    why = Why(Cause.REFUND, "Asked for.")
    take_back_gift(operator=make_operator(), gift=back, why=why, at=clock.now())
    found = insights(gifts=standing_gifts(creator=ada.creator))
    assert (found.whole.gifts, found.whole.coins) == (3, coins(810))
    [video] = found.videos
    assert (video.key, video.sums) == (str(ada.video_id), found.whole)
    assert [(one.key, one.sums.gifts, one.sums.coins) for one in found.kinds] == [
        ("rose-400", 2, coins(800)),
        ("rose-10", 1, coins(10)),
    ]
    assert [(one.name, one.sums.coins) for one in found.fans] == [
        ("Ben", coins(400)),
        ("", coins(400)),
        ("Vera", coins(10)),
    ]
    shares = [one.sums.shares for one in found.fans]  # Vera's and Ben's first 80 coins were free
    assert shares == [(euros("1.6"),), (euros("1.65"),), ()]
    assert found.whole.shares == (euros("3.25"),)
    each = each_gift(gifts=standing_gifts(creator=ada.creator))
    assert sorted((one.kind_id, name) for one, name in each) == [
        *(("rose-10", "Vera"), ("rose-400", ""), ("rose-400", "Ben")),
    ]


def test_the_timeline_has_every_moment_of_the_video(ada: Act, vera: User) -> None:
    Video.objects.filter(pk=ada.video_id).update(duration_ms=4_000)
    rose = make_gift_kind(10)
    for moment in (0, 999, 2_500, 9_000, None):
        send_gift(wish=wish(vera, ada, rose, moment_ms=moment), at=clock.now())
    video = own_video(creator=ada.creator, video_id=ada.video_id)
    found = moments(gifts=standing_gifts(creator=ada.creator), video=video)
    assert [(start, micros // 10**6) for start, micros in found] == [
        *((0, 20), (1_000, 0), (2_000, 10), (3_000, 10)),
    ]
    with pytest.raises(NotYourVideo):
        own_video(creator=make_act("Bea").creator, video_id=ada.video_id)
    assert Gift.objects.count() == 5


def test_a_video_without_a_length_has_one_moment_and_spans_begin_by_the_clock() -> None:
    assert timeline({}, duration_ms=1) == [(0, 0)]
    at = dt.datetime(2027, 3, 1, 3, tzinfo=dt.UTC)
    began = [since(one, at=at, time_zone="America/New_York") for one in Span]
    assert [one and one.strftime("%m-%d %z") for one in began] == [
        *("02-28 -0500", "02-22 -0500", "02-01 -0500", None),
    ]
    assert [Span.read(one) for one in ("week", "year")] == [Span.WEEK, Span.ALL]
    assert all(one.words for one in Span)
