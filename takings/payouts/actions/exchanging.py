"""Exchanges of earnings, seen as payouts: barred by the same, taxed and reported as they are."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from takings.invoicing.actions.reclaiming import reclaim_tax
from takings.money import Money
from takings.money.rate import BASIS_POINTS
from takings.payouts import queries
from takings.payouts.actions.remitting import take_turn
from takings.payouts.models import ExchangedIncome
from takings.payouts.queries.exchanging import bar_to_exchange, income_of_exchange, known_of
from takings.payouts.queries.past import Known
from takings.people.models import Creator
from takings.settlement.queries.rewards import Tax


@dataclass(frozen=True)
class PayeeWhoExchanges:
    """What holds for one creator who exchanges now."""

    known: Known

    @cached_property
    def bar(self) -> str:
        """Why they may not, or nothing."""
        return bar_to_exchange(known=self.known)

    def tax_on(self, price: Money) -> Tax | None:
        """Return what is withheld besides a price."""
        found = income_of_exchange(known=self.known, price=price).withheld
        return Tax(f"tax:{found.jurisdiction}:withheld", found.amount) if found else None

    def keep(self, *, exchange_id: UUID, price: Money) -> None:
        """Write down whose income it was, and why what was withheld of it was."""
        income, [key] = income_of_exchange(known=self.known, price=price), self.known.creator_ids
        tax, profile = income.withheld, self.known.standings[key].profile
        assert profile is not None  # noqa: S101 - without papers the gate bars
        ExchangedIncome.objects.create(
            exchange_id=exchange_id,
            profile=profile,
            source_micros=income.source.micros,
            jurisdiction=tax.jurisdiction if tax else "",
            reason=tax.reason if tax else "",
            base_micros=tax.base.micros if tax else 0,
            rate_bp=int(tax.rate.ratio * BASIS_POINTS) if tax else 0,
        )


class ExchangesAsPayouts:
    """What settlement asks before it exchanges (``settlement.queries.rewards.Gate``)."""

    def admit(self, *, creator: Creator, at: dt.datetime) -> PayeeWhoExchanges:
        """Return what holds for a creator now."""
        return PayeeWhoExchanges(known_of(creator=creator, at=at))

    def make_room(self, *, exchange_id: UUID, at: dt.datetime) -> None:
        """Let an authority owe back what was paid to it of an exchange that is undone now."""
        income = ExchangedIncome.objects.select_related("exchange").get(pk=exchange_id)
        if not income.jurisdiction:
            return
        take_turn()
        account, tax = f"tax:{income.jurisdiction}:withheld", income.exchange.withheld
        standing = queries.tax_standing(account=account, currency=tax.currency)
        reclaim_tax(
            account=account,
            missing=tax - standing.held,
            reference=f"exchange:{exchange_id}",
            because=exchange_id,
            at=at,
        )
