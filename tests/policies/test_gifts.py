"""What a gift brings, by dated facts: ours, and what other platforms say of theirs."""

import datetime as dt
import tomllib
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from takings.money import Money
from takings.policies.queries import gift_rule, gift_rule_at, versions
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, NoPolicyCovers, UnknownPolicy, read_gift_pack

Tree = dict[str, Any]  # a parsed TOML file is any tree
FIRST_DAY = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
COIN = 1_000_000


def pack() -> Tree:
    return deepcopy(tomllib.loads((PACKS / "gifts.toml").read_text(encoding="utf-8")))


def coins(count: int) -> Money:
    return Money(count * COIN, "COIN")


def test_half_of_what_the_coins_brought_is_the_creators_from_the_first_day_on() -> None:
    rule = gift_rule_at(at=FIRST_DAY)
    for brought, share in ((840_336, 420_168), (3, 2), (1, 1), (0, 0)):
        assert rule.share_of(coins=coins(100), brought=Money(brought, "EUR")).micros == share
    assert gift_rule(rule.version) is rule
    assert (rule.age_in("DE"), rule.age_in("KR"), rule.age_in("CN")) == (18, 19, 18)
    assert all(fact.source for fact in rule.facts)
    assert versions(pack="gifts") == ()  # no policy of views
    with pytest.raises(NoPolicyCovers, match="gifts"):
        gift_rule_at(at=FIRST_DAY - dt.timedelta(seconds=1))
    with pytest.raises(UnknownPolicy):
        gift_rule("gifts@1999-01-01")


@pytest.mark.parametrize(
    ("rate", "count", "earned"),
    [
        ("0.005", 1_000, "5"),  # WE-16: 2 Jewels → 1 Ruby → $0.01
        ("0.005", 1_001, "5.005"),  # WE-16, odd: nothing is cut before money leaves
        ("0.01", 100, "1"),  # WE-17: 100 Stars; WE-19: 100 Bits
        ("0.0025", 5_000, "12.50"),  # WE-18: as reported of TikTok, off by default
    ],
)
def test_a_rate_per_coin_pays_whatever_the_coins_cost(rate: str, count: int, earned: str) -> None:
    tree = pack()
    said = {"value": [f"USD {rate}"], "unit": "a coin", "mark": "O", "source": "the examples"}
    tree["version"][0]["gifts"]["per_coin"] = said
    [rule] = read_gift_pack(tree)
    for brought in ("0", "0.01", "99"):
        paid = Money.parse(brought, "USD")
        assert rule.share_of(coins=coins(count), brought=paid) == Money.parse(earned, "USD")
    euros = rule.share_of(coins=coins(count), brought=Money.parse("2", "EUR"))
    assert euros == Money.parse("1", "EUR")  # no rate is said: the share


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("share", 10_001, "0 to 10000"),
        ("share", -1, "no number from 0 on"),
        ("ages", ["DE 18"], "no age for “\\*”"),
        ("ages", ["* grown"], "no country and age"),
        ("per_coin", ["USD"], "no currency and amount"),
        ("per_coin", ["USD much"], "no currency and amount"),
        ("taken_back_from", "nobody", "creator or platform"),
    ],
)
def test_a_pack_that_says_no_share_or_age_is_broken(name: str, value: object, because: str) -> None:
    tree = pack()
    facts = tree["version"][0]["gifts"]
    facts[name] = {**facts["share"], "value": value}
    with pytest.raises(BrokenPack, match=because):
        read_gift_pack(tree)


def test_what_is_taken_back_late_may_be_a_loss_of_the_platform() -> None:
    tree = pack()
    assert read_gift_pack(tree)[0].taken_back_from == "creator"
    tree["version"][0]["gifts"]["taken_back_from"]["value"] = "platform"
    [rule] = read_gift_pack(tree)
    assert rule == replace(gift_rule_at(at=FIRST_DAY), taken_back_from="platform", facts=rule.facts)
