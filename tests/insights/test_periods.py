"""An account month by month and day by day: what stood there, came, went and stands."""

import csv
import datetime as dt
from collections.abc import Callable
from io import StringIO

import pytest
from django.test import Client

from takings.insights.rules.standing import BadMonth, Month, parse_month
from takings.ledger import queries as ledger
from takings.people.models import User
from tests.make.ledger import make_posted, move
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator

SignIn = Callable[[User], Client]
DAY = dt.timedelta(days=1)
ACCOUNT = "/desk/accounts/advertiser:7:prepaid/"


@pytest.fixture
def desk(db: None, sign_in: SignIn) -> Client:
    """Return the browser of an operator, before whom an account moved on four days."""
    del db
    prepaid, reserved = "advertiser:7:prepaid", "advertiser:7:reserved"
    make_posted(move("bank", prepaid, "100"), at=NOON)
    make_posted(move(prepaid, reserved, "30"), at=NOON)
    make_posted(move(prepaid, reserved, "0.000001"), at=NOON + 27 * DAY)
    last_instant = dt.datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=dt.UTC)
    make_posted(move(reserved, prepaid, "5"), at=last_instant)
    make_posted(move("bank", prepaid, "1"), at=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    return sign_in(make_operator())


def rows_of(browser: Client, **wanted: str) -> list[tuple[str, ...]]:
    """Return what the file says: first day, opening, in, out, closing."""
    answer = browser.get(f"{ACCOUNT}periods.csv", wanted)
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    columns = ("from", "opening", "in", "out", "closing")
    return [tuple(row[name] for name in columns) for row in csv.DictReader(StringIO(text))]


def test_each_month_opens_as_the_last_one_closed(desk: Client) -> None:
    assert rows_of(desk) == [
        ("2026-11-01", "0.000000", "105.000000", "30.000001", "74.999999"),
        ("2026-12-01", "74.999999", "1.000000", "0.000000", "75.999999"),
    ]
    standing = ledger.balance(name="advertiser:7:prepaid", currency="USD")
    assert str(standing.decimal()) == "75.999999"


def test_a_month_is_opened_day_by_day(desk: Client) -> None:
    assert rows_of(desk, month="2026-11") == [
        ("2026-11-02", "0.000000", "100.000000", "30.000000", "70.000000"),
        ("2026-11-29", "70.000000", "0.000000", "0.000001", "69.999999"),
        ("2026-11-30", "69.999999", "5.000000", "0.000000", "74.999999"),
    ]
    assert rows_of(desk, month="2026-12") == [
        ("2026-12-01", "74.999999", "1.000000", "0.000000", "75.999999")
    ]


def test_the_page_shows_months_and_leads_to_their_days(desk: Client) -> None:
    page = desk.get(ACCOUNT)
    assert "Month by month" in page_text(page)
    assert "?month=2026-11" in page.content.decode()
    days = page_text(desk.get(f"{ACCOUNT}?month=2026-11"))
    assert "November 2026, day by day" in days
    assert "29 November 2026" in days
    assert "Nothing was posted to this account in January 2026." in page_text(
        desk.get(f"{ACCOUNT}?month=2026-01")
    )


def test_on_the_debit_side_in_is_what_was_debited(desk: Client) -> None:
    answer = desk.get("/desk/accounts/bank/periods.csv?month=2026-11")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    [row] = csv.DictReader(StringIO(text))
    assert (row["in"], row["out"], row["closing"]) == ("100.000000", "0.000000", "100.000000")
    assert "bank-2026-11.csv" in answer["Content-Disposition"]


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-1", "9999-12", "2026-11-01"])
def test_what_is_no_month_is_refused(desk: Client, month: str) -> None:
    for address in (ACCOUNT, f"{ACCOUNT}periods.csv"):
        answer = desk.get(address, {"month": month})
        assert answer.status_code == 422
        assert "is no month" in answer.content.decode()
    with pytest.raises(BadMonth):
        parse_month(month)


def test_an_unknown_account_has_no_periods(desk: Client) -> None:
    assert desk.get("/desk/accounts/nonsense/periods.csv").status_code == 422


def test_a_year_ends_with_december() -> None:
    december = parse_month("2026-12")
    assert (str(december), december) == ("2026-12", Month(2026, 12))
    assert december.ends_at == Month(2027, 1).starts_at
