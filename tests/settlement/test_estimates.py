"""Estimates: the same steps without posting, kept apart, compared line by line."""

import datetime as dt

import pytest

from takings.ledger.queries import check_books
from takings.settlement import queries
from takings.settlement.actions import close_period, refresh_estimates
from takings.settlement.models import Estimate, EstimateLine, EstimatePool, Period, Status
from takings.settlement.queries.earnings import UnknownLine
from takings.settlement.rules import PoolThen, why_final
from tests.make.ledger import all_balances, usd
from tests.make.people import NOON, make_creator
from tests.make.settlement import DECEMBER, NOVEMBER_1, counted, counting, make_act, make_pool

pytestmark = pytest.mark.django_db


def test_an_estimate_is_what_the_close_would_pay_and_moves_nothing() -> None:
    ada = make_act("Ada")
    make_pool("100")
    before = all_balances()
    [period] = refresh_estimates(at=NOON, count=counting(counted(ada, 5)))
    assert (period.name, period.status) == ("2026-11", Status.OPEN)
    assert all_balances() == before
    estimate = queries.estimate(creator=ada.creator)
    assert estimate is not None
    assert (estimate.totals, estimate.views) == ({"USD": usd(45)}, 5)
    assert (estimate.made_at, estimate.policy_version) == (NOON, "house@2026-01-01")
    [line] = estimate.lines
    assert (line.video_id, line.day, line.country) == (ada.video_id, NOVEMBER_1, "DE")
    assert queries.statement(creator=ada.creator, period=period) == []
    assert check_books() == []


def test_nothing_is_estimated_before_the_first_refresh() -> None:
    ada = make_creator("Ada")
    assert queries.estimate(creator=ada) is None
    assert queries.estimate(creator=ada, period=queries.period(name="2026-11")) is None


def test_a_refresh_replaces_the_estimate_before() -> None:
    ada = make_act("Ada")
    make_pool("100")
    refresh_estimates(at=NOON, count=counting(counted(ada, 5)))
    later = NOON + dt.timedelta(hours=1)
    refresh_estimates(at=later, count=counting(counted(ada, 9), snapshot_id=8))
    estimate = queries.estimate(creator=ada.creator, period=queries.period(name="2026-11"))
    assert estimate is not None
    assert (estimate.views, estimate.made_at) == (9, later)
    assert Estimate.objects.get().snapshot_id == 8
    assert EstimateLine.objects.count() == 1


def test_a_month_that_ended_is_estimated_until_it_is_closed() -> None:
    ada = make_act("Ada")
    make_pool("100")
    lake = counting(counted(ada, 5))
    assert [p.name for p in refresh_estimates(at=DECEMBER, count=lake)] == ["2026-11", "2026-12"]
    close_period(name="2026-11", at=DECEMBER, count=lake)
    assert [p.name for p in refresh_estimates(at=DECEMBER, count=lake)] == ["2026-12"]


def test_money_in_a_pool_of_no_period_stops_no_estimate_and_is_found_by_check_books() -> None:
    make_pool("1", period="someday")
    assert [p.name for p in refresh_estimates(at=NOON, count=counting())] == ["2026-11"]
    [finding] = check_books()
    assert finding.row == "period:someday"


def test_a_period_frozen_meanwhile_keeps_its_last_estimate() -> None:
    ada = make_act("Ada")
    make_pool("100")

    def slow(**window: object) -> object:
        lake = counting(counted(ada, 5))
        if not Period.objects.exists():
            close_period(name="2026-11", at=DECEMBER, count=lake)
        return lake(**window)  # type: ignore[arg-type]

    assert refresh_estimates(at=NOON, count=slow) == []  # type: ignore[arg-type]
    assert not Estimate.objects.exists()


def test_the_difference_to_the_final_figure_is_told_line_by_line() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_pool("100")
    second = NOVEMBER_1 + dt.timedelta(days=1)
    third = NOVEMBER_1 + dt.timedelta(days=2)
    refresh_estimates(
        at=NOON, count=counting(counted(ada, 6), counted(ada, 2, day=second), counted(ben, 2))
    )
    final = counting(counted(ada, 6), counted(ada, 2, day=third), counted(ben, 2))
    period = close_period(name="2026-11", at=DECEMBER, count=final)
    told = queries.differences(creator=ada.creator, period=period)
    assert [(d.day, d.estimated_views, d.final_views, d.change) for d in told] == [
        (second, 2, 0, usd(-9)),
        (third, 0, 2, usd(9)),
    ]
    assert [d.why for d in told] == [
        "2 views counted no more, other views of the country went from 8 to 10",
        "2 more views counted, other views of the country went from 10 to 8",
    ]
    assert queries.differences(creator=ben.creator, period=period) == []
    assert str(EstimatePool.objects.get()) == "DE: 100000000 USD"


def test_a_difference_says_what_else_changed() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    make_pool("100")
    refresh_estimates(at=NOON, count=counting(counted(ada, 5), counted(ben, 5)))
    make_pool("20")
    period = close_period(
        name="2026-11", at=DECEMBER, count=counting(counted(ada, 5), counted(ben, 6))
    )
    [told] = queries.differences(creator=ada.creator, period=period)
    assert (
        told.why
        == "other views of the country went from 5 to 6, the pool went from $100.00 to $120.00"
    )
    assert why_final((3, 3), None, None) == "rounding"
    pool = PoolThen(usd(4), 10)
    assert why_final((3, 2), pool, PoolThen(usd(4), 9)) == "1 view counted no more"


def test_rows_show_what_they_are() -> None:
    ada = make_act("Ada")
    refresh_estimates(at=NOON, count=counting(counted(ada, 5)))
    assert str(Estimate.objects.get()).startswith("estimate of ")
    assert str(EstimateLine.objects.get()).endswith(" 2026-11-01 DE: 0 USD")
    with pytest.raises(UnknownLine):
        queries.share_line(id=1)
