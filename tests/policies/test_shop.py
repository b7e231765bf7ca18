"""What selling costs, by the day: read from a pack, and refused when it says nothing sensible."""

import datetime as dt
import tomllib
from copy import deepcopy
from typing import Any

import pytest

from takings.money import Money, Rate
from takings.policies.queries import shop_rule, shop_rule_at, versions
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, NoPolicyCovers, UnknownPolicy, read_shop_pack

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def pack() -> dict[str, Any]:
    return deepcopy(tomllib.loads((PACKS / "shop.toml").read_text()))


def test_the_commission_is_the_sellers_countrys_and_the_days_are_said() -> None:
    rule = shop_rule_at(at=NOON)
    assert [rule.commission_in(one) for one in ("US", "DE")] == [Rate.of_bp(600), Rate.of_bp(900)]
    assert rule.refund_fees == {"US": (Rate.of_bp(2_000), Money.parse("5", "USD"))}
    assert (rule.back.days, rule.ship.days, rule.click.days) == (14, 7, 30)
    assert (shop_rule(rule.version), versions(pack="shop")) == (rule, ())


def test_before_the_first_version_nothing_is_sold() -> None:
    with pytest.raises(NoPolicyCovers):
        shop_rule_at(at=NOON - dt.timedelta(days=2))
    with pytest.raises(UnknownPolicy):
        shop_rule("shop@1999-01-01")


@pytest.mark.parametrize(
    ("name", "value", "because"),
    [
        ("commission", ["US 600"], "is elsewhere"),
        ("commission", ["* ten"], "“\\* ten” is no country"),
        ("commission", ["* 10000"], "is no country"),
        ("affiliate_most", 9_100, "leaves the seller nothing"),
        ("refund_fee", ["US 2000"], "is no country, basis points"),
    ],
)
def test_a_pack_that_says_no_commission_is_broken(name: str, value: object, because: str) -> None:
    tree = pack()
    tree["version"][0]["shop"][name]["value"] = value
    with pytest.raises(BrokenPack, match=because):
        read_shop_pack(tree)
