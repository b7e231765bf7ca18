"""What can be agreed about a request, by dated facts; and what is no such pack."""

import datetime as dt
import tomllib
from copy import deepcopy
from typing import Any

import pytest

from takings.money import Money, Rate
from takings.policies.queries import request_rule, request_rule_at, versions
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, NoPolicyCovers, UnknownPolicy, read_request_pack

Tree = dict[str, Any]  # a parsed TOML file is any tree
FIRST_DAY = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def test_four_fifths_are_the_creators_and_every_clock_is_dated() -> None:
    rule = request_rule_at(at=FIRST_DAY)
    assert rule == request_rule("requests@2026-11-26")
    assert (rule.share, rule.age_in("KR"), rule.age_in("DE")) == (Rate.of_bp(8_000), 19, 18)
    assert (rule.currency_in("DE"), rule.currency_in("JP")) == ("EUR", "USD")
    assert rule.prices["GBP"] == (Money.parse("5", "GBP"), Money.parse("2000", "GBP"))
    assert (rule.accept, rule.review) == (dt.timedelta(days=3), dt.timedelta(days=3))
    assert all(fact.source for fact in rule.facts)
    assert versions(pack="requests") == ()  # no policy of views
    with pytest.raises(NoPolicyCovers, match="requests"):
        request_rule_at(at=FIRST_DAY - dt.timedelta(seconds=1))
    with pytest.raises(UnknownPolicy):
        request_rule("requests@1999-01-01")


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("ages", ["KR 19"], "“\\*” for elsewhere"),
        ("ages", ["* 18", "KR"], "no countries"),
        ("ages", ["* old"], "no years"),
        ("currencies", ["DE EUR"], "“\\*” for elsewhere"),
        ("prices", ["EUR 5"], "no currency, least and most"),
        ("prices", ["EUR 5 much"], "no currency, least and most"),
    ],
)
def test_a_pack_that_says_nothing_for_elsewhere_or_no_amount_is_broken(
    name: str, value: list[str], because: str
) -> None:
    tree: Tree = deepcopy(tomllib.loads((PACKS / "requests.toml").read_text(encoding="utf-8")))
    tree["version"][0]["requests"][name]["value"] = value
    with pytest.raises(BrokenPack, match=because):
        read_request_pack(tree)
