"""What all memberships of creators come to, for the desk."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, F, Sum, When

from takings.ledger import queries as ledger
from takings.memberships.models import Member, MemberEarning, MemberMonth, MemberStep
from takings.memberships.queries.fans.checks import WAITING
from takings.memberships.queries.fans.members import running
from takings.money import Money


@dataclass(frozen=True, slots=True)
class MemberSums:
    """How many members there are and go on, and money by currency: waiting, earned by creators."""

    members: int
    renewing: int
    waiting: list[Money]
    earned: list[Money]


def member_sums(*, at: dt.datetime) -> MemberSums:
    """Return what all memberships come to now."""
    runs = MemberMonth.objects.filter(running(at=at)).values("member").distinct()
    waiting: dict[str, int] = defaultdict(int)
    for row in ledger.balances(prefix=WAITING):
        waiting[row.balance.currency] += row.balance.micros
    signed = Case(When(takes__isnull=True, then=F("share_micros")), default=-F("share_micros"))
    earned = MemberEarning.objects.order_by().values_list("month__currency")
    return MemberSums(
        members=runs.count(),
        renewing=Member.objects.filter(renews=True, ends_at__gt=at).count(),
        waiting=_moneys(waiting),
        earned=_moneys(dict(earned.annotate(micros=Sum(signed)))),
    )


def newest_member_steps(*, limit: int = 50) -> list[MemberStep]:
    """Return what happened last to anybody's membership."""
    found = MemberStep.objects.select_related("member__user", "member__creator", "month__tier")
    return list(found.order_by("-pk")[:limit])


def _moneys(micros: dict[str, int]) -> list[Money]:
    return [Money(amount, code) for code, amount in sorted(micros.items()) if amount]
