"""What is held of creators' money, why and until when."""

from uuid import UUID

from takings.core.errors import NotFound
from takings.people.models import Creator
from takings.people.queries import Visitor, access_operator
from takings.policies.queries import policy
from takings.policies.rules import ReserveRule
from takings.settlement.models import EarningsHold, Release
from takings.settlement.rules import PRODUCT


class UnknownHeldEarnings(NotFound):
    """No hold of earnings has this id."""

    code = "unknown_held_earnings"
    sentence = "There is no hold {hold}."


def access_earnings_hold(*, user: Visitor, hold_id: UUID) -> EarningsHold:
    """Return a hold to an operator. Refuses: OperatorsOnly, UnknownHeldEarnings."""
    access_operator(user=user)
    rows = EarningsHold.objects.select_related("creator", "held_by", "lift", "lift__lifted_by")
    found = rows.filter(pk=hold_id).first()
    if found is None:
        raise UnknownHeldEarnings(hold=hold_id)
    return found


def open_holds(*, creator: Creator | None = None) -> list[EarningsHold]:
    """Return the holds that keep money back now (a creator's, or all), the first to end first."""
    rows = EarningsHold.objects.filter(lift__isnull=True).select_related("creator", "held_by")
    wanted = rows if creator is None else rows.filter(creator=creator)
    return list(wanted.order_by("ends_at", "pk"))


def lifted_holds(*, most: int) -> list[EarningsHold]:
    """Return the holds that were lifted last."""
    rows = EarningsHold.objects.filter(lift__isnull=False)
    listed = rows.select_related("creator", "held_by", "lift", "lift__lifted_by")
    return list(listed.order_by("-lift__lifted_at", "pk")[:most])


def reserve_of(*, release: Release) -> ReserveRule | None:
    """Return what the statement's policy keeps of a release, for a studio as old as it then was."""
    told = release.statement
    rules = policy(told.policy_version).settlement
    open_days = (release.released_at - told.creator.opened_at).days
    return rules.reserve(stream=PRODUCT, open_days=open_days)
