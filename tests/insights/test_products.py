"""A month with a fund beside feed ads, as its creator sees it: traces, pages, files."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from takings.insights.actions import issue_statements
from takings.insights.models import IssuedStatement
from takings.insights.queries import reader_of, trace
from takings.insights.rules.issued import read_issued
from takings.insights.rules.trace import RefKind
from takings.people.models import User
from takings.settlement.actions import close_period, refresh_estimates
from takings.settlement.models import ShareLine
from tests.make.ledger import usd
from tests.make.pages import page_text
from tests.make.settlement import Act, counted, counting, make_act, make_fund, make_pool

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("lake")

DAY = dt.date(2027, 1, 5)
FEBRUARY = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
NAME = "2027-01"


@pytest.fixture
def ada() -> Act:
    """Ada, with a thousand views in a pool of ads and in a fund; the month is estimated."""
    act, ben = make_act("Ada"), make_act("Ben")
    make_pool("30", period=NAME)
    make_fund("10")
    rows = counted(act, 1_000, day=DAY), counted(ben, 500, day=DAY)
    refresh_estimates(at=FEBRUARY - dt.timedelta(days=1), count=counting(*rows, snapshot_id=0))
    return act


@pytest.fixture
def closed(ada: Act) -> Act:
    """Let the month be closed and its statements issued."""
    rows = counted(ada, 1_000, day=DAY), counted(make_act("Cleo"), 500, day=DAY)
    period = close_period(name=NAME, at=FEBRUARY, count=counting(*rows, snapshot_id=0))
    issue_statements(period=period, at=FEBRUARY)
    return ada


def said(ada: Act, kind: RefKind, key: str) -> list[str]:
    found = trace(kind=kind, id=key, reader=reader_of(user=ada.creator.user))
    return [f"{one.title}: {one.sentence}" for one in found.stops]


def test_the_line_of_a_fund_says_how_it_was_shared(closed: Act) -> None:
    line = ShareLine.objects.get(creator=closed.creator, product="creator_fund")
    told = said(closed, "line", str(line.pk))
    assert told[0] == (
        "One pool: The money of “Creator fund” of Germany in January 2027 is in one account. "
        "The close shared it out to the last micro-unit."
    )
    assert told[1] == (
        "Your part of “Creator fund” in Germany: 1,000 views at $0.03 for 1,000 come to $0.03."
    )
    assert told[2].endswith("by counted views: 1,000 views on this line.")


def test_its_estimate_has_a_trace_of_its_own(ada: Act) -> None:
    key = f"{NAME}/DE/{ada.video_id}/{DAY}"
    assert "after music" in " ".join(said(ada, "estimate", key)).lower()
    told = said(ada, "estimate", f"{key}/creator_fund")
    assert told[1].startswith("Your part of “Creator fund” in Germany: The close will share it")


def test_a_statement_names_every_pool(closed: Act, sign_in: SignIn) -> None:
    browser = sign_in(closed.creator.user)
    key = f"{NAME}/{closed.creator.pk}/USD"
    found = trace(kind="statement", id=key, reader=reader_of(user=closed.creator.user))
    pools = [(part.label, part.amount) for part in found.stops[0].parts]
    assert pools == [("Germany", usd(9)), ("Creator fund, Germany", usd("0.03"))]
    page = page_text(browser.get(f"/studio/earnings/?period={NAME}"))
    assert "All pools" in page
    lines = page_text(browser.get(f"/studio/earnings/lines/?period={NAME}"))
    assert "Germany · Creator fund" in lines
    issued = IssuedStatement.objects.get(statement__creator=closed.creator)
    content = read_issued(issued.content)
    streams = [(one.name, one.micros) for one in content.streams]
    assert content.views == 1_000
    assert streams == [("Ads in the feed", 9_000_000), ("Creator fund", 30_000)]
    assert [bar.micros for bar in content.waterfall if bar.name == "All pools"] == [9_030_000]
    assert [(one.views, one.micros) for one in content.videos] == [(1_000, 9_030_000)]


def test_the_download_has_a_row_for_each_pool(closed: Act, sign_in: SignIn) -> None:
    answer = sign_in(closed.creator.user).get(f"/studio/earnings/lines.csv?period={NAME}")
    rows = answer.content.decode().splitlines()
    assert [row.rpartition(",")[2] for row in rows] == ["stream", "feed_ads", "creator_fund"]
