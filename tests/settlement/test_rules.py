"""Periods tile time; statements are digested byte for byte; entries leave out nothing but zeros."""

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.money import Money
from takings.settlement.rules import (
    PoolKey,
    StatementContent,
    StatementLine,
    Tile,
    UnknownPeriod,
    digest_rows,
    pool_entry,
    release_entry,
    tile_at,
    tile_named,
)
from tests.make.people import NOON

UTC = dt.UTC
NOVEMBER = Tile(
    "2026-11", dt.datetime(2026, 11, 1, tzinfo=UTC), dt.datetime(2026, 12, 1, tzinfo=UTC)
)
EARLY = Tile("2026-11", NOVEMBER.starts_at, dt.datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
REST = Tile("2026-11.2", EARLY.ends_at, NOVEMBER.ends_at)


def test_a_period_is_a_calendar_month_in_utc() -> None:
    assert tile_at([], at=NOON) == NOVEMBER
    assert tile_at([], at=NOVEMBER.starts_at) == NOVEMBER
    assert tile_at([], at=NOVEMBER.ends_at).name == "2026-12"
    tokyo = dt.timezone(dt.timedelta(hours=9))
    assert tile_at([], at=dt.datetime(2026, 11, 1, 8, tzinfo=tokyo)).name == "2026-10"


def test_after_an_early_close_the_next_period_begins_there() -> None:
    assert tile_at([EARLY], at=NOON) == EARLY
    assert tile_at([EARLY], at=EARLY.ends_at) == REST
    assert tile_at([EARLY, REST], at=EARLY.ends_at) == REST
    again = Tile("2026-11.2", REST.starts_at, dt.datetime(2026, 11, 25, tzinfo=UTC))
    assert tile_at([EARLY, again], at=again.ends_at).name == "2026-11.3"


def test_what_lies_before_a_stored_period_ends_where_it_begins() -> None:
    late = Tile("2026-11", EARLY.ends_at, NOVEMBER.ends_at)
    assert tile_at([late], at=NOON) == Tile("2026-11.2", NOVEMBER.starts_at, late.starts_at)


def test_a_period_is_found_by_its_name() -> None:
    assert tile_named([], name="2026-11") == NOVEMBER
    assert tile_named([EARLY], name="2026-11") == EARLY
    assert tile_named([EARLY], name="2026-11.2") == REST
    assert tile_named([NOVEMBER], name="2026-12").starts_at == NOVEMBER.ends_at


@pytest.mark.parametrize(
    "name", ["", "november", "2026-13", "2026-00", "0000-01", "2026-11.2", "2026-11.1"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownPeriod):
        tile_named([], name=name)


def test_a_month_closed_to_its_end_has_no_rest() -> None:
    with pytest.raises(UnknownPeriod):
        tile_named([NOVEMBER], name="2026-11.2")


INSTANTS = st.integers(0, 90 * 86_400 * 10**6).map(
    lambda us: dt.datetime(2026, 10, 1, tzinfo=UTC) + dt.timedelta(microseconds=us)
)


@given(st.lists(INSTANTS, max_size=6), INSTANTS)
def test_periods_never_overlap_and_leave_no_gap(cuts: list[dt.datetime], at: dt.datetime) -> None:
    stored: list[Tile] = []
    for cut in sorted(set(cuts)):
        tile = tile_at(stored, at=cut - dt.timedelta.resolution)
        stored = [t for t in stored if t.name != tile.name]
        stored.append(Tile(tile.name, tile.starts_at, cut) if tile.starts_at < cut else tile)
    for one in stored:
        for other in stored:
            assert one is other or one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
    found = tile_at(stored, at=at)
    assert found.starts_at <= at < found.ends_at
    assert tile_named(stored, name=found.name).name == found.name
    before = tile_at(stored, at=found.starts_at - dt.timedelta.resolution)
    assert before.ends_at == found.starts_at


LINES = (
    StatementLine("DE", dt.date(2026, 11, 2), UUID(int=1), 10, 4_250),
    StatementLine("DE", dt.date(2026, 11, 1), UUID(int=1), 7, 1),
)


def _content(lines: tuple[StatementLine, ...] = LINES) -> StatementContent:
    return StatementContent(
        period="2026-11",
        starts_at=NOVEMBER.starts_at,
        ends_at=NOVEMBER.ends_at,
        creator_id=12,
        currency="USD",
        policy_version="house@2026-01-01",
        lines=lines,
    )


def test_a_statement_is_one_text_whatever_the_order_of_its_lines() -> None:
    assert _content().canonical().decode() == (
        '{"amount_micros":4251,"creator":12,"currency":"USD",'
        '"ends_at":"2026-12-01T00:00:00+00:00",'
        '"lines":[["DE","2026-11-01","00000000-0000-0000-0000-000000000001",7,1],'
        '["DE","2026-11-02","00000000-0000-0000-0000-000000000001",10,4250]],'
        '"period":"2026-11","policy":"house@2026-01-01",'
        '"starts_at":"2026-11-01T00:00:00+00:00","views":17}'
    )
    assert _content().digest() == _content(LINES[::-1]).digest()
    assert _content().digest() != _content(LINES[:1]).digest()


def test_rows_are_digested_in_any_order() -> None:
    assert digest_rows([(1, "a"), (2, "b")]) == digest_rows([(2, "b"), (1, "a")])
    assert digest_rows([]) != digest_rows([("",)])


KEY = PoolKey("2026-11", "DE", "USD")


def test_a_pool_is_paid_by_one_entry_whose_id_is_known_beforehand() -> None:
    draft = pool_entry(
        key=KEY,
        shares=[("rights:north", 5), ("creator:1:pending", 7), ("creator:2:pending", 0)],
        policy_version="house@2026-01-01",
        occurred_at=NOON,
        memo="",
    )
    assert draft.id == KEY.entry_id == PoolKey("2026-11", "DE", "USD").entry_id
    assert draft.id != PoolKey("2026-11", "DE", "EUR").entry_id
    assert [(t.debit, t.credit, t.amount.micros) for t in draft.transfers] == [
        ("pool:feed_ads:DE:2026-11", "creator:1:pending", 7),
        ("pool:feed_ads:DE:2026-11", "rights:north", 5),
    ]


def test_a_release_moves_a_statement_from_pending_to_payable() -> None:
    draft = release_entry(
        period="2026-11",
        creator_id=12,
        amount=Money(405_000_000, "USD"),
        policy_version="house@2026-01-01",
        occurred_at=NOON,
    )
    [transfer] = draft.transfers
    assert (transfer.debit, transfer.credit) == ("creator:12:pending", "creator:12:payable")
    assert (draft.kind, draft.reference) == ("earnings_released", "statement:2026-11:12")
