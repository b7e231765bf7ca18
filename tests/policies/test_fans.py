"""What fans are shown of each other, by dated facts."""

import datetime as dt
import tomllib
from copy import deepcopy
from typing import Any

import pytest

from takings.policies.queries import fan_rule_at, versions
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, NoPolicyCovers, read_fan_pack

Tree = dict[str, Any]  # a parsed TOML file is any tree
FIRST_DAY = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def pack() -> Tree:
    return deepcopy(tomllib.loads((PACKS / "fans.toml").read_text(encoding="utf-8")))


def test_nobody_is_ranked_by_amount_where_it_is_forbidden() -> None:
    rule = fan_rule_at(at=FIRST_DAY)
    ranked = [rule.ranks_by_amount(*where) for where in (("DE", "US"), ("CN",), ("DE", "CN"))]
    assert ranked == [True, False, False]
    assert len(rule.coin_levels) == len(rule.gift_levels) == len(rule.level_names)
    assert (rule.coin_levels[1], rule.gift_levels[1]) == (100_000_000, 5)
    assert all(fact.source for fact in rule.facts)
    assert versions(pack="fans") == ()  # no policy of views
    with pytest.raises(NoPolicyCovers, match="fans"):
        fan_rule_at(at=FIRST_DAY - dt.timedelta(seconds=1))


@pytest.mark.parametrize("value", [[1, 2], [1] * 8, [0, *range(2, 9)], ["1"] * 8])
def test_levels_that_do_not_grow_or_have_no_name_are_broken(value: list[object]) -> None:
    tree = pack()
    facts = tree["version"][0]["fans"]
    facts["levels_by_gifts"] = {**facts["levels_by_gifts"], "value": value}
    with pytest.raises(BrokenPack, match="numbers that grow"):
        read_fan_pack(tree)
