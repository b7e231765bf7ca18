"""What a tax authority is owed, of which months, and by which transfers it is paid."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from takings.core.errors import Conflict, Invalid
from takings.invoicing.rules import receivable_of
from takings.ledger.rules import AccountName, TransferDraft
from takings.money import Money, format_money

BANK = "bank"
TAX, RECEIVABLE, UNCLAIMED = "tax:", "tax_receivable:", "unclaimed:"


class NotPaidInCents(Invalid):
    """A bank moves whole cents."""

    code = "not_paid_in_cents"
    sentence = "{amount} is no amount that a bank moves; write whole cents, more than none."


class MoreThanIsDue(Conflict):
    """Nobody is paid more than the books say they are owed."""

    code = "more_than_is_due"
    sentence = "{due} is due; {asked} cannot be paid."


@dataclass(frozen=True, slots=True)
class TaxStanding:
    """What was collected or withheld for an authority and is here, and what it owes back."""

    account: AccountName
    held: Money
    owed_back: Money

    @property
    def receivable(self) -> AccountName:
        """The account of what the authority owes back: ``tax_receivable:US:withheld``."""
        return receivable_of(self.account)

    @property
    def due(self) -> Money:
        """What may be paid to it now, in whole cents."""
        return max(self.held - self.owed_back, Money.zero(self.held.currency)).split_payable()[0]

    @property
    def refund(self) -> Money:
        """What it owes beyond what it is owed, in whole cents."""
        return max(self.owed_back - self.held, Money.zero(self.held.currency)).split_payable()[0]

    def offset(self, paid: Money) -> Money:
        """Return what it owes back and keeps: as much as there is beside what is paid."""
        return min(self.owed_back, self.held - paid)


def check_paid(paid: Money, *, due: Money) -> None:
    """Refuse what is nothing, no whole cents or too much: NotPaidInCents, MoreThanIsDue."""
    if paid <= Money.zero(paid.currency) or paid.split_payable()[1]:
        raise NotPaidInCents(amount=paid.decimal())
    if paid > due:
        raise MoreThanIsDue(due=format_money(due), asked=format_money(paid))


def tax_paid(standing: TaxStanding, *, paid: Money, offset: Money) -> tuple[TransferDraft, ...]:
    """Return the transfers by which an authority is paid, less what it owes back.

    Of $30.00 withheld, $10.00 is for a payout that came back after its tax was paid: $20.00 leaves.
    """
    kept = TransferDraft(standing.account, standing.receivable, offset) if offset else None
    left = TransferDraft(standing.account, BANK, paid)
    return (left, kept) if kept else (left,)


def unpaid_months(
    inflows: Sequence[tuple[dt.date, Money]], *, left: Money
) -> list[tuple[dt.date, Money]]:
    """Return what of each month is still here, newest first: the oldest is paid first."""
    months, rest = [], left
    for first, inflow in sorted(inflows, reverse=True):
        part = min(inflow, rest)
        if part:
            months.append((first, part))
        rest -= part
    return months
