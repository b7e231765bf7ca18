"""Months, charges and parts of fees, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.memberships.rules import (
    BadPaymentId,
    Span,
    charge_due_at,
    joined,
    may_withdraw_until,
    month_end,
    next_part,
    price_parts,
    read_id,
    runs_until,
    stood,
    whole_days,
)
from takings.money import Money, Rate
from takings.policies.queries import policy

UTC = dt.UTC
DAY = dt.timedelta(days=1)
JAN_25 = dt.datetime(2027, 1, 25, 14, tzinfo=UTC)
FEB_25 = dt.datetime(2027, 2, 25, 14, tzinfo=UTC)
MONTH = Span(JAN_25, FEB_25)
NEW_YEAR = dt.datetime(2027, 1, 1, tzinfo=UTC)


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def test_months_are_counted_from_the_first_day_and_cross_years() -> None:
    began = dt.datetime(2027, 10, 31, 9, tzinfo=UTC)
    ends = [month_end(began_at=began, number=number) for number in (1, 2, 3, 4, 5)]
    assert [f"{end:%Y-%m-%d %H}" for end in ends] == [
        *("2027-11-30 09", "2027-12-31 09", "2028-01-31 09", "2028-02-29 09", "2028-03-31 09"),
    ]


def test_a_pass_runs_until_the_first_gap() -> None:
    march, april = FEB_25 + 28 * DAY, FEB_25 + 58 * DAY
    paid = [Span(FEB_25, march), MONTH, Span(april, april + DAY)]
    assert runs_until(paid, at=JAN_25) == march
    assert runs_until(paid, at=march) is None
    assert runs_until(paid, at=april) == april + DAY
    assert runs_until([], at=JAN_25) is None


def test_a_card_is_tried_on_each_of_its_days_and_no_more() -> None:
    due = [charge_due_at(ends_at=FEB_25, days_before=(3, 1), tried=tried) for tried in range(3)]
    assert due == [FEB_25 - 3 * DAY, FEB_25 - DAY, None]


def test_only_the_first_month_can_be_given_back() -> None:
    assert may_withdraw_until(span=MONTH, number=1, days=14) == JAN_25 + 14 * DAY
    assert may_withdraw_until(span=MONTH, number=2, days=14) == JAN_25


def test_a_month_that_spans_two_is_earned_by_days_and_the_last_earn_the_rest() -> None:
    rest = euros("5.03")
    first = next_part(
        span=MONTH,
        earned_until=JAN_25.date(),
        waiting=rest,
        shares_from=NEW_YEAR,
        kept_until=JAN_25 + 14 * DAY,
    )
    assert (first.until, first.amount) == (dt.date(2027, 2, 1), euros("1.135806"))  # 7 of 31 days
    assert first.of == dt.datetime(2027, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert first.due_at == JAN_25 + 14 * DAY
    second = next_part(
        span=MONTH,
        earned_until=first.until,
        waiting=rest - first.amount,
        shares_from=NEW_YEAR,
        kept_until=JAN_25,
    )
    assert (second.until, second.amount) == (FEB_25.date(), rest - first.amount)
    assert second.due_at == FEB_25


def test_days_before_fees_were_shared_count_with_the_first_days_after() -> None:
    for shares_from, until, of in (
        (dt.datetime(2027, 2, 1, tzinfo=UTC), FEB_25.date(), dt.date(2027, 2, 24)),
        (dt.datetime(2027, 4, 1, tzinfo=UTC), FEB_25.date(), dt.date(2027, 4, 1)),
    ):
        part = next_part(
            span=MONTH,
            earned_until=JAN_25.date(),
            waiting=euros("5"),
            shares_from=shares_from,
            kept_until=JAN_25,
        )
        assert (part.until, part.amount, part.of.date()) == (until, euros("5"), of)
        assert part.due_at == max(FEB_25, shares_from)


@given(
    st.integers(0, 4 * 365 * 24 - 1).map(lambda hours: NEW_YEAR + dt.timedelta(hours=hours)),
    st.integers(1, 30),
    st.integers(0, 10**9),
)
def test_the_parts_of_a_month_come_to_its_fee_whatever_its_days(
    began_at: dt.datetime, number: int, micros: int
) -> None:
    starts_at = month_end(began_at=began_at, number=number - 1) if number > 1 else began_at
    span = Span(starts_at, month_end(began_at=began_at, number=number))
    waiting, until, parts = Money(micros, "EUR"), starts_at.date(), 0
    while until < span.ends_at.date():
        part = next_part(
            span=span,
            earned_until=until,
            waiting=waiting,
            shares_from=NEW_YEAR,
            kept_until=starts_at,
        )
        assert until < part.until
        assert starts_at < part.due_at <= span.ends_at
        assert Money.zero("EUR") <= part.amount <= waiting
        waiting, until, parts = waiting - part.amount, part.until, parts + 1
    assert (waiting.micros, parts in {1, 2}) == (0, True)


def test_a_price_is_told_with_its_tax_and_whom_it_goes_to() -> None:
    share = policy("house@2027-01-01").rule_of("premium").creator_share
    parts = price_parts(price=euros("5.99"), tax=euros("0.96"), creator_share=share)
    assert (parts.creators, parts.platform) == (euros("2.2635"), euros("2.7665"))
    assert parts.whole == euros("5.99")
    cut = price_parts(price=Money(5, "EUR"), tax=Money(0, "EUR"), creator_share=Rate.of_bp(5_000))
    assert (cut.creators.micros, cut.platform.micros) == (2, 3)


def test_a_form_without_its_id_is_refused() -> None:
    with pytest.raises(BadPaymentId):
        read_id("1; --")


def test_days_without_ads_are_whole_and_join_from_month_to_month() -> None:
    noon = dt.datetime(2027, 1, 1, 12, tzinfo=UTC)
    midnight = dt.datetime(2027, 1, 5, tzinfo=UTC)
    spans = [
        Span(noon + DAY, midnight),
        Span(noon, noon + DAY),
        Span(midnight + DAY, noon + 6 * DAY),
    ]
    assert joined(spans) == [Span(noon, midnight), Span(midnight + DAY, noon + 6 * DAY)]
    assert joined([Span(noon, midnight), Span(noon, noon + DAY)]) == [Span(noon, midnight)]
    assert sorted(day.day for day in whole_days(spans)) == [2, 3, 4, 6]
    assert whole_days([]) == frozenset()


def test_a_month_stands_while_it_is_not_taken_back() -> None:
    bought, lost, won = JAN_25, JAN_25 + 2 * DAY, JAN_25 + 9 * DAY
    assert stood(MONTH, steps=[(bought, True)]) == [MONTH]
    assert stood(MONTH, steps=[(bought, True), (lost, False), (won, True)]) == [
        Span(bought, lost),
        Span(won, FEB_25),
    ]
    early = JAN_25 - 3 * DAY  # charged before it began, and given back before that, too
    assert stood(MONTH, steps=[(early, True), (early + DAY, False)]) == []
    assert stood(MONTH, steps=[(early, True), (FEB_25 + DAY, False)]) == [MONTH]
    assert stood(MONTH, steps=[(lost, False)]) == []
