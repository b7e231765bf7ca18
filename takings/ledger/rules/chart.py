"""The chart of accounts: every name that may exist, its side, and how low it may go."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from takings.core.errors import Invalid
from takings.money.currency import COIN

AccountName = str
Side = Literal["debit", "credit"]
Nature = Literal["asset", "liability", "income", "expense", "contra", "clearing"]

LONGEST_NAME = 120
ZERO = 0
NO_FLOOR = None
BUSY, LIVELY = 16, 4  # lanes of accounts that everybody, or many, post to at once

_SIDES: dict[Nature, Side] = {
    "asset": "debit",
    "expense": "debit",
    "contra": "debit",
    "liability": "credit",
    "income": "credit",
    "clearing": "credit",
}


class UnknownAccount(Invalid):
    """The name is not in the chart of accounts."""

    code = "unknown_account"
    sentence = "“{account}” is not an account of the chart; see docs/money.md for those that exist."


@dataclass(frozen=True, slots=True)
class AccountKind:
    """One line of the chart: ``pattern`` with ``<holes>``, what it is, and its floor.

    ``floor_micros`` is the lowest balance allowed, ``None`` for none; ``is_coin`` says whether it
    holds COIN or fiat money. ``lane_count`` divides an account that many post to at once, so that
    they need not wait for each other.
    """

    pattern: str
    nature: Nature
    floor_micros: int | None
    meaning: str
    is_coin: bool = False
    lane_count: int = 1

    @property
    def side(self) -> Side:
        """The side on which the account grows: debit for what we own, credit for what we owe."""
        return _SIDES[self.nature]

    def holds(self, currency: str) -> bool:
        """Tell whether an account of this kind may hold this currency."""
        return (currency == COIN) == self.is_coin


CHART: tuple[AccountKind, ...] = (
    AccountKind(
        "provider:<name>",
        "asset",
        NO_FLOOR,  # a dispute after the payout: the provider took more than it held
        "held at a payment provider; below zero we owe it",
        lane_count=BUSY,
    ),
    AccountKind("bank", "asset", ZERO, "the platform's own bank account"),
    AccountKind("advertiser:<id>:prepaid", "liability", ZERO, "what an advertiser may still spend"),
    AccountKind("advertiser:<id>:reserved", "liability", ZERO, "leased to ad servers, not charged"),
    AccountKind(
        "pool:<product>:<country>:<period>", "liability", ZERO, "money waiting to be shared"
    ),
    AccountKind(
        "creator:<id>:pending",
        "liability",
        ZERO,
        "earned, inside its hold window",
        lane_count=LIVELY,
    ),
    AccountKind(
        "creator:<id>:payable",
        "liability",
        NO_FLOOR,  # a clawback after the payout is shown as owed, never hidden
        "may be paid out; below zero it is owed to us",
    ),
    AccountKind("unclaimed:<jurisdiction>", "liability", ZERO, "nobody came; for the state"),
    AccountKind("creator:<id>:held", "liability", ZERO, "held by a named decision with an end"),
    AccountKind("viewer:<id>:coins", "liability", ZERO, "coins a viewer bought", is_coin=True),
    AccountKind("viewer:<id>:bonus_coins", "liability", ZERO, "coins given free", is_coin=True),
    AccountKind(
        "coins:issued",
        "contra",
        ZERO,
        "all coins in people's wallets",
        is_coin=True,
        lane_count=BUSY,
    ),
    AccountKind(
        "coins:liability", "liability", ZERO, "received for coins not yet given", lane_count=BUSY
    ),
    AccountKind(
        "coins:liability:<id>", "liability", ZERO, "received for one lot of coins, not yet given"
    ),
    AccountKind("escrow:deal:<id>", "liability", ZERO, "a sponsorship's money, in nobody's reach"),
    AccountKind("escrow:gift:<id>", "liability", ZERO, "a held gift's money, not seized"),
    AccountKind("escrow:request:<id>", "liability", ZERO, "a custom request's money"),
    AccountKind("escrow:order:<id>", "liability", ZERO, "a shop order's money"),
    AccountKind(
        "unearned:pass:<id>", "liability", ZERO, "paid for days without ads, not shared yet"
    ),
    AccountKind(
        "unearned:membership:<id>", "liability", ZERO, "paid by a member for days that are not over"
    ),
    AccountKind(
        "platform:revenue:<stream>", "income", NO_FLOOR, "the platform's share", lane_count=BUSY
    ),
    AccountKind("platform:fees", "expense", NO_FLOOR, "provider fees we bear", lane_count=BUSY),
    AccountKind(
        "platform:loss", "expense", NO_FLOOR, "losses stated, never hidden", lane_count=BUSY
    ),
    AccountKind("tax:<jurisdiction>:<kind>", "liability", ZERO, "tax collected or withheld"),
    AccountKind(
        "tax_receivable:<jurisdiction>:<kind>", "asset", ZERO, "a tax authority owes it to us"
    ),
    AccountKind("rights:<holder>", "liability", ZERO, "owed to music and other rights holders"),
    AccountKind(
        "vouchers:<shop>",
        "liability",
        NO_FLOOR,  # a shop may be paid for codes before they are given out
        "due to a shop for vouchers; below zero they were paid ahead",
    ),
    AccountKind("fx:<currency>", "clearing", NO_FLOOR, "the two halves of a conversion"),
    AccountKind(
        "opening:<currency>", "clearing", NO_FLOOR, "the other side of what stood before the books"
    ),
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"<[a-z]+>", "[A-Za-z0-9_.-]+", pattern))


_COMPILED = tuple((_compiled(kind.pattern), kind) for kind in CHART)


@lru_cache(maxsize=65_536)
def account_kind(name: AccountName) -> AccountKind:
    """Return the chart's line for this name, or refuse with :class:`UnknownAccount`."""
    if len(name) <= LONGEST_NAME:
        for pattern, kind in _COMPILED:
            if pattern.fullmatch(name):
                return kind
    raise UnknownAccount(account=name)
