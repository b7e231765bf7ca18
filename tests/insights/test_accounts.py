"""An account on the desk: what is in it, how that came, a plot of its days, a file of its lines."""

import csv
import datetime as dt
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from takings.insights.queries import accounts
from takings.insights.rules.charts import DAYS_SHOWN, balance_chart
from takings.ledger.actions import hold, seal_entries
from takings.ledger.actions.archiving import archive_transfers
from takings.ledger.actions.terms import close_account, set_limit
from takings.people.models import User
from tests.make.ledger import make_entry, make_posted, make_prepaid, move, usd
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator, make_operator

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
DAY = dt.timedelta(days=1)


def values_of(chart: dict[str, Any] | None) -> list[int]:
    """Return the heights of a chart's only line."""
    assert chart
    [series] = chart["series"]
    return list(series["values"])


def test_a_line_stands_between_the_days_on_which_something_moved() -> None:
    days = [(NOON.date(), usd(1)), ((NOON + 3 * DAY).date(), usd(4))]
    chart = balance_chart(days, currency="USD")
    assert chart
    assert chart["x"] == ["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"]
    assert values_of(chart) == [1_000_000, 1_000_000, 1_000_000, 4_000_000]
    assert balance_chart([], currency="USD") is None


def test_a_long_history_shows_its_last_year() -> None:
    long_ago = (NOON - 1_000 * DAY).date()
    chart = balance_chart([(long_ago, usd(1)), (NOON.date(), usd(4))], currency="USD")
    assert values_of(chart) == [1_000_000] * (DAYS_SHOWN - 1) + [4_000_000]


def test_an_operator_sees_what_is_held_what_may_be_held_and_what_is_closed(
    sign_in: SignIn,
) -> None:
    make_prepaid("10")
    draft = make_entry(move("advertiser:7:prepaid", "advertiser:8:prepaid", "4"))
    hold(drafts=[draft], expires_at=None, at=NOON)
    limited, closed = "advertiser:7:prepaid", "advertiser:9:prepaid"
    set_limit(name=limited, currency="USD", limit=usd(25), reason="a story", at=NOON)
    close_account(name=closed, currency="USD", reason="a story", at=NOON)
    browser = sign_in(make_operator())
    page = page_text(browser.get("/desk/accounts/advertiser:7:prepaid/"))
    assert "$4.00 of it is held" in page
    assert "may hold $25.00 at most" in page
    assert "closed" in page_text(browser.get("/desk/accounts/advertiser:9:prepaid/"))


def test_an_operator_sees_an_account_and_takes_its_lines_along(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PAGE", 2)
    for amount in ("100", "0.000001", "7"):
        make_prepaid(amount)
    make_posted(move("advertiser:7:prepaid", "advertiser:7:reserved", "4.25"), at=NOON + DAY)
    browser = sign_in(make_operator())
    page = browser.get("/desk/accounts/advertiser:7:prepaid/")
    assert "$102.75" in page_text(page)
    assert "Balance in USD at the end of each day" in page.content.decode()
    answer = browser.get("/desk/accounts/advertiser:7:prepaid.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["change"] for row in rows] == ["-4.250000", "7.000000", "0.000001", "100.000000"]
    assert {row["currency"] for row in rows} == {"USD"}
    assert "advertiser-7-prepaid.csv" in answer["Content-Disposition"]


def test_other_people_and_other_names_get_nothing(sign_in: SignIn) -> None:
    make_prepaid("1")
    creator = sign_in(make_creator("Ada").user)
    assert creator.get("/desk/accounts/bank.csv").status_code == 404
    operator = sign_in(make_operator())
    assert operator.get("/desk/accounts/nonsense.csv").status_code == 422
    assert operator.get("/desk/accounts/nonsense/").status_code == 422


def test_what_is_archived_is_said_in_place_of_what_moved(sign_in: SignIn, tmp_path: Path) -> None:
    posted = make_prepaid("100")
    seal_entries(at=NOON)
    later = dt.datetime(2027, 1, 5, tzinfo=dt.UTC)
    archive_transfers(before=dt.date(2026, 12, 1), folder=tmp_path, at=later)
    desk = sign_in(make_operator())
    page = page_text(desk.get("/desk/accounts/advertiser:7:prepaid/"))
    assert "Archived, and not listed: what was posted in 2026-11." in page
    assert "100" in page
    page = page_text(desk.get(f"/desk/entries/{posted.entry_id}/"))
    assert "what this entry moved is in transfers-2026-11.csv.gz" in page
