"""What selling in the shop costs and how long its steps take, and reading the pack that says so."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from takings.core.errors import Invalid
from takings.money import Money, Rate
from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.products import ELSEWHERE
from takings.policies.rules.values import Fact

_MINUTE, _DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class ShopRule:
    """``commissions`` of goods without tax, by the seller's country; ``*`` is elsewhere.

    ``refund_fees`` are, by the same country, the part of a commission that is kept when what was
    earned goes back, and the most it may be. Stock is kept for a payer for ``reserve``; a parcel is
    on its way within ``ship``, counts as there after ``arrive`` and may be sent back within
    ``back`` of that; a seller answers within ``answer``. What is downloaded is earned after
    ``digital``. An affiliate gets at most ``affiliate_most``, needs so many followers, and a sale
    within ``click`` of the click.
    """

    version: str
    effective_from: dt.datetime
    commissions: Mapping[str, Rate]
    refund_fees: Mapping[str, tuple[Rate, Money]]
    age: int
    reserve: dt.timedelta
    ship: dt.timedelta
    arrive: dt.timedelta
    back: dt.timedelta
    answer: dt.timedelta
    digital: dt.timedelta
    affiliate_most: Rate
    affiliate_followers: int
    click: dt.timedelta
    facts: tuple[Fact, ...]

    def commission_in(self, country: str) -> Rate:
        """Return the platform's part of what a seller of this country sells."""
        return self.commissions.get(country, self.commissions[ELSEWHERE])


def read_shop_pack(tree: Tree) -> tuple[ShopRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("shop",)))


def _rule(version: Version) -> ShopRule:
    facts = version.facts

    def number(name: str) -> int:
        return value_of(facts, f"shop.{name}", int)

    commissions = dict(_commission(row) for row in value_of(facts, "shop.commission", list))
    if ELSEWHERE not in commissions:
        message = "shop.commission says none for “*”, which is elsewhere"
        raise BrokenPack(message)
    if number("affiliate_most") + max(_bp(one) for one in commissions.values()) >= WHOLE_BP:
        message = "shop.affiliate_most leaves the seller nothing"
        raise BrokenPack(message)
    return ShopRule(
        version=version.name,
        effective_from=version.effective_from,
        commissions=commissions,
        refund_fees=dict(_fee(row) for row in value_of(facts, "shop.refund_fee", list)),
        age=number("age"),
        reserve=number("reserve_minutes") * _MINUTE,
        ship=number("ship_days") * _DAY,
        arrive=number("arrive_days") * _DAY,
        back=number("return_days") * _DAY,
        answer=number("answer_days") * _DAY,
        digital=number("digital_days") * _DAY,
        affiliate_most=Rate.of_bp(number("affiliate_most")),
        affiliate_followers=number("affiliate_followers"),
        click=number("click_days") * _DAY,
        facts=tuple(facts.values()),
    )


def _bp(rate: Rate) -> int:
    return int(rate.ratio * WHOLE_BP)


def _commission(row: str) -> tuple[str, Rate]:
    """Read ``US 600``: the country (``*`` is elsewhere), and basis points."""
    country, _, points = row.partition(" ")
    if not points.isdecimal() or int(points) >= WHOLE_BP:
        message = f"shop.commission: “{row}” is no country and basis points"
        raise BrokenPack(message)
    return country, Rate.of_bp(int(points))


def _fee(row: str) -> tuple[str, tuple[Rate, Money]]:
    """Read ``US 2000 USD 5.00``: the country, basis points of the commission, and the most."""
    try:
        country, points, code, most = row.split()
        return country, (Rate.of_bp(int(points)), Money.parse(most, code))
    except (ValueError, Invalid) as wrong:
        message = f"shop.refund_fee: “{row}” is no country, basis points, currency and amount"
        raise BrokenPack(message) from wrong
