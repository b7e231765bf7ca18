"""What of a member's fee was earned, part by part, as it stands."""

from takings.memberships.models import MemberMonth
from takings.memberships.rules.fees import Earned, standing
from takings.money import Money, Rate
from takings.policies.queries import member_rule


def rate_of(month: MemberMonth) -> Rate:
    """Return which share of a month's fee is its creator's, by the policy it was ordered under."""
    return member_rule(month.rule_version).share


def earned_parts(month: MemberMonth) -> list[Earned]:
    """Return the parts of a month that were earned and not taken back, the earliest first."""
    code, rows = month.currency, list(month.earnings.all())
    parts = [
        Earned(row.pk, row.since, Money(row.total_micros, code), Money(row.share_micros, code))
        for row in rows
        if row.takes_id is None
    ]
    taken = [
        (row.takes_id, Money(row.total_micros, code), Money(row.share_micros, code))
        for row in rows
        if row.takes_id is not None
    ]
    return standing(parts, taken)
