"""Conversion: an amount leaves in one currency and arrives in another, through ``fx`` accounts.

At 1 USD = 0.92 EUR, $100.00 of a creator becomes €92.00:

    creator:7:payable → fx:USD   100.000000 USD
    fx:EUR → creator:7:payable    92.000000 EUR

What the rate leaves below a micro-unit stays in ``fx``.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from takings.core.errors import Invalid
from takings.ledger.rules.chart import AccountName
from takings.ledger.rules.drafts import TransferDraft
from takings.money import Money
from takings.money.currency import CurrencyMismatch
from takings.money.rate import Rate

KIND = "converted"


class NothingArrives(Invalid):
    """The amount is worth less than a micro-unit of the other currency."""

    code = "nothing_arrives"
    sentence = "{amount} is worth less than the smallest unit of {currency}."


@dataclass(frozen=True, slots=True)
class DatedRate:
    """What one unit of ``base`` is worth in ``quote``, from a day on, as ``source`` says."""

    base: str
    quote: str
    valid_on: dt.date
    rate: Decimal
    source: str

    @property
    def reference(self) -> str:
        """What an entry that uses the rate refers to: ``rate:USD-EUR:2026-11-26``."""
        return f"rate:{self.base}-{self.quote}:{self.valid_on}"

    def convert(self, amount: Money) -> Money:
        """Return what the amount is worth, rounded down to a micro-unit.

        Refuses: CurrencyMismatch, NothingArrives.
        """
        if amount.currency != self.base:
            raise CurrencyMismatch(left=amount.currency, right=self.base)
        worth = amount.times(Rate(Fraction(self.rate)), rounding="down")
        if not worth:
            raise NothingArrives(amount=amount, currency=self.quote)
        return Money(worth.micros, self.quote)


def conversion(
    amount: Money, *, debit: AccountName, credit: AccountName, rate: DatedRate
) -> tuple[TransferDraft, TransferDraft]:
    """Return the two transfers that take an amount from one account to another at a dated rate.

    ``debit`` is in the currency of the amount, ``credit`` in the other. Put them into one entry of
    kind ``converted`` with ``rate.reference``. Refuses: CurrencyMismatch, NothingArrives.
    """
    worth = rate.convert(amount)
    return (
        TransferDraft(debit=debit, credit=f"fx:{rate.base}", amount=amount),
        TransferDraft(debit=f"fx:{rate.quote}", credit=credit, amount=worth),
    )
