"""The pool page: what was in each country's pool, and how it came to the creator's amount."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from takings.insights.queries import earnings as ask
from takings.insights.queries.pools import Asked, own_countries, own_pools
from takings.insights.rules.earnings import LineFilter, ProductShare
from takings.insights.rules.reasons import what_to_do
from takings.insights.rules.words import policy_card
from takings.people.queries import access_own_creator
from takings.policies.queries import policy

PER_PAGE = 5


@require_GET
def pool_page(request: HttpRequest, period: str) -> HttpResponse:
    """Show the creator's pools of a period. Refuses UnknownPeriod, NoPoolThere."""
    creator = access_own_creator(user=request.user)
    facts = ask.period_named(name=period)
    sums = ask.earnings(creator=creator, period=facts, currency=request.GET.get("currency", ""))
    asked = Asked(creator, facts, sums.currency)
    country = request.GET.get("country", "")
    places = Paginator(own_countries(asked=asked, country=country), PER_PAGE)
    page = places.get_page(request.GET.get("page"))
    rules = policy(facts.policy_version)
    outcomes = ask.outcome_counts(
        creator_id=creator.pk, period=facts, only=LineFilter(country=country)
    )
    context = {
        "creator": creator,
        "earnings": sums,
        "country": country,
        "page": page,
        "pools": own_pools(asked=asked, places=list(page.object_list)),
        "others": _others(asked) if facts.is_final and not country else (),
        "outcomes": [(one, what_to_do(one.outcome)) for one in outcomes],
        "showings": sum(one.showings for one in outcomes),
        "late_days": rules.settlement.late_days,
        "policy": policy_card(rules),
    }
    return render(request, "insights/pool.html", context)


def _others(asked: Asked) -> tuple[ProductShare, ...]:
    """Return the parts of pools that are not of feed ads; each names its pool in its trace."""
    others = ask.product_shares(
        creator=asked.creator, period=asked.period.name, currency=asked.currency
    )
    return tuple(one for one in others if not one.is_direct)
