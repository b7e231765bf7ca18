"""Every month has its place before anything is posted into it, and nothing undated is lost."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from takings.ledger import jobs
from takings.ledger.actions import open_months
from takings.ledger.models import Transfer
from takings.ledger.queries import check_books
from tests.make.ledger import make_posted, move
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

FAR = dt.datetime(2027, 8, 31, 23, 59, tzinfo=dt.UTC)


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
        [count] = cursor.fetchone()
    return int(count)


def test_the_month_and_the_two_after_it_are_opened_once() -> None:
    months = [dt.date(2027, 8, 1), dt.date(2027, 9, 1), dt.date(2027, 10, 1)]
    assert open_months(at=FAR) == months
    assert open_months(at=FAR) == []
    make_posted(move("bank", "advertiser:7:prepaid", "1"), at=FAR)
    assert rows_of("ledger_transfer_2027_08") == 1
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        connection.cursor().execute("DELETE FROM ledger_transfer_2027_08")
    with pytest.raises(DatabaseError, match="ledger_post alone"), transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO ledger_transfer_2027_08 SELECT * FROM ledger_transfer"
        )


def test_what_was_posted_while_its_month_was_missing_is_moved_there() -> None:
    make_posted(move("bank", "advertiser:7:prepaid", "1"), at=FAR)
    make_posted(move("bank", "advertiser:7:prepaid", "2"), at=FAR)
    make_posted(move("bank", "advertiser:8:prepaid", "3"), at=FAR + dt.timedelta(minutes=1))
    assert rows_of("ledger_transfer_undated") == 3
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert dt.date(2027, 8, 1) in open_months(at=NOON)
    assert rows_of("ledger_transfer_undated") == 0
    assert rows_of("ledger_transfer_2027_08") == 2
    assert rows_of("ledger_transfer_2027_09") == 1
    assert Transfer.objects.aggregate(sum=Sum("amount_micros")) == {"sum": 6_000_000}
    assert check_books() == []
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        connection.cursor().execute("DELETE FROM ledger_transfer_undated")


def test_a_month_that_is_too_far_ahead_is_refused() -> None:
    with pytest.raises(DatabaseError, match="too far ahead"), transaction.atomic():
        connection.cursor().execute("SELECT ledger_open_month('2099-01-01')")
    assert rows_of("pg_class WHERE relname = 'ledger_transfer_2099_01'") == 0


def test_the_clock_opens_months() -> None:
    jobs.open_months()
    name = f"ledger_transfer_{dt.datetime.now(dt.UTC):%Y_%m}"
    assert rows_of(f"pg_class WHERE relname = '{name}'") == 1
