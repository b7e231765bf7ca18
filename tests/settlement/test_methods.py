"""The other ways to share a pool, each held to the slow and obvious computation of the same."""

import datetime as dt
import random
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.money import Money, Rate
from takings.policies.queries import policy
from takings.policies.rules import PoolRule
from takings.settlement.rules import (
    CountedViews,
    FeesExceedPool,
    Member,
    PoolShares,
    Watched,
    eligible,
    share_pool,
)
from tests.make.ledger import usd

HOUSE, SHORTS = policy("house@2027-01-01"), policy("shorts@2027-02-01")
PREMIUM, FUND = HOUSE.rule_of("premium"), HOUSE.rule_of("creator_fund")
PRO_RATA = SHORTS.rule_of("premium")
DAY = dt.date(2027, 2, 1)
MILLION = 1_000_000


def views(creator: int, count: int, *, shares: bool = True, ms: int = 0) -> CountedViews:
    """Say that the one video of a creator had so many views."""
    video = UUID(int=creator)
    return CountedViews(creator, video, DAY, count, shares=shares, watched_ms=ms or count * 6_000)


def member(number: int, fee: str, **watched: int) -> Member:
    """Say what a member paid, and how many milliseconds of whom (``c1=5``) they watched."""
    seen = (Watched(UUID(int=int(who[1:])), DAY, 1, ms) for who, ms in watched.items())
    return Member(UUID(int=number), usd(fee), tuple(seen))


def by_members(total: str, *members: Member, rule: PoolRule = PREMIUM) -> PoolShares:
    rows = (views(1, 9), views(2, 9), views(3, 9, shares=False))
    return share_pool(total=usd(total), counted=rows, rule=rule, members=members)


def by_rate(total: str, *rows: CountedViews, country: str = "US") -> PoolShares:
    return share_pool(total=usd(total), counted=rows, rule=FUND, country=country)


def test_we_09_premium_pays_45_percent_of_what_is_allocated() -> None:
    rows = (views(1, 10), views(2, 30), views(3, 60, shares=False))
    shares = share_pool(total=usd(1_000), counted=rows, rule=PRO_RATA)
    assert shares.creators == {1: usd("112.5"), 2: usd("337.5")}
    assert (shares.platform, shares.holders) == (usd(550), {})
    assert (shares.views, shares.sharing_views) == (100, 40)
    assert shares.said == "Shared by each creator's part of 40 views; the platform keeps $550.00"


@pytest.mark.parametrize(("source", "pays"), [("watch_ads", 550), ("fan_funding", 700)])
def test_we_09_what_belongs_to_one_creator_is_shared_by_its_rate(source: str, pays: int) -> None:
    for version in (HOUSE, SHORTS):
        share = version.shares[source]
        assert usd(1_000).times(share, rounding="down") == usd(pays)


def test_by_watch_time_the_longer_watched_earns_more() -> None:
    rule = PoolRule(
        creator_share=Rate(Fraction(1)),
        pool_part_by_tracks=(Fraction(1),),
        unearned_to="bank",
        method="pro_rata",
        unit="watched_ms",
    )
    rows = (views(1, 50, ms=1_000), views(2, 1, ms=3_000))
    shares = share_pool(total=usd(4), counted=rows, rule=rule)
    assert shares.creators == {1: usd(1), 2: usd(3)}
    assert "4,000 ms watched" in shares.said
    nothing = CountedViews(1, UUID(int=1), DAY, 50)
    unwatched = share_pool(total=usd(4), counted=(nothing,), rule=rule)
    assert (unwatched.creators, unwatched.platform) == ({1: usd(0)}, usd(4))


@pytest.mark.parametrize("rule", [PRO_RATA, PREMIUM, FUND])
def test_without_a_view_the_platform_keeps_the_pool(rule: PoolRule) -> None:
    shares = share_pool(total=usd("1.234567"), counted=(), rule=rule)
    assert (shares.platform, shares.creators, shares.lines) == (usd("1.234567"), {}, ())


def test_a_members_fee_goes_to_whom_that_member_watched() -> None:
    """Whoever watches much moves nobody else's fee: pro-rata would pay 2 a hundred times more."""
    shares = by_members("20", member(1, "10", c1=1_000), member(2, "10", c2=100_000))
    assert shares.creators == {1: usd("4.5"), 2: usd("4.5")}
    assert shares.platform == usd(11)
    assert shares.said == "The fees of 2 members, each by what that member watched"


def test_a_fee_is_split_by_the_members_own_watch_time() -> None:
    shares = by_members("10", member(1, "10", c1=1_000, c2=3_000, c3=96_000))
    assert shares.creators == {1: usd("1.125"), 2: usd("3.375")}  # 3 does not share


def test_who_watched_nothing_paid_for_what_the_others_watched() -> None:
    idle = member(3, "10", c3=5)
    shares = by_members("30", member(1, "10", c1=1), member(2, "10", c2=3), idle)
    assert shares.creators == {1: usd("5.625"), 2: usd("7.875")}  # 4.50 each, and 4.50 by 1 to 3
    assert shares.said.endswith("; $10.00 without watching goes by what all of them watched")


def test_or_their_fee_stays_with_the_platform() -> None:
    rule = PoolRule(
        creator_share=Rate.of_bp(4_500),
        pool_part_by_tracks=(Fraction(1),),
        unearned_to="bank",
        method="user_centric",
        unit="watched_ms",
    )
    shares = by_members("25", member(1, "10", c1=1), member(2, "10"), rule=rule)
    assert (shares.creators, shares.platform) == ({1: usd("4.5")}, usd("20.5"))
    assert shares.said.endswith("; $15.00 without watching goes to the platform")


def test_when_no_member_watched_anything_the_platform_keeps_the_fees() -> None:
    shares = by_members("10", member(1, "10"))
    assert (shares.creators, shares.platform) == ({}, usd(10))
    assert shares.said.endswith("goes to the platform")


def test_more_fees_than_the_pool_holds_are_refused() -> None:
    with pytest.raises(FeesExceedPool, match=r"10\.00.*9\.99"):
        by_members("9.99", member(1, "10", c1=1))


def test_a_fixed_rate_pays_by_the_thousand_and_gives_the_rest_back() -> None:
    shares = by_rate("1000", views(1, 1 * MILLION), views(2, 500), views(3, 9, shares=False))
    assert shares.creators == {1: usd(40), 2: usd("0.02")}  # 0.04 for a thousand
    assert shares.platform == usd("959.98")
    assert shares.said == "1,000,500 views at $0.04 for 1,000 come to $40.02"


def test_a_fund_that_is_too_small_is_shared_in_proportion_and_says_so() -> None:
    shares = by_rate("10", views(1, 1 * MILLION), views(2, 3 * MILLION))
    assert shares.creators == {1: usd("2.5"), 2: usd("7.5")}
    assert shares.platform == usd(0)
    assert shares.said.endswith("come to $160.00; the pool has $10.00, shared in proportion")


@pytest.mark.parametrize(
    ("country", "pays"), [("US", "0.04"), ("DE", "0.03"), ("JP", "0.02"), ("", "0.02")]
)
def test_each_country_has_its_rate(country: str, pays: str) -> None:
    assert by_rate("1", views(1, 1_000), country=country).creators == {1: usd(pays)}


def test_a_currency_without_a_rate_pays_nothing() -> None:
    total = Money.parse(1_000, "JPY")
    shares = share_pool(total=total, counted=(views(1, 9_000),), rule=FUND, country="JP")
    assert shares.platform == total


def test_a_video_needs_a_thousand_views_to_earn_from_the_fund() -> None:
    rows = [views(1, 999), views(2, 1_000)]
    found = eligible(rows, rule=FUND, views_of={row.video_id: row.views for row in rows})
    assert [row.shares for row in found] == [False, True]
    everywhere = {UUID(int=1): 1_000, UUID(int=2): 1_000}  # one more in another country
    assert all(row.shares for row in eligible(rows, rule=FUND, views_of=everywhere))


def test_we_08_below_ten_million_views_the_pool_pays_nothing() -> None:
    rows = [views(1, 10), views(2, 90)]
    views_of = {row.video_id: row.views for row in rows}
    gated = eligible(rows, rule=SHORTS.pool, views_of=views_of, below={1})
    shares = share_pool(total=usd(100), counted=gated, rule=SHORTS.pool)
    assert shares.creators == {2: usd("40.5")}  # as if 1 had not accepted the terms
    assert shares.platform == usd("59.5")
    assert policy("shorts@2023-02-01").pool.gate is None


TOTALS = st.integers(0, 10**12).map(lambda micros: Money(micros, "USD"))
ROWS = st.lists(
    st.builds(
        CountedViews,
        creator_id=st.integers(1, 4),
        video_id=st.integers(1, 6).map(lambda n: UUID(int=n)),
        day=st.just(DAY),
        views=st.integers(1, 10**6),
        shares=st.booleans(),
        watched_ms=st.integers(0, 10**9),
    ),
    max_size=8,
    unique_by=lambda row: row.video_id,
)
WATCHED = st.builds(
    Watched,
    video_id=st.integers(1, 7).map(lambda n: UUID(int=n)),
    day=st.just(DAY),
    views=st.integers(1, 9),
    watched_ms=st.integers(0, 10**6),
)
MEMBERS = st.lists(
    st.builds(
        Member,
        viewer_id=st.uuids(),
        fee=st.integers(0, 10**8).map(lambda micros: Money(micros, "USD")),
        watched=st.lists(WATCHED, max_size=4).map(tuple),
    ),
    max_size=5,
)
RULES = st.sampled_from([PRO_RATA, PREMIUM, FUND, SHORTS.pool])


@dataclass(frozen=True)
class Story:
    """A pool with what was counted for it; ``extra`` is what no member paid."""

    extra: Money
    rows: list[CountedViews]
    rule: PoolRule
    members: list[Member]

    @property
    def total(self) -> Money:
        """All that is in the pool."""
        return Money(self.extra.micros + sum(one.fee.micros for one in self.members), "USD")

    def shared(self) -> PoolShares:
        """Share it."""
        return share_pool(
            total=self.total,
            counted=self.rows,
            rule=self.rule,
            country="US",
            members=self.members,
        )


STORIES = st.builds(Story, TOTALS, ROWS, RULES, MEMBERS)


@given(STORIES)
def test_whatever_the_method_the_parts_sum_to_the_whole(story: Story) -> None:
    shares = story.shared()
    parts = [*shares.creators.values(), *shares.holders.values(), shares.platform]
    assert sum(part.micros for part in parts) == shares.total.micros
    assert all(part.micros >= 0 for part in parts)
    lines: dict[int, int] = {}
    for line in shares.lines:
        lines[line.creator_id] = lines.get(line.creator_id, 0) + line.amount.micros
    assert lines == {creator: amount.micros for creator, amount in shares.creators.items()}


@given(STORIES, st.randoms(use_true_random=False))
def test_whatever_the_method_the_order_does_not_matter(story: Story, chance: random.Random) -> None:
    rows, members = list(story.rows), list(story.members)
    chance.shuffle(rows)
    chance.shuffle(members)
    assert replace(story, rows=rows, members=members).shared() == story.shared()


def _naive(story: Story) -> dict[int, Fraction]:
    """Return what each creator is owed in exact micro-units, the obvious way."""
    sharing = {row.video_id: row for row in story.rows if row.shares}
    owed = {row.creator_id: Fraction(0) for row in sharing.values()}
    share = story.rule.creator_share.ratio
    whole = sum(row.views for row in sharing.values())
    for row in sharing.values():
        in_part = Fraction(story.total.micros * row.views, whole)
        if story.rule.method == "fixed_rate":
            owed[row.creator_id] += min(Fraction(40_000 * row.views, 1_000), in_part)
        else:
            owed[row.creator_id] += in_part * share
    return owed


def _naive_by_members(story: Story) -> dict[int, Fraction]:
    """Return the same where every fee goes its own way."""
    creator_of = {row.video_id: row.creator_id for row in story.rows if row.shares}
    owed = dict.fromkeys(creator_of.values(), Fraction(0))
    seen_by = {
        number: [
            (creator_of[one.video_id], one.watched_ms)
            for one in member.watched
            if one.video_id in creator_of
        ]
        for number, member in enumerate(story.members)
    }
    fees: list[tuple[int, list[tuple[int, int]]]] = []
    idle = story.extra.micros
    for number, member in enumerate(story.members):
        if sum(ms for _, ms in seen_by[number]):
            fees.append((member.fee.micros, seen_by[number]))
        else:
            idle += member.fee.micros
    fees.append((idle, [one for seen in seen_by.values() for one in seen]))
    for micros, seen in fees:
        whole = sum(ms for _, ms in seen)
        for creator, ms in seen if whole else ():
            owed[creator] += micros * story.rule.creator_share.ratio * ms / whole
    return owed


@given(STORIES.filter(lambda story: story.rule.method != "creator_pool"))
def test_every_creator_gets_their_exact_fraction(story: Story) -> None:
    """One rounding for a pool, and one for each video in each member's fee."""
    by_member = story.rule.method == "user_centric"
    exact = _naive_by_members(story) if by_member else _naive(story)
    roundings = 6 * (len(story.members) + 1) if by_member else 1
    creators = story.shared().creators
    for creator, owed in exact.items():
        assert abs(creators.get(creator, Money.zero("USD")).micros - owed) < roundings


@given(ROWS, st.sampled_from([PRO_RATA, SHORTS.pool]), st.integers(2, 9))
def test_more_views_of_everybody_change_nothing(
    rows: list[CountedViews], rule: PoolRule, times: int
) -> None:
    grown = [replace(row, views=row.views * times) for row in rows]
    before = share_pool(total=usd(1), counted=rows, rule=rule)
    assert share_pool(total=usd(1), counted=grown, rule=rule).creators == before.creators
