"""What may be taken as promotion credits, by dated facts."""

import datetime as dt
import tomllib

import pytest

from takings.policies.queries import promotion_rule_at, versions
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, NoPolicyCovers, describe, read_promotion_pack

FIRST_DAY = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def test_adults_take_credits_one_for_one_and_public_videos_are_not_looked_at_twice() -> None:
    rule = promotion_rule_at(at=FIRST_DAY)
    assert (rule.age, rule.amounts[0], rule.least_budget, rule.is_reviewed) == (18, 5, 5, False)
    assert all(fact.source for fact in rule.facts)
    assert versions(pack="promotions") == ()  # no policy of views
    with pytest.raises(NoPolicyCovers, match="promotions"):
        promotion_rule_at(at=FIRST_DAY - dt.timedelta(seconds=1))


@pytest.mark.parametrize("value", [["5"], [0]])
def test_amounts_that_are_no_whole_units_are_broken(value: list[object]) -> None:
    tree = tomllib.loads((PACKS / "promotions.toml").read_text(encoding="utf-8"))
    tree["version"][0]["promotions"]["amounts"]["value"] = value
    with pytest.raises(BrokenPack, match="whole units"):
        read_promotion_pack(tree)


def test_from_january_on_views_that_were_paid_for_earn_nothing_and_the_policy_says_so() -> None:
    before, january = versions()[-2:]
    assert (before.view.counts_promoted, january.view.counts_promoted) == (True, False)
    told = "Views that somebody paid for, by a promotion, do not count."
    found = [sentence.text for sentence in describe(january)]
    assert (told in found, told in [one.text for one in describe(before)]) == (True, False)
