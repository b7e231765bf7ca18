"""What a month without ads costs and how it is sold, and reading the pack that says so."""

import datetime as dt
from dataclasses import dataclass

from takings.core.errors import Invalid
from takings.money import Money
from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.products import ELSEWHERE
from takings.policies.rules.values import Fact


@dataclass(frozen=True, slots=True)
class PassRule:
    """``prices`` by country, taxes included; ``*`` is elsewhere.

    Within ``withdrawal_days`` after buying, the whole fee is given back to who asks. The next month
    is charged ``charged_days_before`` its beginning: on the first of these days, and on each of the
    others if the card was declined until then.
    """

    version: str
    effective_from: dt.datetime
    prices: tuple[tuple[str, Money], ...]
    withdrawal_days: int
    charged_days_before: tuple[int, ...]
    facts: tuple[Fact, ...]

    def price_in(self, country: str) -> Money:
        """Return what a month costs somebody of this country."""
        known = dict(self.prices)
        return known.get(country, known[ELSEWHERE])


def read_pass_pack(tree: Tree) -> tuple[PassRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("pass",)))


def _rule(version: Version) -> PassRule:
    facts = version.facts
    prices = tuple(_price(row) for row in value_of(facts, "pass.prices", list))
    days = tuple(_days(row) for row in value_of(facts, "pass.charged_days_before", list))
    if ELSEWHERE not in dict(prices):
        message = "pass.prices says no price for “*”, which is elsewhere"
        raise BrokenPack(message)
    if not days or list(days) != sorted(set(days), reverse=True):
        message = "pass.charged_days_before goes down from day to day"
        raise BrokenPack(message)
    return PassRule(
        version=version.name,
        effective_from=version.effective_from,
        prices=prices,
        withdrawal_days=value_of(facts, "pass.withdrawal_days", int),
        charged_days_before=days,
        facts=tuple(facts.values()),
    )


def _price(row: str) -> tuple[str, Money]:
    """Read ``DE EUR 5.99``: the country (``*`` is elsewhere), and what a month costs there."""
    try:
        country, code, amount = row.split()
        return country, Money.parse(amount, code)
    except (ValueError, Invalid) as wrong:
        message = f"pass.prices: “{row}” is no country, currency and amount"
        raise BrokenPack(message) from wrong


def _days(row: str) -> int:
    if not row.isdecimal() or int(row) == 0:
        message = f"pass.charged_days_before: “{row}” is no number of days"
        raise BrokenPack(message)
    return int(row)
