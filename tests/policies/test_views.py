"""What platforms call a view: packs by date, and packs that cannot be read."""

import datetime as dt
import tomllib
from copy import deepcopy
from typing import Any

import pytest

from takings.policies.queries import policy, view_policies, view_policy_at
from takings.policies.queries.packs import VIEWS
from takings.policies.rules import BrokenPack, NoPolicyCovers, describe, read_view_pack
from tests.make.people import NOON

APRIL = dt.datetime(2025, 3, 31, tzinfo=dt.UTC)
Tree = dict[str, Any]  # a parsed TOML file is any tree


def _tiktok() -> Tree:
    return deepcopy(tomllib.loads((VIEWS / "tiktok.toml").read_text(encoding="utf-8")))


def test_youtube_changed_what_a_view_is_in_2025() -> None:
    before = view_policy_at(platform="youtube", at=APRIL - dt.timedelta(seconds=1)).definitions
    after = view_policy_at(platform="youtube", at=APRIL).definitions
    assert (before["public"].min_watch_ms, after["public"].min_watch_ms) == (5_000, 0)
    assert (before["public"].counts_replays, after["public"].counts_replays) == (False, True)
    assert before["engaged"] == after["engaged"]
    assert not after["engaged"].counts_promoted


def test_every_fact_of_every_platform_says_who_says_so() -> None:
    for path in VIEWS.iterdir():
        for version in view_policies(platform=path.stem):
            assert version.facts != ()
            assert all(fact.source and fact.mark for fact in version.facts)


def test_a_platform_nobody_wrote_down_has_no_views() -> None:
    assert view_policies(platform="../house") == ()
    with pytest.raises(NoPolicyCovers, match="loops"):
        view_policy_at(platform="loops", at=NOON)


def test_search_asks_for_its_own_time_and_part_of_the_length_does_not_help() -> None:
    rule = view_policy_at(platform="tiktok", at=NOON).definitions["qualified"]
    assert rule.is_long_enough(watched_ms=5_000, duration_ms=60_000)
    assert not rule.is_long_enough(watched_ms=4_999, duration_ms=5_000)
    assert not rule.is_long_enough(watched_ms=29_999, duration_ms=30_000, surface="search")
    assert rule.is_long_enough(watched_ms=30_000, duration_ms=90_000, surface="search")


@pytest.mark.parametrize(
    ("fact", "value", "why"),
    [
        ("surface_min_watch_ms", ["search"], "no surface and milliseconds"),
        ("surface_min_watch_ms", ["search soon"], "no surface and milliseconds"),
        ("surfaces", ["feed'"], "“feed'” is none"),
        ("countries", ["USA"], "“USA” is none"),
        ("once_ever", 1, "type bool"),
    ],
)
def test_a_pack_that_cannot_be_read_is_broken(fact: str, value: object, why: str) -> None:
    tree = _tiktok()
    tree["version"][0]["qualified"][fact]["value"] = value
    with pytest.raises(BrokenPack, match=why):
        read_view_pack(tree)


def test_limits_of_a_day_are_told_with_their_facts() -> None:
    (told,) = [one for one in describe(policy("house@2027-01-01")) if one.topic == "traffic"]
    assert told.text == (
        "Views of one day (UTC) do not count of viewers with more than 2,000 showings, of networks "
        "with more than 50,000, that last 60 seconds longer than time passed, in more than 3 "
        "players at once, of videos that more than 500 watched on one network, of videos with 200 "
        "viewers or more, over 80 % of them on one network."
    )
    assert len(told.facts) == 7
    assert "traffic" not in {one.topic for one in describe(policy("house@2026-01-01"))}
