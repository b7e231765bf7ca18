"""Closing a month: the whole way from a pool in the books to a statement, once."""

import datetime as dt

import pytest

from takings.events.queries import Outcome
from takings.events.rules.views import digest_counts
from takings.ledger.queries import balances, check_books, entries_touching, entry
from takings.money import Money
from takings.settlement import queries
from takings.settlement.actions import PoolNotEmpty, PoolsMoved, close_period
from takings.settlement.models import (
    CloseStage,
    CountLine,
    Period,
    PoolResult,
    RightsLine,
    ShareLine,
    Stage,
    Statement,
    Status,
)
from takings.settlement.rules import PeriodNotOver, PoolKey, UnknownPeriod
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.settlement import (
    DECEMBER,
    NOVEMBER_1,
    Act,
    counted,
    counting,
    make_act,
    make_pool,
    rejected,
)
from tests.make.videos import make_track

pytestmark = pytest.mark.django_db

MILLION = 1_000_000


def _pending(act: Act) -> Money:
    return dollars(f"creator:{act.creator.pk}:pending")


def test_we_01_the_published_example_from_the_pool_to_the_statement() -> None:
    north = make_track(holder="north-records")
    ada, ben, cleo = make_act("Ada", tracks=[north]), make_act("Ben", tracks=[north]), make_act()
    pool = make_pool("100000")
    rows = (counted(ada, MILLION), counted(ben, 19 * MILLION), counted(cleo, 80 * MILLION))

    period = close_period(name="2026-11", at=DECEMBER, count=counting(*rows))

    assert (period.status, period.closed_at) == (Status.CLOSED, DECEMBER)
    assert dollars(pool) == usd(0)
    assert _pending(ada) == usd(405)
    assert dollars("rights:north-records") == usd(10_000)
    assert dollars("platform:revenue:ads") == usd(49_500)
    [statement] = queries.statement(creator=ada.creator, period=period)
    assert (statement.amount_micros, statement.views) == (usd(405).micros, MILLION)
    assert statement.policy_version == "house@2026-01-01"
    assert statement.digest == queries.statement_content(statement=statement).digest()
    [line] = queries.share_lines(creator=ada.creator, period=period)
    assert (line.video_id, line.day, line.country) == (ada.video_id, NOVEMBER_1, "DE")
    assert line.entry_id == PoolKey("2026-11", "DE", "USD").entry_id
    assert queries.share_line(id=line.pk) == line
    shared = entry(id=line.entry_id)
    assert (shared.kind, shared.reference) == ("pool_shared", "period:2026-11")
    assert "100000000 counted views of DE in 2026-11" in shared.memo
    [result] = queries.pool_results(period=period)
    assert (result.allocation_micros, result.creators_micros) == (
        usd(90_000).micros,
        usd(40_500).micros,
    )
    [rights] = queries.rights_lines(period=period)
    assert (rights.holder, rights.views) == ("north-records", 20 * MILLION)
    assert check_books() == []


def test_we_04_thirds_are_paid_exactly_375_dollars() -> None:
    one, two = make_track("A", holder="north"), make_track("B", holder="south")
    ada, ben = make_act("Ada"), make_act("Ben")
    cleo, dan = make_act("Cleo", tracks=[one]), make_act("Dan", tracks=[one, two])
    make_pool("100000")
    rows = (
        counted(ada, MILLION),
        counted(ben, 69 * MILLION),
        counted(cleo, 20 * MILLION),
        counted(dan, 10 * MILLION),
    )
    close_period(name="2026-11", at=DECEMBER, count=counting(*rows))
    assert _pending(ada) == usd(375)
    assert check_books() == []


def test_we_05_who_has_not_accepted_the_terms_is_not_paid_and_takes_from_nobody() -> None:
    ada, ben, out = make_act("Ada"), make_act("Ben"), make_act("Out", shares=False)
    make_pool("150")
    rows = (counted(ada, 10), counted(ben, 90), counted(out, 50))
    period = close_period(name="2026-11", at=DECEMBER, count=counting(*rows))
    assert _pending(ada) == usd("4.5")
    assert _pending(out) == usd(0)
    assert queries.statement(creator=out.creator, period=period) == []
    assert check_books() == []


def test_we_06_two_countries_are_shared_apart() -> None:
    north = make_track(holder="north")
    ada, ben, cleo = make_act("Ada", tracks=[north]), make_act("Ben", tracks=[north]), make_act()
    make_pool("100000", country="DE")
    make_pool("2000", country="FR")
    plain = make_act("Plain")
    rows = (
        counted(ada, MILLION),
        counted(ben, 19 * MILLION),
        counted(cleo, 80 * MILLION),
        counted(plain, 10, country="FR"),
        counted(cleo, 90, country="FR"),
    )
    close_period(name="2026-11", at=DECEMBER, count=counting(*rows))
    assert _pending(ada) == usd(405)
    assert _pending(plain) == usd(90)
    assert check_books() == []


def test_rejected_views_earn_nothing() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_pool("100")
    rows = (
        counted(ada, 1),
        *(rejected(ben, 5, outcome=reason) for reason in Outcome if reason != "qualified"),
    )
    close_period(name="2026-11", at=DECEMBER, count=counting(*rows))
    assert _pending(ada) == usd(45)
    assert _pending(ben) == usd(0)
    assert CountLine.objects.count() == 1


def test_a_creator_shares_from_the_day_the_terms_were_accepted_never_before() -> None:
    ada = make_act("Ada", shares=False)
    ada.creator.shares_from = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)
    ada.creator.save()
    make_pool("100")
    second = NOVEMBER_1 + dt.timedelta(days=1)
    rows = (counted(ada, 1), counted(ada, 3, day=second))
    period = close_period(name="2026-11", at=DECEMBER, count=counting(*rows))
    assert [line.day for line in queries.share_lines(creator=ada.creator, period=period)] == [
        second
    ]
    assert _pending(ada) == usd("33.75")  # 45 % of three quarters


def test_a_month_without_views_leaves_the_pool_to_the_platform_and_says_so() -> None:
    pool = make_pool("12.34")
    close_period(name="2026-11", at=DECEMBER, count=counting())
    assert dollars("platform:revenue:ads") == usd("12.34")
    [line] = entries_touching(account=pool, limit=1)
    assert line.memo == "No view of DE counted in 2026-11: platform:revenue:ads"
    assert check_books() == []


def test_views_without_money_are_stated_too() -> None:
    ada = make_act("Ada")
    period = close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5)))
    [statement] = queries.statements(creator=ada.creator)
    assert (statement.views, statement.amount_micros) == (5, 0)
    [result] = queries.pool_results(period=period)
    assert (result.total_micros, result.entry_id) == (0, None)
    assert check_books() == []


def test_a_month_of_nothing_closes() -> None:
    period = close_period(name="2026-11", at=DECEMBER, count=counting())
    assert period.status == Status.CLOSED
    assert [stage.stage for stage in queries.close_stages(period=period)] == list(Stage.values)
    assert all_balances() == {}


def test_a_period_is_not_closed_before_its_end() -> None:
    make_pool("1")
    before = all_balances()
    for at in (DECEMBER - dt.timedelta.resolution, dt.datetime(2026, 10, 31, tzinfo=dt.UTC)):
        with pytest.raises(PeriodNotOver, match="2026-12-01 00:00"):
            close_period(name="2026-11", at=at, count=counting())
    assert not Period.objects.exists()
    assert all_balances() == before


def test_a_period_that_does_not_exist_is_not_closed() -> None:
    with pytest.raises(UnknownPeriod):
        close_period(name="2026-11.2", at=DECEMBER, count=counting())
    assert not Period.objects.exists()


def test_the_demo_may_close_early_and_the_next_period_begins_there() -> None:
    ada = make_act("Ada")
    make_pool("100")
    now = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
    later = dt.date(2026, 11, 25)
    lake = counting(counted(ada, 5), counted(ada, 7, day=later))

    early = close_period(name="2026-11", at=now, early=True, count=lake)
    assert early.ends_at == now
    assert _pending(ada) == usd(45)
    following = queries.open_period(at=now)
    assert (following.name, following.starts_at, following.ends_at) == ("2026-11.2", now, DECEMBER)

    make_pool("10", period="2026-11.2")
    rest = close_period(name="2026-11.2", at=DECEMBER, count=lake)
    assert [line.views for line in queries.share_lines(creator=ada.creator, period=rest)] == [7]
    assert _pending(ada) == usd("49.5")
    assert check_books() == []


def test_closing_early_a_period_that_has_not_begun_is_refused() -> None:
    begin = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    with pytest.raises(PeriodNotOver):
        close_period(name="2026-11", at=begin, early=True, count=counting())


def test_early_makes_no_difference_once_the_period_is_over() -> None:
    period = close_period(name="2026-11", at=DECEMBER, early=True, count=counting())
    assert period.ends_at == DECEMBER


def _everything() -> list[object]:
    models = (CloseStage, CountLine, PoolResult, ShareLine, RightsLine, Statement)
    return [sorted(map(str, model.objects.values_list())) for model in models]


def test_closing_again_changes_nothing_whatever_the_lake_says_by_then() -> None:
    ada = make_act("Ada")
    make_pool("100")
    first = close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5)))
    rows, money = _everything(), all_balances()
    again = close_period(
        name="2026-11",
        at=DECEMBER + dt.timedelta(days=3),
        early=True,
        count=counting(counted(ada, 500), snapshot_id=8),
    )
    assert (again, again.closed_at) == (first, DECEMBER)
    assert (_everything(), all_balances()) == (rows, money)


def test_each_stage_keeps_what_went_in_and_what_came_out() -> None:
    acts = [make_act(name) for name in ("Ada", "Ben")]
    rows = [counted(act, n + 1) for n, act in enumerate(acts)]
    make_pool("1")
    period = close_period(name="2026-11", at=DECEMBER, count=counting(*rows[::-1]))
    stages = queries.close_stages(period=period)
    assert [stage.row_count for stage in stages] == [1, 2, 3, 1, 2, 5]
    assert (stages[1].snapshot_id, stages[1].input_digest) == (7, digest_counts(rows))
    assert all(len(stage.input_digest) == len(stage.output_digest) == 64 for stage in stages)
    assert {stage.policy_version for stage in stages} == {"house@2026-01-01"}


def test_money_that_enters_a_frozen_pool_stops_the_close() -> None:
    ada = make_act("Ada")
    make_pool("100")

    def intrude(step: str, _done: int, _total: int) -> None:
        if step == Stage.ALLOCATED:
            make_pool("1")

    with pytest.raises(PoolsMoved, match="2026-11"):
        close_period(name="2026-11", at=DECEMBER, progress=intrude, count=counting(counted(ada, 1)))
    assert _pending(ada) == usd(0)
    assert not ShareLine.objects.exists()


def test_money_that_enters_a_pool_while_it_is_posted_stops_the_close() -> None:
    ada = make_act("Ada")
    make_pool("100")

    def intrude(step: str, _done: int, _total: int) -> None:
        if step == Stage.POSTED:
            make_pool("1")

    with pytest.raises(PoolNotEmpty, match="pool:feed_ads:DE:2026-11 still holds"):
        close_period(name="2026-11", at=DECEMBER, progress=intrude, count=counting(counted(ada, 1)))
    assert Period.objects.get().status == Status.CLOSING
    make_posted(move("pool:feed_ads:DE:2026-11", "platform:loss", "1"))  # found and put right
    close_period(name="2026-11", at=DECEMBER, count=counting())
    assert _pending(ada) == usd(45)
    assert check_books() == []


def test_charges_of_a_frozen_period_go_to_the_next() -> None:
    close_period(name="2026-11", at=DECEMBER, count=counting())
    assert queries.open_period(at=DECEMBER).name == "2026-12"
    assert queries.open_period(at=DECEMBER - dt.timedelta(days=3)).name == "2026-12"


def test_a_pool_in_another_currency_is_shared_in_it() -> None:
    ada = make_act("Ada")
    make_pool("100")
    make_posted(move("bank", "pool:feed_ads:DE:2026-11", Money.parse(10, "EUR")))
    period = close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5)))
    statements = queries.statement(creator=ada.creator, period=period)
    assert [(s.currency, s.amount_micros) for s in statements] == [
        ("EUR", 4_500_000),
        ("USD", 45_000_000),
    ]
    assert not any(found.balance for found in balances(prefix="pool:"))
    assert check_books() == []


def test_rows_show_what_they_are() -> None:
    ada = make_act("Ada", tracks=[make_track(holder="north")])
    make_pool("100")
    period = close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5)))
    assert str(period) == "2026-11"
    assert str(PoolResult.objects.get()) == "DE: 100000000 USD"
    assert str(RightsLine.objects.get()) == "north DE: 50000000 USD"
    assert str(ShareLine.objects.get()).endswith(" 2026-11-01 DE: 22500000 USD")
    assert str(CountLine.objects.get()).endswith(" 2026-11-01 DE: 5")
    assert str(Statement.objects.get()).endswith(": 22500000 USD")
    assert str(CloseStage.objects.first()).endswith(" frozen")
    assert [p.name for p in queries.periods()] == ["2026-11"]
