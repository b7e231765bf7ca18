"""How memberships of creators are sold, by dated facts; and what is no such pack."""

import datetime as dt
import tomllib
from copy import deepcopy
from typing import Any

import pytest

from takings.money import Money, Rate
from takings.policies.queries import member_rule, member_rule_at, versions
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, NoPolicyCovers, UnknownPolicy
from takings.policies.rules.memberships import read_member_pack

Tree = dict[str, Any]  # a parsed TOML file is any tree
FIRST_DAY = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def test_memberships_have_a_rule_from_the_first_day_on() -> None:
    rule = member_rule_at(at=FIRST_DAY)
    assert (rule.share, rule.tiers, rule.withdrawal_days) == (Rate.of_bp(7_000), 5, 14)
    assert (rule.creator_age("DE"), rule.creator_age("KR")) == (18, 19)
    assert (rule.fan_age("DE"), rule.fan_age("KR")) == (18, 19)
    assert [rule.currency_in(one) for one in ("DE", "JP", "BR")] == ["EUR", "JPY", "USD"]
    assert rule.prices["EUR"] == (Money.parse("0.99", "EUR"), Money.parse("99.99", "EUR"))
    assert (rule.charged_days_after, rule.grace.days, rule.notice.days) == ((0, 1, 3, 5), 6, 30)
    assert all(fact.source for fact in rule.facts)
    assert member_rule(rule.version) == rule
    with pytest.raises(UnknownPolicy):
        member_rule("memberships@1999-01-01")
    assert versions(pack="memberships") == ()  # no policy of views
    with pytest.raises(NoPolicyCovers, match="memberships"):
        member_rule_at(at=FIRST_DAY - dt.timedelta(seconds=1))


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("share", 10_001, "basis points"),
        ("creator_ages", ["DE 18"], "nothing for “\\*”"),
        ("fan_ages", ["* old"], "no country and age"),
        ("currencies", ["DE EUR"], "nothing for “\\*”"),
        ("currencies", ["* shells"], "no country and currency"),
        ("prices", ["USD 1 2"], "no bounds"),
        ("prices", ["USD 1"], "no currency and two prices"),
        ("prices", ["USD 2 1"], "from the least to the most"),
        ("charged_days_after", [], "goes up"),
        ("charged_days_after", ["1", "0"], "goes up"),
        ("charged_days_after", ["0", "6"], "within the grace"),
        ("charged_days_after", ["soon"], "no number of days"),
    ],
)
def test_a_pack_that_cannot_be_kept_is_broken(name: str, value: object, because: str) -> None:
    tree: Tree = deepcopy(tomllib.loads((PACKS / "memberships.toml").read_text(encoding="utf-8")))
    tree["version"][0]["memberships"][name]["value"] = value
    with pytest.raises(BrokenPack, match=because):
        read_member_pack(tree)
