"""Lanes repeat their newest standing, and the past is found from milestones, however long it is."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from takings.ledger.models import Account, Lane, Standing
from takings.ledger.queries import balance_at, check_books, daily_balances, entries_touching
from takings.money import Money
from tests.make.ledger import make_posted, make_prepaid, move
from tests.make.people import NOON

pytestmark = pytest.mark.django_db

PREPAID = "advertiser:7:prepaid"
HOURS = 40  # more than two milestones, and more than a day


def _at(hour: int) -> dt.datetime:
    return NOON + dt.timedelta(hours=hour)


def _life() -> None:
    """Post a dollar each hour; in every fourth hour two, at the same instant."""
    for hour in range(HOURS):
        for _ in range(2 if hour % 4 == 0 else 1):
            make_posted(move("bank", PREPAID, "1"), at=_at(hour))


def _then(at: dt.datetime) -> int:
    return balance_at(name=PREPAID, currency="USD", at=at).micros // 1_000_000


def _wrong(*statements: str) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        for table in ("ledger_lane", "ledger_standing"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
    found: dict[str, list[str]] = {}
    for finding in check_books():
        found.setdefault(finding.invariant, []).append(f"{finding.row} {finding.sentence}")
    return found


def test_the_balance_of_every_past_instant_is_found_from_a_milestone() -> None:
    _life()
    made = [1 + hour + hour // 4 + 1 for hour in range(HOURS)]
    assert [_then(_at(hour)) for hour in range(HOURS)] == made
    between = dt.timedelta(minutes=1)
    assert [_then(_at(hour) + between) for hour in range(HOURS)] == made
    assert _then(_at(0) - between) == 0
    last_of_a_day = {_at(hour).date(): dollars for hour, dollars in enumerate(made)}
    found = daily_balances(name=PREPAID, currency="USD")
    assert found == [(day, Money.parse(str(n), "USD")) for day, n in last_of_a_day.items()]


def test_the_pages_of_a_long_history_follow_one_another() -> None:
    _life()
    pages, before = [], None
    while page := entries_touching(account=PREPAID, before=before, limit=7):
        pages += [line.number for line in page]
        before = page[-1].number
    standings = Standing.objects.filter(account__name=PREPAID).values_list("posting", flat=True)
    assert pages == sorted(standings, reverse=True)
    assert len(pages) == HOURS + HOURS // 4


def test_an_account_has_its_lanes_from_the_start() -> None:
    make_prepaid("1")
    make_posted(move("provider:stripe", PREPAID, "1"))
    lanes = [(lane.account_id, lane.lane) for lane in Lane.objects.all()]
    accounts = Account.objects.all()
    wanted = [(account.pk, lane) for account in accounts for lane in range(account.lane_count)]
    assert sorted(lanes) == sorted(wanted)
    assert len(lanes) > len(accounts)
    bank = Lane.objects.get(account__name="bank")
    assert str(bank) == f"account {bank.account_id}, lane 0"


def test_a_lane_written_by_hand_is_found() -> None:
    make_prepaid("10")
    found = _wrong("UPDATE ledger_lane SET credits_micros = 11000000 WHERE credits_micros > 0")
    [lane] = found.pop("every lane repeats its newest standing")
    assert f"lane 0 of {PREPAID} says that posting" in lane
    assert "left 0/11000000 with 0/0 held" in lane
    assert found == {}


def test_a_lane_that_says_other_than_its_account_is_found() -> None:
    make_prepaid("10")
    found = _wrong("UPDATE ledger_lane SET floor_micros = -9 WHERE credits_micros > 0")
    [lane] = found.pop("every lane says what its account does")
    assert f"lane 0 of {PREPAID} has another side, floor or number of neighbours" in lane
    assert found == {}


def test_a_lane_that_stayed_behind_is_found() -> None:
    make_prepaid("10")
    make_prepaid("10")
    back = """UPDATE ledger_lane SET posting = s.posting, posted_at = s.posted_at, step = s.step,
        debits_micros = s.debits_micros, credits_micros = s.credits_micros
        FROM ledger_standing s WHERE s.account_id = ledger_lane.account_id AND s.step = 1"""
    found = _wrong(back)
    assert len(found["every lane repeats its newest standing"]) == 2
    [first, second] = found["the standings of every lane follow one another"]
    assert {PREPAID in first, PREPAID in second} == {True, False}
    assert "has 2 standings, and its newest one is number 1" in first


def test_a_standing_that_is_skipped_is_found() -> None:
    for _ in range(3):
        make_prepaid("10")
    account = Account.objects.get(name=PREPAID).pk
    found = _wrong(
        "UPDATE ledger_standing SET previous = (SELECT min(posting) FROM ledger_standing)"  # noqa: S608 - our own text
        f" WHERE step = 3 AND account_id = {account}"
    )
    [audit] = found["every posting is what a second implementation decides"]
    assert f"account:{account}" in audit


def test_nothing_is_posted_in_a_lane_that_is_not_there() -> None:
    make_prepaid("10")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_lane DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_lane")
    with pytest.raises(DatabaseError, match="2 lanes could not be kept"), transaction.atomic():
        make_prepaid("5")
    assert Standing.objects.count() == 2
