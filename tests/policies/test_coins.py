"""What coins cost and who may have them, by dated facts; and what is no price list."""

import datetime as dt
import tomllib
from copy import deepcopy
from typing import Any

import pytest

from takings.money import Money
from takings.policies.queries import coin_rule_at, versions
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, MinorCap, NoPolicyCovers, read_coin_pack

Tree = dict[str, Any]  # a parsed TOML file is any tree
FIRST_DAY = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def changed(name: str, value: object) -> Tree:
    tree: Tree = deepcopy(tomllib.loads((PACKS / "coins.toml").read_text(encoding="utf-8")))
    tree["version"][0]["coins"][name]["value"] = value
    return tree


def test_a_pack_has_a_price_in_every_country_and_bought_coins_never_end() -> None:
    rule = coin_rule_at(at=FIRST_DAY)
    assert rule.price_of("chest", country="DE") == Money.parse("11.90", "EUR")
    assert rule.price_of("chest", country="JP") == Money.parse("1800", "JPY")
    assert rule.price_of("vault", country="BR") == Money.parse("61.99", "USD")
    assert [(one.name, one.bought, one.bonus) for one in rule.packs][-1] == ("vault", 5000, 500)
    assert (rule.bought_days, rule.bonus_days, rule.bonus_first) == (0, 180, True)
    assert (rule.adult_age("DE"), rule.adult_age("KR"), rule.withdrawal_days) == (18, 19, 14)
    assert rule.high_value("USD") == Money.parse("50", "USD")
    assert rule.high_value("PLN") == Money.zero("PLN")
    assert all(fact.source for fact in rule.facts)
    assert versions(pack="coins") == ()  # no policy of views
    with pytest.raises(NoPolicyCovers, match="coins"):
        coin_rule_at(at=FIRST_DAY - dt.timedelta(seconds=1))


def test_caps_for_minors_are_read_by_country_and_age() -> None:
    [rule] = read_coin_pack(changed("minors", ["CN 8 16 CNY 50 200"]))
    fifty, month = (Money.parse(amount, "CNY") for amount in (50, 200))
    assert rule.cap_of(country="CN", age=15) == MinorCap("CN", 8, 16, fifty, month)
    assert rule.cap_of(country="CN", age=16) is rule.cap_of(country="US", age=15) is None


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("prices", ["* handful USD 1.29"], "no price elsewhere .* for bag, chest, vault"),
        ("prices", ["* handful USD cheap"], "“\\* handful USD cheap” cannot be read"),
        ("packs", ["handful 0 0"], "“handful 0 0” cannot be read"),
        ("packs", ["handful 10"], "cannot be read"),
        ("adult_age", ["DE 18"], "no age for “\\*”"),
        ("adult_age", ["* old"], "cannot be read"),
        ("high_values", ["EUR"], "cannot be read"),
        ("minors", ["CN 8 16 CNY 50"], "cannot be read"),
    ],
)
def test_a_pack_that_says_no_price_or_no_age_is_broken(
    name: str, value: list[str], because: str
) -> None:
    with pytest.raises(BrokenPack, match=because):
        read_coin_pack(changed(name, value))
