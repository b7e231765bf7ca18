"""The arithmetic and the words, without a database."""

import datetime as dt
import uuid
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.events.queries import Outcome
from takings.insights.rules import words
from takings.insights.rules.arithmetic import (
    LineNumbers,
    PoolNumbers,
    line_steps,
    music_steps,
    rounding_step,
    share_steps,
    split_parts,
    tracks_words,
    zooms,
)
from takings.insights.rules.changes import PeriodRates, changes
from takings.insights.rules.charts import ChartDays, days_chart
from takings.insights.rules.earnings import CountryShare, DayEarnings, waterfall
from takings.insights.rules.exact import decimals, exact_money, micros, percent, permille
from takings.insights.rules.pools import pool_of
from takings.insights.rules.reader import WHOLE_DESK, YOURS, Reader, start, whose
from takings.insights.rules.text import as_text
from takings.insights.rules.trace import Fact, Part, Ref, Step, Stop, Trace
from takings.insights.rules.transfers import LISTED, touches, transfer_parts
from takings.ledger.rules import TransferDraft
from takings.money import Money
from takings.policies.queries import policy_at
from takings.settlement.rules import CountedViews, PoolKey, share_pool

DAY = dt.date(2026, 11, 2)
POLICY = policy_at(at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
RULE = POLICY.pool


def usd(micro_units: int) -> Money:
    return Money(micro_units, "USD")


def test_the_published_example_is_retold_to_405_dollars() -> None:
    """WE-01: 100 M views, $100,000, a fifth with one track; 1 M views earn $405."""
    pool = PoolNumbers(usd(100_000_000_000), 100_000_000, {0: 80_000_000, 1: 20_000_000}, RULE)
    line = LineNumbers(1_000_000, usd(405_000_000), 1_000_000, usd(405_000_000))
    assert [step.result for step in music_steps(pool)] == ["80,000,000", "10,000,000", "$90,000.00"]
    part, share, rounding = share_steps(pool, line, by=YOURS)
    assert part == Step("Your part", "$90,000.00 × 1,000,000 / 100,000,000 views", "$900.00")
    assert share == Step("Creator share", "$900.00 × 45 %", "$405.00")
    assert rounding.formula == "405,000,000 micro-units exactly: nothing to round"
    assert line_steps(line, by=YOURS)[0].result == "$405.00"
    assert [zoom.permille for zoom in zooms(pool, line, place="A", by=YOURS)] == [
        900,
        10,
        450,
        1000,
    ]


def test_endless_decimals_are_shown_as_endless_and_still_come_out_exact() -> None:
    """WE-04: 70 % without, 20 % with one, 10 % with two tracks: $83,333.33… and exactly $375."""
    tracks = {0: 70_000_000, 1: 20_000_000, 2: 10_000_000}
    pool = PoolNumbers(usd(100_000_000_000), 100_000_000, tracks, RULE)
    line = LineNumbers(1_000_000, usd(375_000_000), 1, usd(375))
    assert music_steps(pool)[-1].result == "$83,333.333333…"
    assert [step.result for step in share_steps(pool, line, by=YOURS)] == [
        "$833.333333…",
        "$375.00",
        "$375.00",
    ]


@st.composite
def _counted(draw: st.DrawFn) -> list[CountedViews]:
    rows = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 500), st.integers(0, 3))))
    return [
        CountedViews(
            creator_id=creator,
            video_id=uuid.UUID(int=number),
            day=DAY,
            views=views,
            shares=creator != 4,
            holders=tuple(f"holder-{index}" for index in range(tracks)),
        )
        for number, (creator, views, tracks) in enumerate(rows)
    ]


@given(counted=_counted(), total=st.integers(0, 10**12))
def test_what_is_retold_is_what_settlement_paid(counted: list[CountedViews], total: int) -> None:
    """Whatever the pool: our exact values are within a micro-unit of each amount that was paid."""
    shares = share_pool(total=usd(total), counted=counted, rule=RULE)
    tracks: dict[int, int] = {}
    for row in counted:
        if row.shares:
            tracks[len(row.holders)] = tracks.get(len(row.holders), 0) + row.views
    pool = PoolNumbers(usd(total), shares.views, tracks, RULE)
    assert int(pool.allocation) == shares.allocation.micros
    for line in shares.lines:
        own = sum(row.views for row in shares.lines if row.creator_id == line.creator_id)
        paid = shares.creators[line.creator_id]
        assert abs(pool.creator_exact(own) - paid.micros) < 1
        numbers = LineNumbers(own, paid, line.views, line.amount)
        for step in (*share_steps(pool, numbers, by=YOURS), *line_steps(numbers, by=YOURS)):
            assert "do not explain" not in step.formula


def test_a_remainder_says_where_it_went_and_a_wrong_amount_is_not_explained_away() -> None:
    exact = Fraction(16, 3)
    up = rounding_step(exact, usd(6), whole="the pool")
    assert up.formula == "5 1/3 micro-units; one left over from the pool came here"
    assert "rounded down" in rounding_step(exact, usd(5), whole="the pool").formula
    assert "please report" in rounding_step(exact, usd(9), whole="the pool").formula


def test_a_price_is_split_like_its_pool_to_the_last_micro_unit() -> None:
    parts = split_parts(usd(4_250), creators=1, rights=1, platform=1)
    assert sum(part.amount.micros for part in parts if part.amount) == 4_250
    assert parts[0].note == "33.333… % of the pool"


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (decimals(Fraction(5, 4)), "1.25"),
        (decimals(Fraction(7)), "7"),
        (decimals(Fraction(1, 30_000)), "0.000033…"),
        (percent(Fraction(9, 20)), "45 %"),
        (micros(Fraction(1, 2)), "1/2"),
        (micros(Fraction(1, 99_991)), "0.000010…"),
        (exact_money(Fraction(1, 3), "JPY"), "¥0.000000…"),
        (exact_money(Fraction(10_000), "USD"), "$0.01"),
        (str(permille(1, 0)), "0"),
        (tracks_words(3), "3 tracks"),
    ],
)
def test_numbers_are_written_exactly(shown: str, wanted: str) -> None:
    assert shown == wanted


def test_a_pool_of_a_tiny_part_is_named_without_a_false_zero() -> None:
    pool = PoolNumbers(usd(1_000_000), 100_000, {0: 10}, RULE)
    line = LineNumbers(10, usd(45), 10, usd(45))
    first, *_ = zooms(pool, line, place="DE", by=YOURS)
    assert first.part == "under 0.1 % is the creators' pool"
    odd = PoolNumbers(usd(1_500_000), 1_000, {0: 215}, RULE)
    assert zooms(odd, line, place="DE", by=YOURS)[0].part == "21.5 % is the creators' pool"
    assert music_steps(odd)[-1].formula == "1.5 × 215 / 1,000"


def test_codes_become_words() -> None:
    assert words.outcome_words("too_short", policy=POLICY) == (
        "Too short",
        "under 5 seconds and 30 %",
    )
    assert all(words.outcome_words(outcome, policy=POLICY)[1] for outcome in Outcome)
    assert words.outcome_words("new_reason", policy=POLICY) == ("New reason", "")
    assert words.kind_words("ad_charged") == "Ad views charged"
    assert words.kind_words("demo_seeded") == "Demo seeded"
    assert words.kind_words("ads.approve_creative") == "Ads: approve creative"
    assert words.period_words("2026-11") == "November 2026"
    assert words.period_words("2026-11.2") == "November 2026, part 2"
    assert words.period_words("autumn") == "autumn"
    assert words.place_words("US") == "the United States"
    assert words.place_words("DE") == "Germany"
    assert words.country_words("QX") == "QX"
    assert words.views_words(1) == "1 view"
    assert [words.watched_words(ms) for ms in (900, 65_000, 7_260_000)] == [
        "0.9 s",
        "1 min 5 s",
        "2 h 1 min",
    ]
    card = words.policy_card(POLICY)
    assert card.version == "house@2026-01-01"
    assert any("45 %" in rule.sentence and rule.sources for rule in card.rules)


def test_only_pools_are_pools() -> None:
    account = "pool:feed_ads:DE:2026-11"
    assert pool_of(account, currency="USD") == PoolKey("2026-11", "DE", "USD")
    assert pool_of("creator:1:pending", currency="USD") is None


POOL = "pool:feed_ads:DE:2026-11"
SHARED = (
    TransferDraft(POOL, "creator:1:pending", usd(3)),
    TransferDraft(POOL, "creator:2:pending", usd(4)),
    TransferDraft(POOL, "creator:3:pending", usd(5)),
    TransferDraft(POOL, "platform:revenue:ads", usd(6)),
)


def test_a_creator_sees_their_own_transfer_and_only_sums_of_the_others() -> None:
    parts, left_out = transfer_parts(SHARED, reader=Reader(creator_id=1))
    assert [(part.label, part.amount, part.count) for part in parts] == [
        (f"{POOL} → creator:1:pending", usd(3), None),
        ("The pool to other creators", usd(9), 2),
        ("The pool to the platform", usd(6), 1),
    ]
    assert left_out == 0
    assert not touches(SHARED, reader=Reader(creator_id=11, brand_ids=frozenset({1})))


def test_an_operator_sees_each_transfer_up_to_a_limit() -> None:
    many = [TransferDraft(POOL, f"creator:{n}:pending", usd(1)) for n in range(1, LISTED + 3)]
    parts, left_out = transfer_parts(many, reader=WHOLE_DESK)
    assert (len(parts), left_out) == (LISTED, 2)
    assert touches(SHARED, reader=WHOLE_DESK)


def test_a_brand_owns_its_accounts_and_no_other() -> None:
    moved = (TransferDraft("advertiser:7:reserved", POOL, usd(1)),)
    assert touches(moved, reader=Reader(brand_ids=frozenset({7})))
    assert not touches(moved, reader=Reader(creator_id=7, brand_ids=frozenset({8})))
    assert Reader(brand_ids=frozenset({7})).owns_brand(7)
    assert not Reader(creator_id=7).owns_creator(None)


def test_one_is_addressed_as_you_and_others_by_handle() -> None:
    assert whose(handle="ada", creator_id=1, reader=Reader(creator_id=1)) == YOURS
    assert whose(handle="ada", creator_id=1, reader=WHOLE_DESK).possessive == "@ada's"
    assert start("your part") == "Your part"


def test_a_trace_reads_as_text() -> None:
    stop = Stop(
        kind="line",
        title="This amount",
        sentence="It is made of views.",
        amount=usd(4_250),
        at=dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
        ref=Ref("line", "7"),
        facts=(Fact("Video", "Dunes", Ref("video", "v")), Fact("Day", "2 November")),
        parts=(Part("Engaged", None, "counted", 3), Part("A view", at=None, ref=Ref("view", "x"))),
        samples=(Part("One", usd(1), at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC)),),
        left_out=2,
        steps=(Step("By views", "1 / 2", "$0.50"),),
        here=True,
    )
    other = Stop(kind="pool", title="The pool", sentence="All of it.")
    trace = Trace(
        Ref("line", "7"),
        "Dunes",
        "It earned this.",
        usd(4_250),
        "final",
        (other, stop),
        (),
        words.policy_card(POLICY),
    )
    text = as_text(trace)
    assert " ○ 1. The pool" in text
    assert " ● 2. This amount" in text
    assert "By views: 1 / 2 = $0.50" in text
    assert "Engaged · counted · 3 ×" in text
    assert "… and 2 more" in text
    assert "Video: Dunes [v]" in text
    assert "$0.00425" in text
    assert "Rules: house@2026-01-01" in text


def test_the_waterfall_rows_sum_to_what_stood_behind_the_views() -> None:
    pool = PoolNumbers(usd(100_000_000_000), 100_000_000, {0: 80_000_000, 1: 20_000_000}, RULE)
    share = CountryShare("A", pool, 1_000_000, usd(405_000_000), usd(1), usd(1), None)
    gross, music, platform, paid = waterfall((share, share), currency="USD", by=YOURS)
    assert [row.amount.micros // 1_000_000 for row in (gross, music, platform, paid)] == [
        2_000,
        200,
        990,
        810,
    ]
    assert gross.amount == music.amount + platform.amount + paid.amount
    assert waterfall((), currency="USD", by=YOURS)[0].amount == usd(0)


def test_rates_compare_a_running_month_with_a_whole_one() -> None:
    day = dt.timedelta(days=1)
    before = PeriodRates(30 * day, 400, 300, usd(3_000_000))
    now = PeriodRates(10 * day, 100, 50, usd(500_000))
    rates = {one.name: one for one in changes(before=before, now=now)}
    views = rates["Engaged views a day"]
    assert (views.before, views.now, views.percent, views.direction) == ("10", "5", "−50 %", "down")
    assert rates["Showings that count"].now == "50 %"
    assert rates["Earned per 1,000 engaged views"].direction == "same"
    empty = PeriodRates(day, 0, 0, usd(0))
    assert {one.direction for one in changes(before=empty, now=now)} == {"new"}
    assert changes(before=now, now=before)[0].direction == "up"


def test_a_chart_fills_gaps_and_keeps_estimated_apart_from_final() -> None:
    final = ChartDays(
        "final", DAY, DAY + dt.timedelta(days=2), [DayEarnings(DAY, 3, usd(5))], "?d="
    )
    running = ChartDays("estimated", dt.date(2026, 11, 5), dt.date(2026, 11, 5), [], "?e=")
    props = days_chart([final, running], currency="USD")
    assert props["x"] == ["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"]
    assert props["series"] == [
        {"name": "Final", "look": "final", "values": [5, 0, 0, 0]},
        {"name": "Estimated", "look": "estimated", "values": [0, 0, 0, 0]},
    ]
    assert props["links"] == ["?d=2026-11-02", "?d=2026-11-03", "?d=2026-11-04", "?e=2026-11-05"]
