"""Pools that ask for more than counts, on a real lake: members' own watching, and gates."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from takings.events.actions import continue_erasures, request_erasure
from takings.events.queries import ViewerWatched, watching
from takings.ledger.queries import check_books
from takings.money import Money
from takings.policies.queries import policy
from takings.policies.rules import Gate
from takings.settlement import queries
from takings.settlement.actions import Asked, Fee, add_pool_fee, close_period, dry_run
from takings.settlement.actions import refresh_estimates as estimate
from takings.settlement.models import Period, PoolResult
from takings.settlement.rules import below_gate
from tests.make.events import make_segment, make_view, own_lake
from tests.make.ledger import dollars, usd
from tests.make.people import make_operator
from tests.make.settlement import Act, make_act, make_pool

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
NOON = dt.datetime(2027, 2, 10, 12, tzinfo=dt.UTC)
MARCH = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
NAME = "2027-02"
MAY, NOA = UUID(int=7), UUID(int=8)
"""Two members; May watches in Germany, Noa in France."""


@pytest.fixture(autouse=True)
def lake(tmp_path: Path) -> Iterator[None]:
    """Give an empty lake."""
    with own_lake(tmp_path):
        yield


def _pending(act: Act) -> Money:
    return dollars(f"creator:{act.creator.pk}:pending")


def _watched(ada: Act, ben: Act) -> None:
    """Let May watch Ada for 6 s and Ben for 18 s, Noa Ada in France, and somebody Ben at length."""
    make_segment(
        make_view(ada.video_id, MAY, 6_000, at=NOON),
        make_view(ben.video_id, MAY, 18_000, at=NOON),
        make_view(ben.video_id, MAY, 900, at=NOON),  # too short to count
        make_view(ada.video_id, NOA, 9_000, at=NOON, country="FR"),
        *(make_view(ben.video_id, uuid4(), 19_000, at=NOON) for _ in range(3)),
        at=NOON,
    )


def _pay(viewer: UUID, amount: str, *, country: str = "DE") -> None:
    fee = Fee("premium", country, viewer, "provider:sandbox", usd(amount))
    add_pool_fee(fee=fee, id=uuid4(), at=NOON)


def test_the_lake_tells_what_members_watched_of_views_that_count() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    _watched(ada, ben)
    rules = policy("house@2027-01-01")
    rows = watching(starts_at=NOON, ends_at=MARCH, policy=rules, viewers={MAY, NOA})
    assert sorted(rows) == sorted(
        [
            ViewerWatched(MAY, NOON.date(), "DE", ada.video_id, 1, 6_000),
            ViewerWatched(MAY, NOON.date(), "DE", ben.video_id, 1, 18_000),
            ViewerWatched(NOA, NOON.date(), "FR", ada.video_id, 1, 9_000),
        ]
    )
    assert watching(starts_at=NOON, ends_at=MARCH, policy=rules, viewers=set()) == []


def test_each_fee_goes_to_whom_its_member_watched_wherever_that_was() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    _watched(ada, ben)
    _pay(MAY, "6")
    _pay(MAY, "4")
    _pay(NOA, "10")
    _pay(uuid4(), "1", country="FR")  # watched nothing, and is alone in that pool
    estimate(at=NOON)
    asked = Asked(id=uuid4(), operator=None, at=MARCH)
    tried = dry_run(name=NAME, asked=asked)
    period = close_period(name=NAME, at=MARCH)
    assert _pending(ada) == usd("1.125") + usd("4.5")  # a quarter of May's 10, all of Noa's
    assert _pending(ben) == usd("3.375")
    assert dollars("platform:revenue:memberships") == usd("11") + usd("1")
    results = {row.country: row for row in PoolResult.objects.filter(product="premium")}
    assert results["DE"].said == "The fees of 2 members, each by what that member watched"
    assert results["FR"].said.endswith("$1.00 without watching goes to the platform")
    view = queries.estimate(creator=ada.creator, period=period)
    assert view is not None
    assert view.totals == {"USD": usd("5.625")}
    [allocated] = [one for one in queries.close_stages(period=period) if one.stage == "allocated"]
    assert allocated.output_digest == tried.lines_digest
    assert check_books() == []


def test_the_fee_of_somebody_who_is_erased_goes_to_whom_the_other_members_watched() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    _watched(ada, ben)
    _pay(MAY, "10")
    _pay(NOA, "10")
    later = NOON + 3 * DAY
    request_erasure(
        erasure_id=uuid4(), viewer_id=MAY, operator=make_operator(), reason="Asked.", at=later
    )
    [erasure] = continue_erasures(at=later)
    assert erasure.row_count == 6  # three views, told in two events each
    close_period(name=NAME, at=MARCH)
    assert _pending(ada) == usd("9")  # the creators' 45 % of both fees: Noa watched nobody else
    assert _pending(ben) == usd("0")
    [result] = PoolResult.objects.filter(product="premium")
    assert result.said.endswith("$10.00 without watching goes by what all of them watched")
    assert check_books() == []


def test_we_08_a_gate_is_passed_by_ten_million_views_and_not_by_one_less() -> None:
    gate = policy("shorts@2027-02-01").pool.gate
    assert gate == Gate(10_000_000, 90)
    assert below_gate({1: 9_999_999, 2: 10_000_000}, gate=gate) == {1}


@pytest.mark.parametrize(("version", "pays"), [("2023-02-01", "45"), ("2027-02-01", "0")])
def test_we_08_below_the_gate_this_pool_pays_nothing_and_all_else_goes_on(
    version: str, pays: str
) -> None:
    Period.objects.create(
        name=NAME,
        starts_at=dt.datetime(2027, 2, 1, tzinfo=dt.UTC),
        ends_at=MARCH,
        policy_version=f"shorts@{version}",
    )
    ada = make_act("Ada")
    make_segment(make_view(ada.video_id, MAY, 6_000, at=NOON), at=NOON)
    make_pool("100", period=NAME)
    period = close_period(name=NAME, at=MARCH)
    assert _pending(ada) == usd(pays)
    assert ada.creator.shares_from is not None  # the status stays
    assert queries.pool_results(period=period)[0].views == 1
    assert check_books() == []
