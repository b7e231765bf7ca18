"""What members bring a creator: how many there are, who came and went, and money by month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, DateField, F, Model, QuerySet, Sum, When
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncMonth

from takings.ledger.queries import balance
from takings.memberships.models import Member, MemberEarning, MemberMonth, MemberStep, Tier
from takings.memberships.queries.fans.members import MEMBER_PURPOSE, running
from takings.money import Money
from takings.payments.models import PaymentShare
from takings.people.models import Creator

MONTHS = 12
GOING = ("ended", "left", "taken_back", "cancelled")
WAITING = "unearned:membership:"
KEPT = F("amount_micros") - F("given_micros")
SHARE = Case(When(takes__isnull=True, then=F("share_micros")), default=-F("share_micros"))
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class MonthOfMembers:
    """A month of the calendar in the creator's time zone.

    ``joined`` for the first time; ``left`` said that they would not go on, or were no members any
    more. ``paid`` is without tax, ``earned`` what of the days that were over is the creator's.
    """

    starts_on: dt.date
    joined: int = 0
    left: int = 0
    paid: list[Money] = field(default_factory=list)
    earned: list[Money] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Membership:
    """How many members a creator has, how many of them go on, and of which tier they are."""

    members: int
    renewing: int
    by_tier: list[tuple[Tier, int]]
    waiting: list[Money]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as the creator sees them: since when, which tier, until when, and what they paid."""

    member: Member
    is_member: bool
    months: int
    paid: list[Money]


def membership_of(*, creator: Creator, at: dt.datetime) -> Membership:
    """Return how many members a creator has now, and what waits for its days."""
    runs = MemberMonth.objects.filter(running(at=at), member__creator=creator)
    tiers = dict(runs.values_list("tier").annotate(count=Count("member", distinct=True)).order_by())
    rows = Tier.objects.filter(pk__in=tiers).order_by("-rank", "pk")
    return Membership(
        members=runs.values("member").distinct().count(),
        renewing=runs.filter(member__renews=True).values("member").distinct().count(),
        by_tier=[(tier, tiers[tier.pk]) for tier in rows],
        waiting=_waiting(creator),
    )


def months_of_members(*, creator: Creator) -> list[MonthOfMembers]:
    """Return the last months in which anything happened, the newest first."""
    members = Member.objects.filter(creator=creator, joined_at__isnull=False)
    steps = MemberStep.objects.filter(member__creator=creator, kind__in=GOING)
    paid = PaymentShare.objects.filter(
        payment__purpose=MEMBER_PURPOSE,
        account__startswith=WAITING,
        payment_id__in=MemberMonth.objects.filter(member__creator=creator).values("pk"),
    )
    earned = MemberEarning.objects.filter(month__member__creator=creator)
    joined, left = (
        dict(_of(rows, field, creator).annotate(count=Count("member", distinct=True)).order_by())
        for rows, field in ((members.annotate(member=F("pk")), "joined_at"), (steps, "at"))
    )
    fees = _moneys(_of(paid, "payment__started_at", creator), "payment__currency", KEPT)
    shares = _moneys(_of(earned, "earned_at", creator), "month__currency", SHARE)
    days = {*joined, *left, *fees, *shares}
    return [
        MonthOfMembers(
            starts_on=day,
            joined=joined.get(day, 0),
            left=left.get(day, 0),
            paid=fees.get(day, []),
            earned=shares.get(day, []),
        )
        for day in sorted(days, reverse=True)[:MONTHS]
    ]


def member_rows(*, creator: Creator) -> QuerySet[Member]:
    """Return everybody who ever paid a creator a month, those who came last first."""
    found = Member.objects.filter(creator=creator, joined_at__isnull=False)
    return found.select_related("user", "tier").order_by("-joined_at", "pk")


def told_of(members: Sequence[Member], *, at: dt.datetime) -> list[MemberRow]:
    """Return what a creator may know of these members."""
    stand = MemberMonth.objects.filter(
        member__in=members, paid_at__isnull=False, taken_back_at__isnull=True
    )
    runs = set(stand.filter(running(at=at)).values_list("member", flat=True))
    counts = dict(
        stand.filter(is_rest=False).values_list("member").annotate(count=Count("pk")).order_by()
    )
    months = dict(MemberMonth.objects.filter(member__in=members).values_list("pk", "member"))
    shares = PaymentShare.objects.filter(payment_id__in=months, account__startswith=WAITING)
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for payment_id, code, micros in shares.values_list("payment_id", "payment__currency", KEPT):
        sums[months[payment_id]][code] += micros
    return [
        MemberRow(
            member=one,
            is_member=one.pk in runs,
            months=counts.get(one.pk, 0),
            paid=[Money(micros, code) for code, micros in sorted(sums[one.pk].items()) if micros],
        )
        for one in members
    ]


def _of(rows: QuerySet[_Row], field: str, creator: Creator) -> QuerySet[_Row, tuple[Any, ...]]:
    """Group rows by the month of the calendar of the creator's time zone."""
    month = TruncMonth(field, tzinfo=ZoneInfo(creator.user.time_zone), output_field=DateField())
    found: QuerySet[_Row, tuple[Any, ...]] = (
        rows.order_by().annotate(of_month=month).values_list("of_month")
    )
    return found


def _moneys(
    rows: QuerySet[_Row, tuple[Any, ...]], currency: str, micros: Combinable
) -> dict[dt.date, list[Money]]:
    found: dict[dt.date, list[Money]] = defaultdict(list)
    for day, code, total in rows.values_list("of_month", currency).annotate(micros=Sum(micros)):
        if total:
            found[day].append(Money(total, code))
    return found


def _waiting(creator: Creator) -> list[Money]:
    months = MemberMonth.objects.filter(member__creator=creator, paid_at__isnull=False)
    open_months = months.filter(taken_back_at__isnull=True, earned_until__lt=F("ends_at__date"))
    sums: dict[str, int] = defaultdict(int)
    for month in open_months:
        sums[month.currency] += balance(name=month.account, currency=month.currency).micros
    return [Money(micros, code) for code, micros in sorted(sums.items()) if micros]
