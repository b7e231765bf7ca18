"""What authorities are owed, from the books, and what was proposed to be paid to them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from takings.core.errors import NotFound
from takings.invoicing.rules import receivable_of
from takings.ledger import queries as ledger
from takings.ledger.queries.turnovers import turnovers
from takings.ledger.rules import AccountName
from takings.money import Money
from takings.payouts.models import Remittance
from takings.payouts.rules.remitting import RECEIVABLE, TAX, TaxStanding, unpaid_months
from takings.people.queries import Visitor, access_operator

NEWEST = 50
VAT = "vat"


class NoSuchRemittance(NotFound):
    """No payment to an authority has this id."""

    code = "no_such_remittance"
    sentence = "There is no such payment to an authority."


@dataclass(frozen=True, slots=True)
class TaxDue:
    """A tax of a jurisdiction as the desk shows it; ``months`` are unpaid, the newest first."""

    standing: TaxStanding
    months: Sequence[tuple[dt.date, Money]]

    @property
    def jurisdiction(self) -> str:
        """Whose tax it is."""
        return self.standing.account.split(":")[1]

    @property
    def tax(self) -> str:
        """Which tax it is."""
        kind = self.standing.account.split(":")[2].replace("_", " ")
        return kind.upper() if kind == VAT else kind


def tax_standing(*, account: AccountName, currency: str) -> TaxStanding:
    """Return what is here for an authority, held by nobody, and what it owes back.

    Refuses: UnknownAccount.
    """
    receivable = receivable_of(account)
    return TaxStanding(
        account,
        held=ledger.available(name=account, currency=currency),
        owed_back=ledger.balance(name=receivable, currency=currency),
    )


def taxes_due() -> list[TaxDue]:
    """Return every tax that is here or owed back, by account and currency."""
    keys = {
        (TAX + row.name.partition(":")[2], row.balance.currency)
        for prefix in (TAX, RECEIVABLE)
        for row in ledger.balances(prefix=prefix)
        if row.balance
    }
    return [_due(tax_standing(account=name, currency=code)) for name, code in sorted(keys)]


def _due(standing: TaxStanding) -> TaxDue:
    code = standing.held.currency
    months = turnovers(name=standing.account, currency=code, by="month")
    inflows = [(month.first, month.inflow) for month in months]
    return TaxDue(standing, unpaid_months(inflows, left=standing.held))


def remittances(*, limit: int = NEWEST) -> list[Remittance]:
    """Return the newest payments to authorities: those that wait for an answer first."""
    rows = Remittance.objects.select_related("proposed_by", "answered_by")
    newest = rows.order_by("-proposed_at", "-pk")[:limit]
    return sorted(newest, key=lambda one: one.is_approved is not None)


def access_remittance(*, user: Visitor, remittance_id: UUID) -> Remittance:
    """Return one to an operator. Refuses: OperatorsOnly, NoSuchRemittance."""
    access_operator(user=user)
    rows = Remittance.objects.select_related("proposed_by", "answered_by")
    found = rows.filter(pk=remittance_id).first()
    if found is None:
        raise NoSuchRemittance
    return found
