"""Private deals: what was agreed for an id, with a partner that bids here, or with a site.

The objects Pmp and Deal of OpenRTB 2.6. Where a price is fixed, the deal is *preferred*: it is
looked at first, and wins at that price before any auction. A deal with a floor takes part in it.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from takings.ads.rules.pricing import PER_MILLE
from takings.core.errors import Invalid
from takings.money import Money, format_money

MOST_SEATS = 20
LONGEST_ID = 64
_AT = {"floor": 1, "fixed": 3}
"""A first price above the floor; the floor is the price that was agreed (`at`)."""


class BadDeal(Invalid):
    """A deal that nobody could keep."""

    code = "bad_deal"
    sentence = "{sentence}"


class Kind(StrEnum):
    """What the price of a deal is: the least of a bid, or what is paid."""

    FLOOR = "floor"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal by its id (``code``), at a price for a thousand; only ``seats`` may bid on it."""

    id: uuid.UUID
    code: str
    kind: Kind
    price: Money
    seats: frozenset[str] = frozenset()

    @property
    def price_micros(self) -> int:
        """The same for one impression, which ``check_deal`` made a whole number."""
        return self.price.micros // PER_MILLE

    @property
    def is_preferred(self) -> bool:
        """Tell whether it is looked at before the auction."""
        return self.kind is Kind.FIXED

    def offered(self) -> dict[str, object]:
        """Return it as a bid request offers it."""
        return {
            "id": self.code,
            "bidfloor": Decimal(self.price_micros).scaleb(-3),
            "bidfloorcur": self.price.currency,
            "at": _AT[self.kind],
            "wseat": sorted(self.seats),
        }


def check_deal(deal: Deal, *, dearest: Money | None) -> None:
    """Refuse what could not be kept. Refuses: BadDeal.

    ``dearest`` is the most that a bid of its partner may say; None for a deal with a site.
    """
    flaws = {
        f"The id has 1 to {LONGEST_ID} plain letters, without blanks.": not _is_id(deal.code),
        "The price for a thousand must be at least 0.001, in steps of 0.001: a whole number of"
        " millionths for one.": deal.price.micros <= 0 or deal.price.micros % PER_MILLE != 0,
        f"Name 1 to {MOST_SEATS} seats that may bid, each at most {LONGEST_ID} plain letters.": (
            dearest is not None and not (0 < len(deal.seats) <= MOST_SEATS and _are_ids(deal.seats))
        ),
        "A deal with a site names no seats: there we are the buyer.": (
            dearest is None and bool(deal.seats)
        ),
        f"The partner’s line item believes bids up to {_said(dearest)}; raise its price first.": (
            dearest is not None and deal.price.micros > dearest.micros
        ),
    }
    for sentence, applies in flaws.items():
        if applies:
            raise BadDeal(sentence=sentence)


def _said(price: Money | None) -> str:
    return format_money(price, exact=True) if price else ""


def _is_id(text: str) -> bool:
    is_plain = text.isascii() and text.isprintable() and " " not in text
    return 0 < len(text) <= LONGEST_ID and is_plain


def _are_ids(texts: Iterable[str]) -> bool:
    return all(_is_id(one) for one in texts)
