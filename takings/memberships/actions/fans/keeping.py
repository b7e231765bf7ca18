"""What every change of a membership shares: its lock, until when it is paid, and its history."""

import datetime as dt

from takings.memberships.models import Member, MemberMonth, MemberStep, MemberStepKind
from takings.memberships.queries.fans.members import standing_member_months
from takings.memberships.rules import runs_until


def lock_member(member_id: int) -> Member:
    """Lock a membership: of two changes at once, the second sees the first."""
    locked = Member.objects.select_related("user", "creator__user", "tier")
    return locked.select_for_update(of=("self",), no_key=True).get(pk=member_id)


def reckon(member: Member, *, at: dt.datetime) -> None:
    """Work out until when it is paid, and save what the caller changed besides."""
    until = runs_until((month.span for month in standing_member_months(member)), at=at)
    member.ends_at = until or min(member.ends_at or at, at)
    member.save(update_fields=["ends_at", "renews", "kept_with", "joined_at", "tier"])


def take_member_step(
    member: Member,
    kind: MemberStepKind,
    *,
    at: dt.datetime,
    month: MemberMonth | None = None,
    why: str = "",
) -> None:
    """Write down what happened."""
    MemberStep.objects.create(member=member, kind=kind, month=month, why=why[:300], at=at)
