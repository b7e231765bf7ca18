"""Which terms of a campaign may change, and how a change is told."""

from takings.ads.rules.campaigns import LONGEST_NAME, Terms
from takings.ads.rules.schedule import said_there
from takings.core.errors import Conflict
from takings.money import Money, format_money

COPY = " (copy)"


class PriceIsFixed(Conflict):
    """A campaign keeps the price at which it first ran."""

    code = "price_is_fixed"
    sentence = "The price is fixed since the campaign was activated; duplicate it for another one."


class BudgetBelowSpent(Conflict):
    """What is spent or promised cannot be taken back by a smaller budget."""

    code = "budget_below_spent"
    sentence = "The budget cannot be below {committed}, which is charged or held by ad servers."


class CampaignHasEnded(Conflict):
    """A campaign that was ended does not change any more."""

    code = "campaign_has_ended"
    sentence = "This campaign was ended for good; duplicate it to run it again."


def check_change(before: Terms, after: Terms, *, status: str, committed: Money) -> None:
    """Refuse a change of terms that money already depends on.

    Refuses: CampaignHasEnded, PriceIsFixed, BudgetBelowSpent.
    """
    if status == "ended":
        raise CampaignHasEnded
    if status != "drafted" and after.cpm != before.cpm:
        raise PriceIsFixed
    if after.budget < committed:
        raise BudgetBelowSpent(committed=format_money(committed, exact=True))


def changes_between(before: Terms, after: Terms) -> dict[str, tuple[str, str]]:
    """Return what differs, by its word: as it was, as it became."""
    was, became = _told(before), _told(after)
    return {word: (was[word], became[word]) for word in was if was[word] != became[word]}


def name_of_copy(name: str) -> str:
    """Return the name of a copy, cut where it would be too long."""
    return name[: LONGEST_NAME - len(COPY)] + COPY


def _told(terms: Terms) -> dict[str, str]:
    """Return terms in words; instants as clocks of the campaign's time zone show them."""
    return {
        "name": terms.name,
        "price": format_money(terms.cpm, exact=True),
        "budget": format_money(terms.budget, exact=True),
        "budget of a day": format_money(terms.daily, exact=True) if terms.daily else "none",
        "countries": " ".join(terms.countries) or "everywhere",
        "start": said_there(terms.starts_at, time_zone=terms.time_zone),
        "end": said_there(terms.ends_at, time_zone=terms.time_zone),
        "time zone": terms.time_zone,
    }
