"""What of a balance leaves: netting, tax, whole cents; the only place where money is rounded."""

from collections.abc import Sequence
from dataclasses import dataclass

from takings.money import Money
from takings.payouts.rules.withholding import Withheld


@dataclass(frozen=True, slots=True)
class Parts:
    """A balance taken apart: ``gross`` leaves it (``net`` to the bank, ``withheld`` for taxes)."""

    gross: Money
    withheld: Money
    net: Money
    remainder: Money


def take_apart(*, balance: Money, withheld: Sequence[Withheld]) -> Parts:
    """Return what leaves, in whole cents after tax, and what stays for the next time.

    A balance is already net of what was taken back: a negative one leaves nothing and is owed.
    """
    taxes = sum((one.amount for one in withheld), Money.zero(balance.currency))
    net, remainder = (balance - taxes).split_payable()
    return Parts(gross=net + taxes, withheld=taxes, net=net, remainder=remainder)


def newly_paid(*, balance: Money, remainder_before: Money) -> Money:
    """Return what of a balance no payout has taxed yet; what was taken back lowers it, to zero."""
    return max(balance - remainder_before, Money.zero(balance.currency))


def carried(*, gross: Money, stated: Money) -> Money:
    """Return what a payout takes besides its statements, so that its lines sum to it.

    It is positive for what was left before or came otherwise, negative for what was taken back.
    """
    return gross - stated
