"""Private deals: for ad servers, and for operators, who see what came of them."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from takings.ads.models import BilledImpression, Deal, DealCount, DealWin
from takings.ads.rules import deals
from takings.ads.rules.partners import SENTENCES, Outcome
from takings.core.errors import NotFound
from takings.money import Money
from takings.people.queries import Visitor, access_operator

LOOKED_BACK_DAYS = 7
_MADE = (Outcome.WON, Outcome.OFFERED)


class NoSuchDeal(NotFound):
    """There is none with this id."""

    code = "no_such_deal"
    sentence = "There is no such deal."


@dataclass(frozen=True, slots=True)
class DealRow:
    """A deal and what came of it: in seven days, and in money since it began.

    ``asked`` is how often it was offered; ``made`` how often it was chosen. Each outcome of a bid
    stands in ``outcomes`` with its sentence and count.
    """

    deal: Deal
    asked: int
    made: int
    outcomes: list[tuple[str, int]]
    charged: int
    amount: Money


def deals_of_partners(partner_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[deals.Deal, ...]]:
    """Return the deals that hold now with each of these partners, by their ids."""
    found: defaultdict[uuid.UUID, tuple[deals.Deal, ...]] = defaultdict(tuple)
    for row in Deal.objects.filter(partner__in=list(partner_ids), is_on=True).order_by("code"):
        if row.partner_id is not None:
            found[row.partner_id] += (row.terms,)
    return found


def deals_of_sites() -> dict[str, deals.Deal]:
    """Return the deals that hold now with sites, by what sites call them."""
    return {row.code: row.terms for row in Deal.objects.filter(partner=None, is_on=True)}


def all_deals() -> QuerySet[Deal]:
    """Return all deals, those that hold first, by their ids."""
    return Deal.objects.select_related("partner").order_by("-is_on", "code")


def access_deal(*, user: Visitor, deal_id: uuid.UUID) -> Deal:
    """Return a deal to an operator. Refuses: OperatorsOnly, NoSuchDeal."""
    access_operator(user=user)
    found = all_deals().filter(pk=deal_id).first()
    if found is None:
        raise NoSuchDeal
    return found


def deal_rows(found: Iterable[Deal], *, at: dt.datetime) -> list[DealRow]:
    """Return what came of these deals."""
    listed = list(found)
    first = at.date() - dt.timedelta(days=LOOKED_BACK_DAYS - 1)
    counts: defaultdict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    told = DealCount.objects.filter(deal__in=listed, day__gte=first).values_list("deal", "outcome")
    for deal_id, outcome, count in told.annotate(total=Sum("count")):
        counts[deal_id][outcome] = count
    price = BilledImpression.objects.filter(pk=OuterRef("decision_id")).values("price_micros")
    wins = DealWin.objects.filter(deal__in=listed).annotate(paid=Subquery(price))
    paid = {
        deal_id: (count, micros or 0)
        for deal_id, count, micros in wins.values_list("deal").annotate(Count("paid"), Sum("paid"))
    }
    return [_row(deal, counts[deal.pk], paid.get(deal.pk, (0, 0))) for deal in listed]


def _row(deal: Deal, counts: dict[str, int], paid: tuple[int, int]) -> DealRow:
    return DealRow(
        deal=deal,
        asked=counts.get(Outcome.ASKED, 0),
        made=sum(counts.get(one, 0) for one in _MADE),
        outcomes=[(words, counts[one]) for one, words in SENTENCES.items() if one in counts],
        charged=paid[0],
        amount=Money(paid[1], deal.currency),
    )
