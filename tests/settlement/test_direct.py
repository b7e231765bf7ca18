"""What ads inside videos brought is stated, split, released and corrected as all that is earned."""

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from takings.ledger.actions import post
from takings.ledger.queries import check_books
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.settlement import queries
from takings.settlement.actions import (
    PeriodIsBeingClosed,
    Wanted,
    approve_correction,
    close_period,
    earn_directly,
    end_split,
    find_changes,
    post_correction,
    propose_correction,
    refresh_estimates,
    release_earnings,
    take_directly,
)
from takings.settlement.models import (
    Correction,
    DirectEarning,
    EstimateLine,
    Period,
    PoolResult,
    Release,
    ShareLine,
    SplitLine,
    Status,
)
from takings.settlement.rules import Earning, PoolKey, direct_parts
from takings.videos.models import Video
from takings.videos.queries import own_videos
from tests.make.ledger import all_balances, dollars, make_entry, move, usd
from tests.make.people import make_operator
from tests.make.settlement import Act, counted, counting, make_act, make_pool, make_split

pytestmark = pytest.mark.django_db

NAME = "2026-12"
DAY = dt.date(2026, 12, 5)
SEEN = dt.datetime(2026, 12, 5, 12, tzinfo=dt.UTC)
JANUARY = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
RELEASED = JANUARY + dt.timedelta(days=7)
LAKE = counting()


def micro(micros: int) -> Money:
    return Money(micros, "USD")


def earning(act: Act, total: int, share: int, *, count: int = 10, day: dt.date = DAY) -> Earning:
    key = PoolKey(NAME, "DE", "USD", "watch_ads")
    return Earning(key, act.creator.pk, act.video_id, day, count, micro(total), micro(share))


@transaction.atomic
def earn(one: Earning) -> UUID:
    """Charge an advertiser for ads inside a video."""
    entry = make_entry(
        move("bank", "advertiser:7:reserved", one.total),
        *(
            move("advertiser:7:reserved", account, amount)
            for account, amount in direct_parts([one]).items()
        ),
        kind="ad_charged",
    )
    post(drafts=[entry], at=SEEN)
    earn_directly(earnings=[(entry.id, one)], at=SEEN)
    return entry.id


@transaction.atomic
def take(one: Earning, *, at: dt.datetime = SEEN) -> None:
    """Give an advertiser back what nobody saw."""
    entry_id = uuid4()
    sources = take_directly(entry_id=entry_id, earning=one, why="nobody saw them", at=at)
    draft = EntryDraft(
        id=entry_id,
        kind="ad_refunded",
        reference="campaign:7",
        policy_version="house@2026-12-01",
        occurred_at=at,
        memo="",
        transfers=tuple(
            TransferDraft(account, "advertiser:7:prepaid", amount)
            for account, amount in sources.items()
        ),
    )
    post(drafts=[draft], at=at)


def pending(act: Act) -> Money:
    return dollars(f"creator:{act.creator.pk}:pending")


def payable(act: Act) -> Money:
    return dollars(f"creator:{act.creator.pk}:payable")


def close(*, at: dt.datetime = JANUARY) -> Period:
    return close_period(name=NAME, at=at, count=LAKE)


def correct() -> Correction:
    seen = find_changes(name=NAME, count=LAKE).worked.lines_digest
    wanted = Wanted(uuid4(), make_operator(), NAME, "Nobody saw them.", seen, RELEASED)
    proposed = propose_correction(wanted=wanted, count=LAKE)
    approved = approve_correction(
        correction=proposed, operator=make_operator("Pavel"), answer="I saw it.", at=RELEASED
    )
    return post_correction(correction=approved, at=RELEASED)


def test_it_is_on_the_statement_beside_the_pool_and_released_with_it() -> None:
    ada = make_act("Ada")
    make_pool("10", period=NAME)
    earn(earning(ada, 10_000, 5_500))
    earn(earning(ada, 1_000, 550))
    take(earning(ada, 1_000, 550, count=1))
    lake = counting(counted(ada, 3, day=DAY))
    refresh_estimates(at=SEEN, count=lake)
    guess = EstimateLine.objects.get(product="watch_ads")
    assert (guess.amount_micros, guess.views) == (5_500, 0)
    closed = close_period(name=NAME, at=JANUARY, count=lake)
    line = ShareLine.objects.get(product="watch_ads")
    assert (line.amount_micros, line.views, line.entry_id) == (5_500, 0, None)
    assert [row.count for row in queries.direct_earnings(line=line)] == [10, 10, -1]
    about = ("DE", "USD", ada.video_id, DAY)
    assert queries.direct_of_lines(period=NAME, creator_id=ada.creator.pk) == {
        "watch_ads": {about: (19, micro(10_000))}
    }
    result = PoolResult.objects.get(product="watch_ads")
    assert (result.total_micros, result.creators_micros, result.platform_micros) == (
        *(10_000, 5_500, 4_500),
    )
    [statement] = queries.statement(creator=ada.creator, period=closed)
    assert statement.amount_micros == usd("4.5").micros + 5_500
    assert statement.views == 3  # ads are no views
    assert queries.differences(creator=ada.creator, period=closed) == []
    assert not check_books()
    release_earnings(at=RELEASED)
    assert (pending(ada), payable(ada)) == (micro(0), micro(statement.amount_micros))
    assert not check_books()


def test_what_gifts_leave_is_on_an_account_of_its_own_and_corrected_there() -> None:
    ada = make_act("Ada")
    gift = replace(earning(ada, 1_001, 501), key=PoolKey(NAME, "DE", "USD", "gifts"))
    earn(gift)
    earn(earning(ada, 1_000, 550))
    closed = close()
    assert dollars("platform:revenue:gifts") == micro(500)
    about = ("DE", "USD", ada.video_id, DAY)
    assert queries.direct_of_lines(period=NAME, creator_id=ada.creator.pk) == {
        "watch_ads": {about: (10, micro(1_000))},
        "gifts": {about: (10, micro(1_001))},
    }
    assert {line.product for line in ShareLine.objects.filter(period=closed)} == {
        "watch_ads",
        "gifts",
    }
    take(gift, at=RELEASED)
    correct()
    assert (pending(ada), dollars("platform:revenue:gifts")) == (micro(550), micro(0))
    assert dollars("platform:revenue:ads") == micro(450)
    assert not check_books()


def test_what_is_of_no_video_is_the_channel_s_and_stated_released_and_taken_back_as_such() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    key = PoolKey(NAME, "DE", "USD", "memberships")
    fee = replace(earning(ada, 1_001, 701, count=1), key=key, video_id=None)
    for one in (fee, fee, replace(fee, creator_id=ben.creator.pk)):
        earn(one)
    channel = Video.objects.get(creator=ada.creator, purpose="channel")
    assert (channel.title, channel.status) == ("The channel itself", "removed")
    assert channel not in own_videos(user=ada.creator.user)
    closed = close()
    line = ShareLine.objects.get(creator=ada.creator)
    assert (line.product, line.video, line.amount_micros) == ("memberships", channel, 1_402)
    assert [row.count for row in queries.direct_earnings(line=line)] == [1, 1]
    assert dollars("platform:revenue:memberships") == micro(900)
    assert {row.amount_micros for row in closed.statements.all()} == {1_402, 701}
    take(fee, at=RELEASED)
    correct()
    assert (pending(ada), pending(ben)) == (micro(701), micro(701))
    assert dollars("platform:revenue:memberships") == micro(600)
    assert not check_books()


def test_what_others_share_of_a_video_they_share_of_its_ads() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_split(ada.creator, ben.creator, Video.objects.get(pk=ada.video_id))
    earn(earning(ada, 10_000, 5_502))
    closed = close()
    assert SplitLine.objects.get().amount_micros == 1_375  # of 1,375.5: the half is the owner's
    assert (pending(ada), pending(ben)) == (micro(4_127), micro(1_375))
    [stated] = queries.statement(creator=ben.creator, period=closed)
    assert stated.amount_micros == 1_375
    assert not check_books()


def test_what_came_in_late_is_split_as_it_was_agreed_on_its_day() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    split = make_split(ada.creator, ben.creator, Video.objects.get(pk=ada.video_id))
    end_split(split=split, creator=ada.creator, at=JANUARY - dt.timedelta(days=33))
    earn(earning(ada, 10_000, 5_500, day=dt.date(2026, 11, 28)))
    earn(earning(ada, 10_000, 5_500, day=dt.date(2026, 11, 30)))
    close()
    assert (pending(ada), pending(ben)) == (micro(4_125 + 5_500), micro(1_375))
    assert not check_books()


@pytest.mark.parametrize("is_released", [False, True])
def test_found_after_the_close_a_correction_takes_it_from_all_who_had_it(
    is_released: bool,  # noqa: FBT001 - a column of the table
) -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_split(ada.creator, ben.creator, Video.objects.get(pk=ada.video_id))
    earn(earning(ada, 10_000, 5_500))
    closed = close()
    if is_released:
        release_earnings(at=RELEASED)
    had = payable if is_released else pending
    assert (had(ada), had(ben)) == (micro(4_125), micro(1_375))
    take(earning(ada, 4_000, 2_200, count=4), at=RELEASED)
    assert (had(ada), had(ben)) == (micro(4_125), micro(1_375))  # the platform advances it
    assert dollars("platform:revenue:ads") == micro(500)
    assert queries.uncorrected(period=closed) == [micro(4_000)]
    assert not check_books()
    done = correct()
    assert (had(ada), had(ben)) == (micro(2_475), micro(825))
    assert dollars("platform:revenue:ads") == micro(2_700)  # 45 % of the 6,000 that people saw
    assert [change.why for change in done.linechanges.all()] == ["nobody saw them"]
    assert queries.uncorrected(period=closed) == []
    take(earning(ada, 6_000, 3_300, count=6), at=RELEASED)
    correct()
    assert (had(ada), had(ben), dollars("platform:revenue:ads")) == (micro(0), micro(0), micro(0))
    assert not check_books()


def test_what_is_being_closed_stays_as_it_is() -> None:
    ada = make_act("Ada")
    earn(earning(ada, 10_000, 5_500))
    Period.objects.create(
        name=NAME,
        starts_at=JANUARY.replace(year=2026, month=12),
        ends_at=JANUARY,
        policy_version="house@2026-12-01",
        status=Status.CLOSING,
    )
    before = all_balances()
    with pytest.raises(PeriodIsBeingClosed):
        take(earning(ada, 1_000, 550), at=JANUARY)
    assert (all_balances(), DirectEarning.objects.count()) == (before, 1)


def test_the_books_find_what_was_not_paid_and_what_is_on_no_line() -> None:
    ada = make_act("Ada")
    forged = earning(ada, 1_000, 550)
    earn_directly(earnings=[(uuid4(), forged)], at=SEEN)
    [finding] = check_books()
    assert finding.sentence == (
        f"it moved 0 micro-units of creator:{ada.creator.pk}:pending, 550 were earned"
    )
    earn(earning(ada, 2_000, 1_100))
    close()
    earn(earning(ada, 3_000, 1_650, day=DAY + dt.timedelta(days=1)))
    found = [one.sentence for one in check_books() if one.row == f"period:{NAME}"]
    assert found == [f"creator {ada.creator.pk} earned 1650 micro-units, the line says 0"]


def test_a_period_with_nothing_else_is_estimated_and_nothing_is_released_of_nothing() -> None:
    ada = make_act("Ada")
    earn(earning(ada, 10_000, 0))  # all of it is the platform's
    made = refresh_estimates(at=JANUARY, count=LAKE)
    assert NAME in {period.name for period in made}
    close()
    assert not ShareLine.objects.exists()
    release_earnings(at=RELEASED)
    assert not Release.objects.exists()
    assert not check_books()
