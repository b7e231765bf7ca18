"""Money for pools that operators proposed: what waits, what was answered, for which products."""

from uuid import UUID

from django.db.models import QuerySet

from takings.core.errors import NotFound
from takings.people.queries import Visitor, access_operator
from takings.policies.queries import versions
from takings.policies.rules import Method
from takings.settlement.models import PoolFunding

RECENT = 25
FUNDED: tuple[Method, ...] = ("pro_rata", "fixed_rate")
"""The methods whose pools an operator fills; those of feed ads and of fees fill themselves."""


class UnknownFunding(NotFound):
    """No funding has this id."""

    code = "unknown_funding"
    sentence = "There is no money for a pool under the id {funding}."


def access_funding(*, user: Visitor, funding_id: UUID) -> PoolFunding:
    """Return a funding to an operator. Refuses: OperatorsOnly, UnknownFunding."""
    access_operator(user=user)
    found = _fundings().filter(pk=funding_id).first()
    if found is None:
        raise UnknownFunding(funding=funding_id)
    return found


def waiting_fundings() -> list[PoolFunding]:
    """Return what waits for a second person, the oldest first."""
    return list(_fundings().filter(is_approved=None).order_by("proposed_at", "pk"))


def answered_fundings() -> list[PoolFunding]:
    """Return what was answered last."""
    rows = _fundings().filter(is_approved__isnull=False)
    return list(rows.order_by("-answered_at", "pk")[:RECENT])


def fundable_products() -> list[str]:
    """Return the products that an operator may fund under some version of the policy."""
    named = {
        product
        for version in versions()
        for product, rule in version.products.items()
        if rule.method in FUNDED
    }
    return sorted(named)


def _fundings() -> QuerySet[PoolFunding]:
    return PoolFunding.objects.select_related("proposed_by", "answered_by")
