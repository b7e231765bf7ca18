"""The settlement room: October beside November, every figure told exactly."""

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from takings.core.errors import NotFound
from takings.events.queries import lake_files
from takings.insights.models import Showings, Tally
from takings.insights.queries import rooms as ask
from takings.insights.rules.rooms import Mover
from takings.insights.rules.trace import Ref
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement.models import Period, PoolResult, Stage
from tests.make.insights import make_estimate, make_month
from tests.make.ledger import usd
from tests.make.pages import page_text
from tests.make.people import make_operator
from tests.make.settlement import (
    DECEMBER,
    NOVEMBER_1,
    Act,
    counted,
    counting,
    make_act,
    make_fund,
    make_pool,
)
from tests.make.videos import make_track

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
OCTOBER_5, NOVEMBER_5 = dt.date(2026, 10, 5), dt.date(2026, 11, 5)
CLOSED_OCTOBER = dt.datetime(2026, 11, 1, 1, tzinfo=dt.UTC)
ADDRESS = "/desk/periods/2026-11/"


def make_october(ada: Act, ben: Act) -> None:
    """Ada has 6 of 10 German views for $100, Ben the other 4 and all of France for $10."""
    make_pool("100", country="DE", period="2026-10")
    make_pool("10", country="FR", period="2026-10")
    views = counting(
        counted(ada, 6, day=OCTOBER_5),
        counted(ben, 4, day=OCTOBER_5),
        counted(ben, 5, country="FR", day=OCTOBER_5),
    )
    settlement.close_period(name="2026-10", at=CLOSED_OCTOBER, count=views)


def make_november(*rows_of: tuple[Act, int]) -> None:
    """Let these have so many German views for $200, estimated on the tenth and then closed."""
    make_pool("200", country="DE")
    views = counting(*(counted(act, views, day=NOVEMBER_5) for act, views in rows_of))
    settlement.refresh_estimates(at=dt.datetime(2026, 11, 10, tzinfo=dt.UTC), count=views)
    settlement.close_period(name="2026-11", at=DECEMBER, count=views)


class Stopped(Exception):  # noqa: N818 - named for what happened
    """The machine went away in the middle of a close."""


def stop(stage: str, _done: int, _total: int) -> None:
    if stage == Stage.STATEMENTS:
        raise Stopped


def names(movers: tuple[Mover, ...]) -> list[str]:
    return [one.name for one in movers]


def test_pools_are_told_with_where_they_went_and_last_months_beside_them() -> None:
    ada, ben = make_act("Ada"), make_act("Ben", tracks=[make_track()])
    make_october(ada, ben)
    make_november((ada, 15), (ben, 5))
    table = ask.pool_table(room=ask.room(name="2026-11"))
    [germany] = table.rows
    assert germany.account == "pool:feed_ads:DE:2026-11"
    assert (germany.now.total, germany.now.views) == (usd("200"), 20)
    # Half of what a quarter of the views stand for is music: 25; 45 % of the other 175.
    assert germany.paid is not None
    assert germany.paid.rights == usd("25")
    assert germany.now.creators == usd("78.75")
    assert germany.paid.platform == usd("96.25")
    assert germany.now.rate == usd("3937.5")
    assert germany.before is not None
    assert (germany.before.total, germany.before.views) == (usd("100"), 10)
    assert germany.total_moved.words == "+100 %"
    assert germany.entry_id == PoolResult.objects.get(period__name="2026-11").entry_id
    assert table.now == germany.now
    assert table.before is not None
    assert table.before.total == usd("110")
    assert table.total_moved.words == "+82 %"


def test_who_moved_most_is_named_with_the_way_to_the_trace() -> None:
    ada, ben, cleo = make_act("Ada"), make_act("Ben"), make_act("Cleo")
    make_october(ada, ben)
    make_november((ada, 15), (cleo, 5))
    room = ask.room(name="2026-11")
    found = ask.creator_movers(room=room)
    assert found is not None
    # Ada: 45 % of 60, then 45 % of 150. Ben: 45 % of 40 and 10. Cleo: 45 % of 50.
    [moved] = found.amount
    assert (moved.before, moved.now, moved.change) == (usd("27"), usd("67.5"), usd("40.5"))
    assert (moved.views_before, moved.views, moved.views_change) == (6, 15, 9)
    assert moved.ref == Ref("statement", f"2026-11/{ada.creator.pk}/USD")
    assert (moved.moved.words, moved.views_moved.words) == ("+150 %", "+150 %")
    assert found.relative == found.views == found.amount
    [new] = found.new
    assert (new.name, new.now, new.moved.words) == (f"@{cleo.creator.handle}", usd("22.5"), "new")
    [gone] = found.gone
    assert (gone.name, gone.before, gone.moved.words) == (
        f"@{ben.creator.handle}",
        usd("22.5"),
        "gone",
    )
    assert gone.ref == Ref("statement", f"2026-10/{ben.creator.pk}/USD")
    countries = ask.country_movers(room=room)
    assert countries is not None
    assert names(countries.amount) == ["Germany"]
    assert names(countries.gone) == ["France"]
    before = PoolResult.objects.get(period__name="2026-10", country="FR")
    assert countries.gone[0].ref == Ref("entry", str(before.entry_id))


def test_a_running_month_is_compared_with_as_many_days() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_october(ada, ben)
    make_pool("200", country="DE")
    early = dt.datetime(2026, 11, 4, tzinfo=dt.UTC)
    settlement.refresh_estimates(at=early, count=counting(counted(ada, 1, day=NOVEMBER_1)))
    room = ask.room(name="2026-11")
    assert (room.is_shared, room.upto) == (False, dt.date(2026, 10, 4))
    found = ask.creator_movers(room=room)
    assert found is not None
    assert names(found.new) == [f"@{ada.creator.handle}"]  # October's views came on the fifth
    line = f"2026-11/DE/{ada.video_id}/2026-11-01"
    assert found.new[0].ref == Ref("estimate", line)
    assert found.gone == ()
    [germany] = ask.pool_table(room=room).rows
    assert (germany.now.total, germany.now.creators) == (usd("200"), usd("90"))
    assert germany.paid is None
    assert ask.estimate_changes(room=room) == ()


def test_a_month_that_is_over_is_compared_with_all_of_the_last(sign_in: SignIn) -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_october(ada, ben)
    places = ("AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NL", "NO")
    views = counting(*(counted(ada, 1, country=country) for country in places))
    make_pool("5", country="AT")
    settlement.refresh_estimates(at=DECEMBER, count=views)
    room = ask.room(name="2026-11")
    assert (room.is_shared, room.upto) == (False, None)
    gone = ask.creator_movers(room=room)
    assert gone is not None
    assert names(gone.gone) == [f"@{ben.creator.handle}"]
    answer = sign_in(make_operator()).get(ADDRESS)
    assert "In 12 countries creators were watched, and no ad was paid for." in page_text(answer)
    charted = answer.context["countries"]["x"]
    assert (len(charted), charted[-1]) == (12, "Others")


def test_the_spread_sums_to_all_and_names_what_the_top_has() -> None:
    acts = [make_act(name) for name in ("Ada", "Ben", "Cleo", "Dan")]
    make_november(*zip(acts, (90, 8, 1, 1), strict=True))
    spread = ask.spread(room=ask.room(name="2026-11"))
    # 45 % of $200 by views: 81, 7.20, 0.90, 0.90.
    assert (spread.creators, spread.total) == (4, usd("90"))
    assert (spread.most, spread.median) == (usd("81"), usd("7.2"))
    assert [(top.creators, top.amount) for top in spread.tops] == [
        (1, usd("81")),
        (1, usd("81")),
        (2, usd("88.2")),
    ]
    assert [(one.words, one.creators, one.amount) for one in spread.buckets] == [
        ("$0.10 to under $1.00", 2, usd("1.8")),
        ("$1.00 to under $10.00", 1, usd("7.2")),
        ("$10.00 to under $100.00", 1, usd("81")),
    ]


def test_what_became_of_the_estimate_is_told_by_country() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_pool("200", country="DE")
    views = (counted(ada, 10), counted(ben, 10))
    settlement.refresh_estimates(at=DECEMBER, count=counting(*views))
    make_pool("20", country="DE")  # an ad that was reported late
    settlement.close_period(name="2026-11", at=DECEMBER, count=counting(views[0]))
    [germany] = ask.estimate_changes(room=ask.room(name="2026-11"))
    assert (germany.estimated, germany.final, germany.change) == (usd("90"), usd("99"), usd("9"))
    assert germany.views_change == -10


@pytest.mark.usefixtures("lake")
def test_the_files_that_were_read_are_told() -> None:
    make_month()
    make_estimate()
    found = ask.inputs(room=ask.room(name="2026-11"))
    assert found.done == 0
    assert found.files is not None
    [first, second] = lake_files(first=NOVEMBER_1, last=dt.date(2026, 11, 30))
    assert found.files.file_count == 2
    assert found.files.row_count == first.row_count + second.row_count
    assert found.files.byte_count == first.byte_count + second.byte_count
    assert found.late_until == dt.datetime(2026, 12, 8, tzinfo=dt.UTC)
    rows = ask.pool_table(room=ask.room(name="2026-11")).rows
    assert {row.country: row.came_from for row in rows} == {
        "DE": "31 ads seen, of 1 campaign",
        "FR": "7 ads seen, of 1 campaign",
    }


def test_views_that_earn_from_two_pools_are_counted_once() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_october(ada, ben)
    make_pool("30", period="2027-01")
    make_fund("10")
    january = dt.date(2027, 1, 5)
    views = counting(counted(ada, 1_000, day=january), counted(ben, 500, day=january))
    settlement.close_period(name="2027-01", at=dt.datetime(2027, 2, 1, tzinfo=dt.UTC), count=views)
    room = ask.room(name="2027-01")
    table = ask.pool_table(room=room)
    assert [(row.product, row.account, row.now.views) for row in table.rows] == [
        ("feed_ads", "pool:feed_ads:DE:2027-01", 1_500),
        ("creator_fund", "pool:creator_fund:DE:2027-01", 1_000),
    ]
    # 45 % of $30, and $0.03 for Ada's thousand: Ben's video has too few for the fund.
    assert (table.now.views, table.now.creators) == (1_500, usd("13.53"))
    found = ask.creator_movers(room=room)
    assert found is not None
    views_of = {one.name: one.views for one in found.views}
    assert views_of == {f"@{ada.creator.handle}": 1_000, f"@{ben.creator.handle}": 500}
    rows = [(one.handle, one.pool, one.views, one.amount) for one in ask.creator_sums(room=room)]
    assert rows == [
        (ada.creator.handle, "pool:creator_fund:DE:2027-01", 1_000, usd("0.03")),
        (ada.creator.handle, "pool:feed_ads:DE:2027-01", 1_000, usd("9")),
        (ben.creator.handle, "pool:feed_ads:DE:2027-01", 500, usd("4.5")),
    ]


def test_showings_are_told_by_outcome_beside_last_time() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_october(ada, ben)
    make_november((ada, 15))
    for name, counts in {
        "2026-10": {"qualified": 15, "bot": 5},
        "2026-11": {"qualified": 15, "too_short": 45},
    }.items():
        period = Period.objects.get(name=name)
        tally = Tally.objects.create(period=period, snapshot_id=7, counted_at=DECEMBER)
        for outcome, showings in counts.items():
            Showings.objects.create(
                tally=tally,
                creator=ada.creator,
                video_id=ada.video_id,
                day=NOVEMBER_5,
                country="DE",
                outcome=outcome,
                showing_count=showings,
            )
    rows = ask.outcome_rows(room=ask.room(name="2026-11"))
    assert [(row.name, row.showings, row.share, row.share_before) for row in rows] == [
        ("Engaged", 15, "25.0 %", "75.0 %"),
        ("Too short", 45, "75.0 %", "0.0 %"),
        ("Robot", 0, "0.0 %", "25.0 %"),
    ]


def test_an_operator_sees_all_of_it_and_nobody_else_does(sign_in: SignIn) -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_october(ada, ben)
    make_november((ada, 15), (ben, 5))
    page = page_text(sign_in(make_operator()).get(ADDRESS))
    for words in ("November 2026", "6 of 6 stages", "$200.00", "+82 %", "Outliers against October"):
        assert words in page, words
    assert "The creators of every pool got what the last estimate said." in page
    for address in (ADDRESS, f"{ADDRESS}creators.csv"):
        assert sign_in(ada.creator.user).get(address).status_code == 404
        assert Client().get(address).status_code == 404


def test_a_period_without_anything_has_words_for_it_and_an_unknown_one_is_refused(
    sign_in: SignIn,
) -> None:
    browser = sign_in(make_operator())
    page = page_text(browser.get(ADDRESS))
    for words in ("Nothing counted yet", "No pool has money yet", "Nobody earned yet"):
        assert words in page, words
    assert not Period.objects.exists()
    missing = browser.get("/desk/periods/yesterday/")
    assert missing.status_code == 404
    assert "yesterday" in missing.content.decode()
    with pytest.raises(NotFound):
        ask.room(name="yesterday")


def test_a_close_under_way_shows_its_stages_and_asks_again(sign_in: SignIn) -> None:
    make_pool("200", country="DE")
    views = counting(counted(make_act("Ada"), 1))
    with pytest.raises(Stopped):
        settlement.close_period(name="2026-11", at=DECEMBER, count=views, progress=stop)
    answer = sign_in(make_operator()).get(ADDRESS)
    page = page_text(answer)
    assert "Being closed: its pools are shared." in page
    assert "4 of 6 stages" in page
    assert "$110.00" in page  # what the platform gets is known, though no statement is made
    assert 'http-equiv="refresh"' in answer.content.decode()


def test_the_file_has_every_creator_and_pool_and_sums_to_what_was_booked(sign_in: SignIn) -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_october(ada, ben)
    answer = sign_in(make_operator()).get("/desk/periods/2026-10/creators.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined] # streamed
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["handle"], row["country"], row["views"], row["amount"]) for row in rows] == [
        (ada.creator.handle, "DE", "6", "27.000000"),
        (ben.creator.handle, "DE", "4", "18.000000"),
        (ben.creator.handle, "FR", "5", "4.500000"),
    ]
    assert {row["status"] for row in rows} == {"final"}
    booked = [
        ledger.balance(name=f"creator:{act.creator.pk}:pending", currency="USD")
        for act in (ada, ben)
    ]
    assert sum(booked, Money.zero("USD")) == usd("49.5")


def test_more_creators_need_no_more_queries(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    acts = [make_act(f"Ada{number}") for number in range(8)]
    make_october(acts[0], acts[1])
    make_november(*((act, 1 + number) for number, act in enumerate(acts)))
    browser = sign_in(make_operator())
    with django_assert_max_num_queries(45):
        browser.get(ADDRESS)
