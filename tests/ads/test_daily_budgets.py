"""The budget of a day: exact, in days of the campaign's place, whoever serves."""

import datetime as dt

import pytest

from takings.ads import actions, queries
from takings.ads.actions import NothingLeft, NotRunning
from takings.ads.models import Lease, LineItem
from takings.ads.rules.campaigns import CurrenciesDiffer
from takings.ads.rules.schedule import day_around
from takings.ads.rules.terms import BadDailyBudget
from takings.ledger import queries as ledger
from takings.money import Money
from tests.make.ads import change, make_lease, make_line_item, usd
from tests.make.people import NOON

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
BERLIN = "Europe/Berlin"


def make_daily(daily: str, *, time_zone: str = "UTC") -> LineItem:
    """Let a line item run whose days cost at most so much; a view costs $0.00425."""
    return change(make_line_item(), daily=usd(daily), time_zone=time_zone)


def lease(item: LineItem, *, at: dt.datetime) -> Lease:
    return make_lease(item, at=at)


def test_a_day_costs_its_budget_and_the_next_one_begins_anew() -> None:
    item = make_daily("0.06")  # fourteen views
    first, second = lease(item, at=NOON), lease(item, at=NOON)
    assert [one.amount_micros for one in (first, second)] == [42_500, 17_000]
    before = ledger.balances(prefix="advertiser:")
    with pytest.raises(NothingLeft):
        lease(item, at=NOON)
    assert ledger.balances(prefix="advertiser:") == before
    assert queries.left_today(item=item, at=NOON) == usd("0.0005")
    assert "Today’s budget is used up or held by ad servers." in queries.obstacles(
        item=item, at=NOON
    )
    actions.retire_lease(lease_id=first.pk, promised=usd("0.0085"), at=NOON)
    assert lease(item, at=NOON).amount_micros == 34_000  # what was not promised came back
    assert lease(item, at=NOON + DAY).amount_micros == 42_500
    assert not ledger.check_books()


def test_a_lease_of_a_day_ends_with_it_and_is_not_renewed_after() -> None:
    item = make_daily("1", time_zone=BERLIN)
    midnight = NOON.replace(hour=23)  # of Berlin
    late = lease(item, at=midnight - MINUTE)
    assert late.expires_at == midnight
    early = lease(item, at=midnight - 30 * MINUTE)
    assert early.expires_at == midnight - 25 * MINUTE
    renewed = actions.renew_lease(lease_id=early.pk, at=midnight - 2 * MINUTE)
    assert renewed.expires_at == midnight
    with pytest.raises(NotRunning):
        actions.renew_lease(lease_id=early.pk, at=midnight)
    assert queries.left_today(item=item, at=midnight) == usd("1")


def test_a_day_without_a_budget_of_its_own_may_cost_the_whole_one() -> None:
    item = change(make_daily("1"), daily=None)
    assert queries.left_today(item=item, at=NOON) is None
    taken = lease(item, at=NOON.replace(hour=23, minute=59))
    assert taken.expires_at == NOON.replace(hour=23, minute=59) + 5 * MINUTE
    actions.renew_lease(lease_id=taken.pk, at=NOON + DAY / 2 + MINUTE)


def test_a_smaller_budget_of_a_day_counts_at_once() -> None:
    item = make_daily("1")
    lease(item, at=NOON)
    change(item, daily=usd("0.01"))
    item.refresh_from_db()
    assert queries.left_today(item=item, at=NOON) == usd("0")
    with pytest.raises(NothingLeft):
        lease(item, at=NOON)


def test_a_day_of_changing_clocks_has_23_or_25_hours() -> None:
    for day, hours in ((dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25)):
        noon = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
        begins, ends = day_around(noon, time_zone=BERLIN)
        assert ends - begins == dt.timedelta(hours=hours)


def test_a_budget_of_a_day_pays_for_a_view_and_is_within_the_whole() -> None:
    item = make_line_item()
    for daily in ("0.004249", "0", "-1", "20.000001"):
        with pytest.raises(BadDailyBudget):
            change(item, daily=usd(daily))
    with pytest.raises(CurrenciesDiffer):
        change(item, daily=Money(10**6, "EUR"))
    assert LineItem.objects.get().daily_budget_micros is None
    assert change(item, daily=usd("20")).daily_budget == usd("20")
    assert item.changes.latest("pk").became == "$20.00"
