"""What a gift brings its creator and what keeps gifts safe, and reading the pack that says so."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from takings.core.errors import Invalid
from takings.money import Money, Rate, allocate
from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.products import ELSEWHERE
from takings.policies.rules.values import Fact

MICROS = 1_000_000
WHOLE_BP = 10_000
TakenFrom = Literal["creator", "platform"]
_SEC, _DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GiftRule:
    """``share`` of what a gift's coins brought us is its creator's, or ``per_coin`` of a currency.

    ``ages`` are full years by country (``*`` is elsewhere), of who sends and of who receives. A
    gift can be undone for ``undo``; the same one again within ``combo`` goes on with the count. A
    gift is held for ``hold`` when an account younger than ``new_account`` sent so many coins in a
    day, or when its creator sent the sender one within ``circle``. What is taken back after the
    close of its period is ``taken_back_from`` the creator, or a loss of the platform.
    """

    version: str
    effective_from: dt.datetime
    share: Rate
    per_coin: Mapping[str, Money]
    ages: Mapping[str, int]
    undo: dt.timedelta
    combo: dt.timedelta
    message_chars: int
    new_account: dt.timedelta
    new_account_micros: int
    circle: dt.timedelta
    hold: dt.timedelta
    taken_back_from: TakenFrom
    facts: tuple[Fact, ...]

    def age_in(self, country: str) -> int:
        """Return from which age on somebody of this country sends and receives gifts."""
        return self.ages.get(country, self.ages[ELSEWHERE])

    def share_of(self, *, coins: Money, brought: Money) -> Money:
        """Return the creator's share of so many coins that ``brought`` us so much, without tax.

        A rate per coin pays whatever the coins cost, even more than they brought; a share of
        nothing is nothing. By largest remainder, so half a micro-unit is the creator's (ADR 8).
        """
        rate = self.per_coin.get(brought.currency)
        if rate is not None:
            return Money(coins.micros * rate.micros // MICROS, brought.currency)
        weights = {"creator": self.share.ratio, "platform": 1 - self.share.ratio}
        return Money(allocate(brought.micros, weights)["creator"], brought.currency)


def read_gift_pack(tree: Tree) -> tuple[GiftRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("gifts",)))


def _rule(version: Version) -> GiftRule:
    facts = version.facts

    def number(name: str) -> int:
        return _natural(facts, f"gifts.{name}")

    ages = dict(_age(row) for row in value_of(facts, "gifts.ages", list))
    if ELSEWHERE not in ages:
        message = "gifts.ages says no age for “*”, which is elsewhere"
        raise BrokenPack(message)
    if number("share") > WHOLE_BP:
        message = f"gifts.share is a share: 0 to {WHOLE_BP} basis points"
        raise BrokenPack(message)
    name = "gifts.per_coin"
    rates = [_rate(row) for row in value_of(facts, name, list)] if name in facts else []
    return GiftRule(
        version=version.name,
        effective_from=version.effective_from,
        share=Rate.of_bp(number("share")),
        per_coin={rate.currency: rate for rate in rates},
        ages=ages,
        undo=number("undo_s") * _SEC,
        combo=number("combo_s") * _SEC,
        message_chars=number("message_chars"),
        new_account=number("new_account_days") * _DAY,
        new_account_micros=number("new_account_coins") * MICROS,
        circle=number("circle_days") * _DAY,
        hold=number("hold_days") * _DAY,
        taken_back_from=_taken_from(value_of(facts, "gifts.taken_back_from", str)),
        facts=tuple(facts.values()),
    )


def _natural(facts: Mapping[str, Fact], name: str) -> int:
    number = value_of(facts, name, int)
    if number < 0:
        message = f"{name} is no number from 0 on"
        raise BrokenPack(message)
    return number


def _taken_from(word: str) -> TakenFrom:
    if word == "creator":
        return "creator"
    if word == "platform":
        return "platform"
    message = "gifts.taken_back_from is creator or platform"
    raise BrokenPack(message)


def _age(row: str) -> tuple[str, int]:
    """Read ``KR 19``: the country (``*`` is elsewhere), and the full years."""
    country, _, years = row.partition(" ")
    if not years.isdecimal():
        message = f"gifts.ages: “{row}” is no country and age"
        raise BrokenPack(message)
    return country, int(years)


def _rate(row: str) -> Money:
    """Read ``USD 0.01``: what a creator gets for a coin."""
    try:
        code, amount = row.split()
        return Money.parse(amount, code)
    except (ValueError, Invalid) as wrong:
        message = f"gifts.per_coin: “{row}” is no currency and amount"
        raise BrokenPack(message) from wrong
