"""Dated policies: which one holds, what it says, and what is no policy."""

import datetime as dt
import tomllib
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from takings.ledger.actions import post
from takings.ledger.queries import check_books
from takings.ledger.rules import EntryDraft
from takings.money import Rate
from takings.policies.queries import (
    payout_policies,
    payout_policy_at,
    policy,
    policy_at,
    versions,
)
from takings.policies.queries.packs import PACKS
from takings.policies.rules import (
    BrokenPack,
    EscheatRule,
    Gate,
    NoPolicyCovers,
    NoProductRule,
    UnknownPolicy,
    ViewRule,
    describe,
    in_force,
    read_pack,
    read_payout_pack,
)
from tests.make.ledger import make_entry, move
from tests.make.people import NOON

UTC = dt.UTC
Tree = dict[str, Any]  # a parsed TOML file is any tree
YES = True


def _tree() -> Tree:
    return deepcopy(tomllib.loads((PACKS / "house.toml").read_text(encoding="utf-8")))


def test_the_house_policy_of_november() -> None:
    november = policy_at(at=dt.datetime(2026, 11, 3, tzinfo=UTC))
    assert november.version == "house@2026-01-01"
    assert november == policy("house@2026-01-01")
    assert november.view == ViewRule(
        min_watch_ms=5_000,
        min_percent=30,
        watch_comparator=">=",
        max_per_viewer_video_day=3,
        counts_own_views=False,
    )
    assert november.pool.creator_share == Rate.of_bp(4_500)
    assert november.ads.organic_between_ads == 4
    assert (november.ads.viewable_pixels_bp, november.ads.viewable_ms) == (5_000, 2_000)
    assert november.ads.token_ttl_s == 1_800
    assert (november.settlement.hold_days, november.settlement.late_days) == (7, 7)
    assert november.currency == "USD"


def test_a_version_holds_from_its_first_instant_until_the_next_begins() -> None:
    new_year = dt.datetime(2026, 1, 1, tzinfo=UTC)
    before = policy_at(at=new_year - dt.timedelta(microseconds=1))
    assert before.version == "house@2025-01-01"
    assert before.settlement.hold_days == 14
    assert policy_at(at=new_year).settlement.hold_days == 7


def test_a_pack_that_does_not_exist_covers_nothing() -> None:
    with pytest.raises(NoPolicyCovers, match="youtube"):
        policy_at(at=NOON, pack="youtube")


def test_before_the_first_version_no_policy_covers() -> None:
    with pytest.raises(NoPolicyCovers, match="2024-12-31"):
        policy_at(at=dt.datetime(2024, 12, 31, tzinfo=UTC))
    assert in_force((), at=NOON) is None


@pytest.mark.parametrize("version", ["house@2026-01-02", "house", "youtube@2026-01-01", "../x@1"])
def test_an_unknown_version_is_refused(version: str) -> None:
    with pytest.raises(UnknownPolicy, match=version.replace(".", r"\.")):
        policy(version)


@pytest.mark.parametrize(
    ("watched_ms", "duration_ms", "counts"),
    [
        (4_999, 60_000, False),
        (5_000, 60_000, True),
        (2_399, 8_000, False),
        (2_400, 8_000, True),
        (0, 8_000, False),
    ],
)
def test_a_view_counts_from_five_seconds_or_thirty_percent(
    watched_ms: int,
    duration_ms: int,
    counts: bool,  # noqa: FBT001 - a column of the table
) -> None:
    rule = policy("house@2026-01-01").view
    assert rule.is_long_enough(watched_ms=watched_ms, duration_ms=duration_ms) == counts


def test_more_than_is_not_at_least() -> None:
    """Two official pages say "less than 5 s excluded" and "longer than 5 s": both can be told."""
    rule = ViewRule(
        min_watch_ms=5_000,
        min_percent=50,
        watch_comparator=">",
        max_per_viewer_video_day=3,
        counts_own_views=False,
    )
    assert not rule.is_long_enough(watched_ms=5_000, duration_ms=60_000)
    assert rule.is_long_enough(watched_ms=5_001, duration_ms=60_000)
    assert not rule.is_long_enough(watched_ms=4_000, duration_ms=8_000)
    assert rule.is_long_enough(watched_ms=4_001, duration_ms=8_000)


def test_we_02_music_leaves_one_half_then_one_third() -> None:
    pool = policy("house@2026-01-01").pool
    parts = [pool.pool_part(tracks=tracks) for tracks in range(4)]
    assert parts == [1, Fraction(1, 2), Fraction(1, 3), Fraction(1, 3)]


def test_every_fact_has_a_source_and_a_mark() -> None:
    for version in versions():
        assert version.fact("view.min_watch_ms").comparator == ">="
        for fact in version.facts:
            assert fact.source
            assert fact.mark in {"house", "O", "O2", "S"}
        with pytest.raises(KeyError):
            version.fact("view.colour")


def test_people_read_the_policy_in_sentences() -> None:
    told = [sentence.text for sentence in describe(policy("house@2026-01-01"))]
    assert told == [
        "A view counts when at least 5 seconds or at least 30 % of the video were watched.",
        "The first 3 views of a video by one viewer on one day (UTC) count.",
        "Views of one's own videos do not count.",
        "An ad is seen when 50 % of its pixels were on screen for 2 seconds without a break.",
        "One ad comes after every 4 videos.",
        (
            "Each country's ad money is shared by views; music is paid first: a view with no music "
            "leaves 100 %, with one track leaves 50 %, with two tracks leaves 1/3 of its money to "
            "creators."
        ),
        (
            "What is left is allocated by each creator's share of the country's counted views; "
            "creators are paid 45 % of their allocation, with music or without."
        ),
        "Earnings are held for 7 days after the close, then may be paid out.",
        "A view that reaches us more than 7 days late does not count.",
    ]


def test_sentences_follow_their_facts() -> None:
    tree = _tree()
    version = tree["version"][1]
    version["view"]["min_watch_ms"] |= {"value": 1_000, "comparator": ">"}
    version["view"]["counts_own_views"]["value"] = True
    version["ads"]["viewable_ms"]["value"] = 1_500
    version["pool"]["creator_share"]["value"] = 4_550
    sentences = describe(read_pack(tree)[1])
    assert sentences[0].text.startswith("A view counts when more than 1 second or more than 30 %")
    assert sentences[2].text == "Views of one's own videos count."
    assert "for 1.5 seconds" in sentences[3].text
    assert "are paid 45.50 % of" in sentences[6].text
    assert [fact.name for fact in sentences[0].facts] == ["view.min_watch_ms", "view.min_percent"]


def test_products_are_told_after_feed_ads() -> None:
    told = {sentence.topic: sentence for sentence in describe(policy("house@2027-01-01"))}
    assert [fact.name for fact in told["creator_fund"].facts] == [
        *("creator_fund.method", "creator_fund.rates", "creator_fund.min_video_views"),
        "creator_fund.rest_to",
    ]
    assert told["creator_fund"].text == (
        "Each country's pool “creator fund” pays $0.04 in US, $0.04 in GB, $0.03 in DE, $0.03 in "
        "FR, $0.02 elsewhere for 1,000 counted views of videos with at least 1,000; if it is too "
        "small, in proportion."
    )
    assert told["premium"].text == (
        "Each country's pool “premium” pays creators 45 % of each member's fee, by that member's "
        "own counted watch time; the fee of who watched nothing is shared as the others' are."
    )
    feed, inside, members = describe(policy("shorts@2027-02-01"))[7:10]
    assert inside.text == (
        "An ad inside a video pays that video's creator 55 % of its price, with music or not."
    )
    assert feed.text == (
        "The pool pays creators with at least 10,000,000 counted views in the 90 days before its "
        "end; below, nothing until they are back above it."
    )
    assert members.text == (
        "Each country's pool “premium” pays creators 45 %, by each one's part of all counted views."
    )


def test_ads_inside_videos_pay_their_creators_from_december_on() -> None:
    november, december = policy("house@2026-01-01"), policy("house@2026-12-01")
    assert november.shares == {}
    assert december.shares == {"watch_ads": Rate.of_bp(5_500)}
    assert december.rule_of("watch_ads").creator_share == Rate.of_bp(5_500)
    assert (december.view, december.pool, december.ads, december.settlement) == (
        *(november.view, november.pool, november.ads, november.settlement),
    )
    earned_before = november.rule_of("watch_ads")  # whatever a period begins with, it can state it
    assert (earned_before.method, earned_before.creator_share) == ("direct", Rate.of_bp(0))


def test_a_version_without_a_rule_for_a_product_refuses_it_by_name() -> None:
    assert policy("house@2027-01-01").rule_of("feed_ads") == policy("house@2026-01-01").pool
    with pytest.raises(NoProductRule, match="house@2026-01-01 has no rule for a pool of “premium”"):
        policy("house@2026-01-01").rule_of("premium")


@pytest.mark.parametrize(
    ("value", "path", "because"),
    [
        ("by_luck", ("premium", "method"), "one of pro_rata, user_centric, fixed_rate"),
        ("creator_pool", ("premium", "method"), "one of pro_rata"),
        ("likes", ("premium", "unit"), "one of views, watched_ms"),
        ("lost", ("premium", "unwatched"), "one of rest, pro_rata"),
        (10_001, ("premium", "creator_share"), "0 to 10000 basis points"),
        (-1, ("shares", "watch_ads"), "0 to 10000 basis points"),
        (["US 0.04"], ("creator_fund", "rates"), "no country, currency and amount"),
        (["US USD much"], ("creator_fund", "rates"), "no country, currency and amount"),
        ([], ("creator_fund", "min_video_views"), "must be of type int"),
    ],
)
def test_a_product_that_says_no_way_to_share_is_broken(
    value: object, path: tuple[str, str], because: str
) -> None:
    tree = _tree()
    tree["version"][-1][path[0]][path[1]]["value"] = value
    with pytest.raises(BrokenPack, match=because):
        read_pack(tree)


def test_a_product_may_have_a_gate_of_its_own() -> None:
    tree = _tree()
    fact = {"unit": "", "mark": "house", "source": "for a quiet start"}
    tree["version"][-1]["premium"] |= {
        "gate_views": fact | {"value": 5_000},
        "gate_days": fact | {"value": 30},
    }
    read = read_pack(tree)[-1]
    assert read.rule_of("premium").gate == Gate(5_000, 30)
    text = next(one.text for one in describe(read) if one.topic == "premium")
    assert text.endswith(
        "at least 5,000 counted views in the 30 days before its end; below, "
        "nothing until they are back above it."
    )


def _without(*path: str) -> Tree:
    tree = _tree()
    table = tree["version"][1]
    for name in path[:-1]:
        table = table[name]
    del table[path[-1]]
    return tree


def _with(value: object, *path: str) -> Tree:
    tree = _tree()
    table = tree["version"][1]
    for name in path[:-1]:
        table = table[name]
    table[path[-1]] = value
    return tree


@pytest.mark.parametrize(
    ("tree", "because"),
    [
        ({}, "a pack needs a name"),
        ({"name": "house", "version": []}, "at least one version"),
        (_tree() | {"version": _tree()["version"][::-1]}, "listed by effective_from"),
        (_tree() | {"version": _tree()["version"][:1] * 2}, "each once"),
        (_without("effective_from"), "effective_from with a time zone"),
        (_with(dt.datetime(2026, 1, 1), "effective_from"), "effective_from with a time zone"),  # noqa: DTZ001 - naive
        (_without("announced_on"), "announced_on"),
        (_without("view"), r"section \[view\]"),
        (_without("view", "min_percent"), "min_percent"),
        (_without("view", "min_watch_ms"), "min_watch_ms"),
        (_without("view", "min_watch_ms", "comparator"), "comparator >= or >"),
        (_with("~", "view", "min_watch_ms", "comparator"), "needs a value, a unit"),
        (_with("M", "view", "min_watch_ms", "mark"), "a mark of"),
        (_with(5_000, "view", "min_watch_ms"), "needs a value, a unit"),
        (_with(1.5, "view", "min_watch_ms", "value"), "no value a policy can hold"),
        (_with(YES, "view", "min_watch_ms", "value"), "must be of type int"),
        (_with("5", "view", "min_watch_ms", "value"), "must be of type int"),
        (_with([], "pool", "pool_part_by_tracks", "value"), "starts with 1"),
        (_with(["1/2"], "pool", "pool_part_by_tracks", "value"), "starts with 1"),
        (_with(["1", "3/2"], "pool", "pool_part_by_tracks", "value"), "within 0 and 1"),
        (_without("settlement", "hold_days"), "settlement.hold_days"),
    ],
)
def test_a_pack_that_says_no_policy_is_broken(tree: Tree, because: str) -> None:
    with pytest.raises(BrokenPack, match=because):
        read_pack(tree)


def test_packs_are_read_from_their_folder() -> None:
    assert [path.stem for path in sorted(Path(PACKS).glob("*.toml"))] == [
        "breaks",
        "coins",
        "deals",
        "disclosure",
        "fans",
        "gifts",
        "house",
        "memberships",
        "passes",
        "payouts",
        "promotions",
        "requests",
        "shop",
        "shorts",
        "traffic",
    ]
    assert [version.version for version in versions()] == [
        *("house@2025-01-01", "house@2026-01-01", "house@2026-12-01", "house@2027-01-01"),
    ]


@pytest.mark.django_db
def test_check_books_finds_an_entry_whose_policy_does_not_exist() -> None:
    sound = make_entry(move("bank", "advertiser:7:prepaid", "1"))
    lost = EntryDraft(
        id=uuid4(),
        kind=sound.kind,
        reference=sound.reference,
        policy_version="house@1999-01-01",
        occurred_at=NOON,
        memo="",
        transfers=sound.transfers,
    )
    post(drafts=[sound], at=NOON)
    assert check_books() == []
    post(drafts=[lost], at=NOON)
    [finding] = check_books()
    assert finding.invariant == "every entry names a policy version that exists"
    assert (finding.row, "house@1999-01-01" in finding.sentence) == (f"entry:{lost.id}", True)


def _payouts(value: object, *path: str) -> Tree:
    tree = deepcopy(tomllib.loads((PACKS / "payouts.toml").read_text(encoding="utf-8")))
    table: Tree = tree["version"][1]
    for name in path[:-1]:
        table = table[name]
    table[path[-1]] |= {"value": value}
    return tree


def test_the_policy_of_payouts_is_dated_too() -> None:
    old, new, newest = payout_policies()
    assert payout_policy_at(at=NOON) == new
    assert (old.version, new.version) == ("payouts@2025-01-01", "payouts@2026-01-01")
    assert (new.dormancy.escheats, newest.dormancy.escheats) == ((), (EscheatRule("US", 730, 90),))
    assert (old.reports.nec_amount.amount.micros, new.reports.nec_amount.amount.micros) == (
        600_000_000,
        2_000_000_000,
    )
    with pytest.raises(NoPolicyCovers, match="payouts"):
        payout_policy_at(at=dt.datetime(2024, 12, 31, tzinfo=UTC))
    assert versions(pack="payouts") == ()  # no policy of views


@pytest.mark.parametrize(
    ("tree", "because"),
    [
        (_payouts("gross", "schedule", "minimum_of"), "one of balance, net"),
        (_payouts(["USD"], "schedule", "minimum"), "a row that cannot be read"),
        (_payouts(["USD much"], "schedule", "minimum"), "a row that cannot be read"),
        (_payouts(["IN 1500 soon"], "withholding", "treaties"), "a row that cannot be read"),
        (_payouts(["1 2"], "withholding", "brackets"), "a row that cannot be read"),
    ],
)
def test_a_pack_of_payouts_that_says_no_policy_is_broken(tree: Tree, because: str) -> None:
    with pytest.raises(BrokenPack, match=because):
        read_payout_pack(tree)
