"""A month with pools of several products: each shared by its own rule, all on one statement."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.ledger.queries import check_books, entry
from takings.policies.rules import NoProductRule
from takings.settlement import queries
from takings.settlement.actions import (
    Wanted,
    approve_correction,
    close_period,
    find_changes,
    post_correction,
    propose_correction,
    refresh_estimates,
)
from takings.settlement.models import (
    Period,
    PoolResult,
    ShareLine,
    SplitLine,
    StatementRevision,
    Status,
)
from takings.settlement.rules import PoolKey
from takings.videos.models import Video
from tests.make.ledger import all_balances, dollars, usd
from tests.make.people import make_operator
from tests.make.settlement import (
    NOVEMBER_1,
    Act,
    counted,
    counting,
    make_act,
    make_fund,
    make_pool,
    make_split,
)
from tests.make.videos import make_track

pytestmark = pytest.mark.django_db

JANUARY_5 = dt.date(2027, 1, 5)
FEBRUARY = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
NAME = "2027-01"


def _pending(act: Act) -> object:
    return dollars(f"creator:{act.creator.pk}:pending")


def _january() -> tuple[Act, Act, Period]:
    """Ada has a thousand views in Germany and 9,000 in France, Ben 500: too few for the fund."""
    ada, ben = make_act("Ada", tracks=[make_track(holder="north")]), make_act("Ben")
    make_pool("30", period=NAME)
    make_fund("10", country="DE")
    make_fund("0.09", country="FR")
    lake = counting(
        counted(ada, 1_000, day=JANUARY_5),
        counted(ben, 500, day=JANUARY_5),
        counted(ada, 9_000, day=JANUARY_5, country="FR"),
    )
    refresh_estimates(at=FEBRUARY - dt.timedelta(days=1), count=lake)
    return ada, ben, close_period(name=NAME, at=FEBRUARY, count=lake)


def test_each_pool_is_shared_by_its_own_rule_and_stated_together() -> None:
    ada, ben, january = _january()
    assert _pending(ada) == usd("6") + usd("0.03") + usd("0.09")  # ads, fund, a fund too small
    assert _pending(ben) == usd("3")
    assert dollars("rights:north") == usd(10)
    assert dollars("platform:revenue:ads") == usd("11") + usd("9.97")
    [statement] = queries.statement(creator=ada.creator, period=january)
    assert (statement.amount_micros, statement.line_count) == (usd("6.12").micros, 4)
    assert statement.views == 10_000  # each view once, though it earned twice
    content = queries.statement_content(statement=statement)
    assert statement.digest == content.digest()
    assert b'1000,30000,"creator_fund"]' in content.canonical()
    assert b"1000,6000000]" in content.canonical()
    assert check_books() == []


def test_an_entry_and_its_result_say_what_was_done() -> None:
    ada, _, january = _january()
    results = {(row.country, row.product): row for row in queries.pool_results(period=january)}
    assert sorted(results) == [
        *(("DE", "creator_fund"), ("DE", "feed_ads")),
        *(("FR", "creator_fund"), ("FR", "feed_ads")),
    ]
    short = results["FR", "creator_fund"]
    assert short.said == (
        "9,000 views at $0.03 for 1,000 come to $0.27; the pool has $0.09, shared in proportion"
    )
    key = PoolKey(NAME, "FR", "USD", "creator_fund")
    assert short.entry_id == key.entry_id
    shared = entry(id=key.entry_id)
    assert shared.memo == f"creator_fund of FR in {NAME}. {short.said}"
    assert [(move.debit, move.credit) for move in shared.transfers] == [
        (key.account, f"creator:{ada.creator.pk}:pending")
    ]
    assert results["FR", "feed_ads"].entry_id is None  # watched, but nobody advertised


def test_a_line_is_found_by_its_product_in_the_estimate_too() -> None:
    ada, _, january = _january()
    lines = queries.share_lines(creator=ada.creator, period=january)
    assert [(line.country, line.product, line.amount_micros) for line in lines] == [
        ("DE", "creator_fund", 30_000),
        ("DE", "feed_ads", 6_000_000),
        ("FR", "creator_fund", 90_000),
        ("FR", "feed_ads", 0),
    ]
    estimate = queries.estimate(creator=ada.creator, period=january)
    assert estimate is not None
    assert (estimate.views, estimate.totals) == (10_000, {"USD": usd("6.12")})
    assert queries.differences(creator=ada.creator, period=january) == []


def test_agreed_parts_are_taken_of_every_products_line() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    video = Video.objects.get(pk=ada.video_id)
    make_split(ada.creator, ben.creator, video, share_bp=5_000)
    make_pool("100", period=NAME)
    make_fund("10")
    lake = counting(counted(ada, 2_000, day=JANUARY_5))
    january = close_period(name=NAME, at=FEBRUARY, count=lake)
    parts = SplitLine.objects.order_by("product").values_list("product", "amount_micros")
    assert list(parts) == [("creator_fund", 30_000), ("feed_ads", 22_500_000)]
    assert _pending(ben) == usd("22.53")
    [statement] = queries.statement(creator=ben.creator, period=january)
    content = queries.statement_content(statement=statement)
    assert b'30000,"creator_fund"]' in content.canonical()
    assert check_books() == []


def test_a_pool_whose_period_has_no_rule_for_it_stops_the_close_and_nothing_else() -> None:
    ada = make_act("Ada")
    make_pool("100")
    make_fund("10", period="2026-11")
    lake = counting(counted(ada, 2_000))
    before = all_balances()
    with pytest.raises(NoProductRule, match="house@2026-01-01"):
        close_period(name="2026-11", at=FEBRUARY, count=lake)
    assert all_balances() == before
    assert not Period.objects.exclude(status=Status.OPEN).exists()
    assert not PoolResult.objects.exists()
    refresh_estimates(at=FEBRUARY, count=lake)
    estimate = queries.estimate(creator=ada.creator, period=queries.period(name="2026-11"))
    assert estimate is not None
    assert estimate.totals == {"USD": usd(45)}
    [finding] = check_books()
    assert finding.row == "period:2026-11"
    assert finding.sentence == "house@2026-01-01 has no rule for a pool of creator_fund"


def test_what_was_stated_before_there_were_products_reads_as_it_did() -> None:
    ada = make_act("Ada")
    make_pool("100")
    november = close_period(name="2026-11", at=FEBRUARY, count=counting(counted(ada, 5)))
    line = ShareLine.objects.get()
    [statement] = queries.statement(creator=ada.creator, period=november)
    canonical = queries.statement_content(statement=statement).canonical()
    assert f'[["DE","{NOVEMBER_1}","{line.video_id}",5,45000000]]' in canonical.decode()
    assert b"feed_ads" not in canonical
    key = PoolKey("2026-11", "DE", "USD")
    assert (key.place, key.account) == (("DE", "USD"), "pool:feed_ads:DE:2026-11")


def test_a_close_that_dies_between_two_products_pays_each_pool_once() -> None:
    ada = make_act("Ada")
    make_pool("100", period=NAME)
    make_fund("10")
    lake = counting(counted(ada, 2_000, day=JANUARY_5))

    def die(_step: str, done: int, total: int) -> None:
        if (done, total) == (1, 2):  # the second of the two pools is about to be posted
            raise RuntimeError

    with pytest.raises(RuntimeError):
        close_period(name=NAME, at=FEBRUARY, progress=die, count=lake)
    assert _pending(ada) == usd("0.06")
    close_period(name=NAME, at=FEBRUARY, count=lake)
    assert _pending(ada) == usd("45.06")
    before = all_balances()
    close_period(name=NAME, at=FEBRUARY, count=lake)
    assert all_balances() == before
    assert check_books() == []


def test_a_correction_shares_each_products_pool_again_by_its_own_rule() -> None:
    ada, ben, _ = _january()
    lake = counting(
        counted(ada, 2_000, day=JANUARY_5),
        counted(ben, 500, day=JANUARY_5),
        counted(ada, 9_000, day=JANUARY_5, country="FR"),
    )
    seen = find_changes(name=NAME, count=lake).worked.lines_digest
    wanted = Wanted(uuid4(), make_operator(), NAME, "Late views.", seen, FEBRUARY)
    found = propose_correction(wanted=wanted, count=lake)
    found = approve_correction(
        correction=found, operator=make_operator("Pavel"), answer="Yes.", at=FEBRUARY
    )
    post_correction(correction=found, at=FEBRUARY)
    assert _pending(ada) == usd("6.48") + usd("0.06") + usd("0.09")
    assert (_pending(ben), dollars("rights:north")) == (usd("1.62"), usd(12))
    assert dollars("platform:revenue:ads") == usd("19.84")
    revised = StatementRevision.objects.get(statement__creator=ada.creator)
    assert (revised.views, revised.line_count) == (11_000, 4)
    assert check_books() == []
