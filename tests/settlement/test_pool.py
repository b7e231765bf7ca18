"""Sharing a pool: the published examples, and laws that hold for any pool.

WE-01 … WE-06 are the worked examples of the fact base (YouTube Shorts monetization policies).
"""

import datetime as dt
import random
from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.money import Money, Rate
from takings.policies.queries import policy
from takings.policies.rules import PoolRule
from takings.settlement.rules import CountedViews, PoolShares, share_pool
from tests.make.ledger import usd

RULE = policy("house@2026-01-01").pool
DAY = dt.date(2026, 11, 1)
MILLION = 1_000_000


def views(
    creator: int, count: int, *, tracks: int = 0, shares: bool = True, day: dt.date = DAY
) -> CountedViews:
    """Say that one post of a creator had so many views with so many tracks."""
    return CountedViews(
        creator_id=creator,
        video_id=UUID(int=creator * 10 + tracks),
        day=day,
        views=count,
        shares=shares,
        holders=("north", "south", "west", "east")[:tracks],
    )


def share(total: str, *rows: CountedViews, rule: PoolRule = RULE) -> PoolShares:
    return share_pool(total=usd(total), counted=rows, rule=rule)


COUNTRY_A = (
    views(1, 1 * MILLION, tracks=1),
    views(2, 19 * MILLION, tracks=1),
    views(3, 80 * MILLION),
)
"""100 million views, a fifth of them with one track; creator 1 has one million, with a track."""


def test_we_01_the_published_example_pays_405_dollars() -> None:
    shares = share("100000", *COUNTRY_A)
    assert shares.creators[1] == usd(405)
    assert shares.holders == {"north": usd(10_000)}
    assert shares.allocation == usd(90_000)
    assert sum(money.micros for money in shares.creators.values()) == usd(40_500).micros
    assert shares.platform == usd(49_500)


def test_we_01_ones_own_music_changes_nothing_for_oneself() -> None:
    without = (views(1, 1 * MILLION), views(2, 20 * MILLION, tracks=1), views(3, 79 * MILLION))
    assert share("100000", *without).creators[1] == usd(405)


@pytest.mark.parametrize("wrong", ["202.50", "450", "45000"])
def test_we_01_the_wrong_answers_that_reveal_bugs_do_not_come(wrong: str) -> None:
    assert share("100000", *COUNTRY_A).creators[1] != usd(wrong)


@pytest.mark.parametrize(
    ("tracks", "music"), [(0, "0"), (1, "500"), (2, "666.666667"), (3, "666.666666")]
)
def test_we_02_music_takes_its_part_by_the_number_of_tracks(tracks: int, music: str) -> None:
    shares = share("1000", views(1, 10, tracks=tracks))
    assert sum(money.micros for money in shares.holders.values()) == usd(music).micros
    assert len(shares.holders) == tracks


def test_we_03_five_percent_of_the_views_are_allocated_five_percent() -> None:
    shares = share("1000", views(1, 5), views(2, 95))
    assert shares.creators[1] == usd("22.5")  # 45 % of 50


def test_we_04_thirds_are_exact_375_dollars() -> None:
    shares = share(
        "100000",
        views(1, 1 * MILLION),
        views(2, 69 * MILLION),
        views(3, 20 * MILLION, tracks=1),
        views(4, 10 * MILLION, tracks=2),
    )
    assert shares.creators[1] == usd(375)
    assert shares.allocation == usd("83333.333333")


def test_we_05_views_of_creators_outside_the_program_do_not_thin_the_pool() -> None:
    outside = views(9, 50 * MILLION, shares=False)
    shares = share("150000", *COUNTRY_A, outside)
    assert shares.allocation == usd(90_000)
    assert (shares.views, shares.sharing_views) == (150 * MILLION, 100 * MILLION)
    assert shares.creators[1] == usd(405)
    assert 9 not in shares.creators
    assert shares.platform == usd(49_500 + 50_000)


def test_we_05_music_of_creators_outside_the_program_is_paid_all_the_same() -> None:
    outside = views(9, 50 * MILLION, shares=False, tracks=1)
    shares = share("150000", *COUNTRY_A, outside)
    assert shares.creators[1] == usd(405)
    assert shares.holders == {"north": usd(10_000 + 25_000)}


def test_we_06_countries_are_shared_apart_495_dollars() -> None:
    country_b = share("2000", views(1, 10), views(4, 90))
    country_a = share("100000", *COUNTRY_A)
    assert country_a.creators[1] + country_b.creators[1] == usd(495)


def test_we_07_five_percent_of_a_million_yen_pays_22500() -> None:
    total = Money.parse(1_000_000, "JPY")
    shares = share_pool(total=total, counted=[views(1, 5), views(2, 95)], rule=RULE)
    assert shares.creators[1] == Money.parse(22_500, "JPY")


def test_without_a_counted_view_the_platform_keeps_the_pool() -> None:
    shares = share("12.345678")
    assert shares.platform == usd("12.345678")
    assert (shares.creators, shares.holders, shares.lines) == ({}, {}, ())
    assert shares.allocation == usd(0)


def test_an_empty_pool_gives_lines_of_nothing() -> None:
    shares = share("0", *COUNTRY_A)
    assert {money.micros for money in shares.creators.values()} == {0}
    assert [line.views for line in shares.lines] == [1 * MILLION, 19 * MILLION, 80 * MILLION]


def test_when_nobody_shares_music_is_paid_and_the_platform_keeps_the_rest() -> None:
    shares = share("100", views(1, 10, tracks=1, shares=False), views(2, 10, shares=False))
    assert shares.creators == {}
    assert shares.holders == {"north": usd(25)}
    assert shares.platform == usd(75)


def test_a_holder_of_both_tracks_is_paid_for_both() -> None:
    row = CountedViews(
        creator_id=1, video_id=UUID(int=1), day=DAY, views=9, holders=("north", "north")
    )
    shares = share("90", row)
    assert shares.holders == {"north": usd(60)}
    assert shares.holder_views == {"north": 18}


def test_a_creator_may_share_from_a_day_on() -> None:
    later = DAY + dt.timedelta(days=1)
    shares = share("100", views(1, 10, shares=False), views(1, 10, day=later))
    assert shares.creators == {1: usd("22.5")}
    assert [line.day for line in shares.lines] == [later]


def test_one_video_over_many_days_is_split_by_views_and_loses_nothing() -> None:
    days = [DAY + dt.timedelta(days=n) for n in range(30)]
    rows = [views(1, n + 1, day=day) for n, day in enumerate(days)]
    shares = share("100", *rows, views(2, 1))
    assert sum(line.amount.micros for line in shares.lines if line.creator_id == 1) == (
        shares.creators[1].micros
    )
    amounts = [line.amount.micros for line in shares.lines if line.creator_id == 1]
    assert amounts == sorted(amounts)
    assert [line.day for line in shares.lines if line.creator_id == 1] == days


def test_a_policy_may_share_everything_and_take_nothing_for_music() -> None:
    rule = PoolRule(
        creator_share=Rate(Fraction(1)), pool_part_by_tracks=(Fraction(1),), unearned_to="bank"
    )
    shares = share("1", views(1, 1, tracks=2), views(2, 2), rule=rule)
    assert shares.platform == usd(0)
    assert shares.creators == {1: usd("0.333333"), 2: usd("0.666667")}
    assert shares.holders == {"north": usd(0), "south": usd(0)}


ROWS = st.builds(
    CountedViews,
    creator_id=st.integers(1, 6),
    video_id=st.integers(1, 9).map(lambda n: UUID(int=n)),
    day=st.dates(dt.date(2026, 11, 1), dt.date(2026, 11, 5)),
    views=st.integers(1, 10**9),
    shares=st.booleans(),
    holders=st.lists(st.sampled_from(["north", "south"]), max_size=4).map(tuple),
)
POOLS = st.integers(0, 10**15).map(lambda micros: Money(micros, "USD"))


@given(POOLS, st.lists(ROWS, max_size=20))
def test_every_share_sums_to_the_whole_and_none_is_negative(
    total: Money, rows: Sequence[CountedViews]
) -> None:
    """Peers' bug 14: whatever is shared, the parts sum to the pool to the micro-unit."""
    shares = share_pool(total=total, counted=rows, rule=RULE)
    parts = [*shares.creators.values(), *shares.holders.values(), shares.platform]
    assert sum(part.micros for part in parts) == total.micros
    assert all(part.micros >= 0 for part in parts)
    by_creator: dict[int, int] = {}
    for line in shares.lines:
        by_creator[line.creator_id] = by_creator.get(line.creator_id, 0) + line.amount.micros
    assert by_creator == {key: money.micros for key, money in shares.creators.items()}


@given(POOLS, st.lists(ROWS, min_size=1, max_size=20))
def test_every_line_is_its_exact_fraction_to_less_than_a_micro_unit(
    total: Money, rows: Sequence[CountedViews]
) -> None:
    """The formula of the contract, computed the slow way with fractions."""
    shares = share_pool(total=total, counted=rows, rule=RULE)
    everything = sum(row.views for row in rows)
    sharing = [row for row in rows if row.shares]
    part = {row: RULE.pool_part(tracks=len(row.holders)) for row in rows}
    pool = Fraction(total.micros * sum(row.views * part[row] for row in sharing), everything)
    for creator, money in shares.creators.items():
        own = sum(row.views for row in sharing if row.creator_id == creator)
        exact = pool * Fraction(own, sum(row.views for row in sharing)) * Fraction(9, 20)
        assert abs(money.micros - exact) < 1
    for holder, money in shares.holders.items():
        used = sum(
            row.views * (1 - part[row]) / len(row.holders) * row.holders.count(holder)
            for row in rows
            if row.holders
        )
        assert abs(money.micros - total.micros * Fraction(used) / everything) < 1


@given(POOLS, st.lists(ROWS, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_counts_does_not_matter(
    total: Money, rows: list[CountedViews], chance: random.Random
) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert share_pool(total=total, counted=shuffled, rule=RULE) == share_pool(
        total=total, counted=rows, rule=RULE
    )


@pytest.mark.no_cover
def test_a_hundred_thousand_lines_sum_to_the_pool() -> None:
    chance = random.Random(7)  # noqa: S311 - a story, not a secret
    rows = [
        CountedViews(
            creator_id=chance.randrange(10_000),
            video_id=UUID(int=video),
            day=DAY + dt.timedelta(days=day),
            views=chance.randrange(1, 10_000),
            holders=("north",) * chance.randrange(3),
        )
        for video in range(10_000)
        for day in range(10)
    ]
    shares = share("1234567.89", *rows)
    assert len(shares.lines) == 100_000
    paid = [shares.platform, *shares.holders.values(), *shares.creators.values()]
    assert sum(amount.micros for amount in paid) == 1_234_567_890_000
    assert sum(line.amount.micros for line in shares.lines) == sum(
        amount.micros for amount in shares.creators.values()
    )
