"""What of a campaign and its line items may change, and how a change is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from takings.ads.rules.campaigns import LONGEST_NAME, Frame
from takings.ads.rules.frequency import told_caps
from takings.ads.rules.lines import Sale
from takings.ads.rules.pricing import KINDS
from takings.ads.rules.schedule import said_there
from takings.ads.rules.targeting import told_audience
from takings.ads.rules.terms import Terms, check_money
from takings.core.errors import Conflict
from takings.money import Money, format_money

COPY = " (copy)"
Told = Mapping[str, str]


class PriceIsFixed(Conflict):
    """A line item keeps how it was sold when it first ran; a bid may change."""

    code = "price_is_fixed"
    sentence = "The price is fixed since the line item first ran; duplicate it for another one."


class BudgetBelowSpent(Conflict):
    """What is spent or promised cannot be taken back by a smaller budget."""

    code = "budget_below_spent"
    sentence = "The budget cannot be below {committed}, which is charged or held by ad servers."


class CampaignHasEnded(Conflict):
    """A campaign that was ended does not change any more."""

    code = "campaign_has_ended"
    sentence = "This campaign was ended for good; duplicate it to run it again."


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done with a campaign or line item: its status, whether it ran, what is committed."""

    status: str
    has_run: bool
    committed: Money


def check_frame_change(after: Frame, *, lines: Iterable[Terms], taken: Taken) -> None:
    """Refuse a budget of a campaign that is below what is spent, or what its line items ask for.

    Refuses: CampaignHasEnded, BudgetBelowSpent, and what ``check_money`` does.
    """
    check_open(taken.status)
    for terms in lines:
        check_money(terms, within=after.budget)
    _check_budget(after.budget, taken)


def check_change(before: Terms, after: Terms, *, taken: Taken) -> None:
    """Refuse a change of a line item's terms that money already depends on.

    Refuses: CampaignHasEnded, PriceIsFixed, BudgetBelowSpent.
    """
    check_open(taken.status)
    if taken.has_run and _sold(before) != _sold(after):
        raise PriceIsFixed
    if after.budget is not None:
        _check_budget(after.budget, taken)


def _sold(terms: Terms) -> tuple[object, ...]:
    """Return what stays as it ran; the bid of an auction is only the most it pays."""
    price = terms.price if terms.sale == Sale.FIXED else None
    return terms.sale, terms.pricing, terms.goal and terms.goal.id, price


def check_open(status: str) -> None:
    """Refuse to change what belongs to a campaign that has ended. Refuses: CampaignHasEnded."""
    if status == "ended":
        raise CampaignHasEnded


def differences(was: Told, became: Told) -> dict[str, tuple[str, str]]:
    """Return what differs, by its word: as it was, as it became."""
    return {word: (was[word], became[word]) for word in was if was[word] != became[word]}


def told_frame(frame: Frame) -> Told:
    """Return a campaign's name, budget and caps in words."""
    return {
        "name": frame.name,
        "budget": format_money(frame.budget, exact=True),
        "frequency": told_caps(frame.caps),
    }


def told_terms(terms: Terms) -> Told:
    """Return terms in words; instants as clocks of the line item's time zone show them."""
    return {
        "name": terms.name,
        "sale": "highest bid" if terms.sale == Sale.AUCTION else "fixed price",
        "price": f"{format_money(terms.price, exact=True)} for {KINDS[terms.pricing].unit}",
        "conversion": terms.goal.name if terms.goal else "none",
        "own budget": _told_money(terms.budget),
        "budget of a day": _told_money(terms.daily),
        "countries": " ".join(terms.countries) or "everywhere",
        "start": said_there(terms.starts_at, time_zone=terms.time_zone),
        "end": said_there(terms.ends_at, time_zone=terms.time_zone),
        "time zone": terms.time_zone,
        "frequency": told_caps(terms.caps),
        "frequency of each ad": told_caps(terms.ad_caps),
        **told_audience(terms.audience),
    }


def name_of_copy(name: str) -> str:
    """Return the name of a copy, cut where it would be too long."""
    return name[: LONGEST_NAME - len(COPY)] + COPY


def _check_budget(budget: Money, taken: Taken) -> None:
    if budget < taken.committed:
        raise BudgetBelowSpent(committed=format_money(taken.committed, exact=True))


def _told_money(amount: Money | None) -> str:
    return "none" if amount is None else format_money(amount, exact=True)
