"""What a month without ads costs, by dated facts; and what is no price list."""

import datetime as dt
import tomllib
from copy import deepcopy
from typing import Any

import pytest

from takings.money import Money
from takings.policies.queries import pass_rule_at, versions
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, NoPolicyCovers, read_pass_pack

Tree = dict[str, Any]  # a parsed TOML file is any tree
FIRST_DAY = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def test_a_month_has_a_price_in_every_country_from_the_first_day_on() -> None:
    rule = pass_rule_at(at=FIRST_DAY)
    assert rule.price_in("DE") == Money.parse("5.99", "EUR")
    assert rule.price_in("GB") == Money.parse("4.99", "GBP")
    assert rule.price_in("JP") == rule.price_in("US") == Money.parse("5.99", "USD")
    assert (rule.withdrawal_days, rule.charged_days_before) == (14, (3, 2, 1))
    assert all(fact.source for fact in rule.facts)
    assert versions(pack="passes") == ()  # no policy of views
    with pytest.raises(NoPolicyCovers, match="passes"):
        pass_rule_at(at=FIRST_DAY - dt.timedelta(seconds=1))


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("prices", ["DE EUR 5.99"], "no price for “\\*”"),
        ("prices", ["* EUR"], "no country, currency and amount"),
        ("prices", ["* EUR cheap"], "no country, currency and amount"),
        ("charged_days_before", [], "goes down"),
        ("charged_days_before", ["1", "3"], "goes down"),
        ("charged_days_before", ["3", "0"], "no number of days"),
        ("charged_days_before", ["soon"], "no number of days"),
    ],
)
def test_a_pack_that_says_no_price_or_no_days_is_broken(
    name: str, value: list[str], because: str
) -> None:
    tree: Tree = deepcopy(tomllib.loads((PACKS / "passes.toml").read_text(encoding="utf-8")))
    tree["version"][0]["pass"][name]["value"] = value
    with pytest.raises(BrokenPack, match=because):
        read_pass_pack(tree)
