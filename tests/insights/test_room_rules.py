"""The room's words, without a database."""

import datetime as dt
from dataclasses import replace

import pytest

from takings.insights.rules.facts import fact_rows, fact_words
from takings.insights.rules.rooms import OutcomeRow, moved, share_words
from takings.insights.rules.spread import bounds, buckets, countries_chart, top_count
from takings.money import Money
from takings.policies.queries import policy_at
from takings.policies.rules import Fact

OLD = policy_at(at=dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
NEW = policy_at(at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("before", "now", "words", "direction"),
    [
        (None, 5, "", "none"),
        (0, 0, "", "none"),
        (0, 5, "new", "new"),
        (5, 0, "gone", "gone"),
        (200, 200, "±0 %", "same"),
        (200, 201, "+1 %", "up"),  # half a percent is rounded up
        (1_000, 1_004, "+0 %", "up"),
        (200, 50, "−75 %", "down"),
        (1, 1_000_000, "+99,999,900 %", "up"),
    ],
)
def test_a_change_is_said_in_whole_percent(  # noqa: PLR0917 - a row of the table
    before: int | None, now: int, words: str, direction: str
) -> None:
    found = moved(before=before, now=now)
    assert (found.words, found.direction) == (words, direction)


def test_a_share_is_never_shown_as_nothing_when_it_is_something() -> None:
    assert share_words(1, whole=5_000) == "under 0.1 %"
    assert share_words(5, whole=5_000) == "0.1 %"


def test_without_a_count_last_time_there_is_no_share_of_it() -> None:
    row = OutcomeRow("bot", "Robot", "", 1, 4, 0, 0)
    assert (row.share, row.share_before) == ("25.0 %", "")


def test_buckets_begin_at_the_payable_unit_and_name_their_ends() -> None:
    last = len(bounds("USD"))
    found = buckets(dict.fromkeys((0, 1, 2, last), (1, 7)), code="USD")
    assert [one.words for one in (*found[:3], found[-1])] == [
        "Nothing",
        "Something under $0.01",
        "$0.01 to under $0.10",
        "$10,000,000.00 and more",
    ]
    assert [one.label for one in found[:4]] == ["0", "under $0.01", "$0.01", "$0.10"]
    assert found[3].creators == 0  # a gap is shown as one
    assert buckets({3: (2, 9)}, code="JPY")[0].words == "¥10 to under ¥100"
    assert buckets({}, code="USD") == ()


def test_the_top_is_never_nobody() -> None:
    assert [top_count(number, percent=10) for number in (0, 1, 10, 11)] == [0, 1, 1, 2]


def test_the_chart_of_countries_has_one_bar_for_each() -> None:
    props = countries_chart([("Germany", Money(5, "USD"))], code="USD", look="final")
    assert props["x"] == ["Germany"]


def test_what_differs_from_the_version_before_stands_first() -> None:
    rows = fact_rows(NEW, before=OLD)
    changed = {row.name: (row.before, row.value) for row in rows if row.state == "changed"}
    assert changed["view.min_percent"] == ("≥ 50 %", "≥ 30 %")
    assert changed["settlement.hold_days"] == ("≥ 14 days", "≥ 7 days")
    states = [row.state for row in rows]
    assert states == sorted(states, key=lambda state: state == "same")
    assert {row.state for row in fact_rows(NEW, before=NEW)} == {"same"}
    assert {row.state for row in fact_rows(NEW, before=None)} == {"same"}


def test_a_fact_that_came_or_went_is_named() -> None:
    fact = Fact("view.colour", ["blue", "red"], "of the button", "", "house", "our taste")
    richer = replace(NEW, facts=(*NEW.facts, fact))
    [new] = [row for row in fact_rows(richer, before=NEW) if row.state != "same"]
    assert (new.name, new.state, new.value) == ("view.colour", "new", "blue, red of the button")
    [gone] = [row for row in fact_rows(NEW, before=richer) if row.state != "same"]
    assert (gone.state, gone.value, gone.before) == ("gone", "", "blue, red of the button")


def test_values_are_written_as_they_are_compared() -> None:
    def words(value: int | str | bool, comparator: str = "") -> str:  # noqa: FBT001 - a fact's value
        return fact_words(replace(NEW.facts[0], value=value, comparator=comparator, unit="x"))  # type: ignore[arg-type] # any of them

    assert words(5_000, ">=") == "≥ 5,000 x"
    assert words(3, "<=") == "≤ 3 x"
    assert words(3, ">") == "> 3 x"
    assert words(value=False) == "no x"
    assert words("rest") == "rest x"
