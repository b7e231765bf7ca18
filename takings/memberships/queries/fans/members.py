"""Who is a member of whom, how high, where it stands and what was paid for it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from takings.core.errors import NotFound
from takings.memberships.models import Member, MemberMonth, MemberStep, Tier
from takings.memberships.queries.fans.tiers import said_of
from takings.memberships.rules import may_withdraw_until, month_end
from takings.memberships.rules.tiers import renewal_price
from takings.money import Money
from takings.payments import queries as payments
from takings.payments.queries import Listed
from takings.payments.rules import TO_CONFIRM, PurposeName
from takings.people.models import Creator, User
from takings.people.queries import Visitor, access_self
from takings.policies.queries import member_rule_at, member_rules

MEMBER_PURPOSE = PurposeName.MEMBERSHIP
DAY = dt.timedelta(days=1)


class NoSuchMembership(NotFound):
    """The person never joined, or it is somebody else's."""

    code = "no_such_membership"
    sentence = "You are not a member here."


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """Where a membership stands, as pages say it.

    ``is_member``: what members see is theirs to see now. ``in_grace``: the last month is over and
    the card is still tried. ``charged_at`` is when it is charged next, and ``price`` how much.
    Until ``withdraw_until`` all of the last month goes back to who leaves.
    """

    member: Member
    is_member: bool
    in_grace: bool
    tier: Tier
    until: dt.datetime | None
    price: Money | None
    charged_at: dt.datetime | None
    declined: str
    withdraw_until: dt.datetime | None
    last: MemberMonth | None

    @property
    def is_to_confirm(self) -> bool:
        """Its owner can confirm it with their bank on a card page; a card that is tried cannot."""
        return self.declined == TO_CONFIRM


def member_of(*, user: User, creator: Creator) -> Member | None:
    """Return what somebody is at a creator, if they ever ordered a month."""
    found = Member.objects.filter(user=user, creator=creator)
    return found.select_related("user", "creator__user", "tier").first()


def access_membership(*, user: Visitor, member_id: int) -> Member:
    """Return one of somebody's own memberships. Refuses: NotSignedIn, NoSuchMembership."""
    found = Member.objects.filter(user=access_self(user=user), pk=member_id)
    member = found.select_related("user", "creator__user", "tier").first()
    if member is None:
        raise NoSuchMembership
    return member


def memberships_of(*, user: User) -> list[Member]:
    """Return somebody's memberships that were paid at least once, those that end last first."""
    found = Member.objects.filter(user=user, joined_at__isnull=False)
    return list(found.select_related("user", "creator__user", "tier").order_by("-ends_at", "pk"))


def member_of_subject(subject: str) -> Member:
    """Return the membership of ``member:<id>``. Refuses: NoSuchMembership."""
    kind, _, number = subject.partition(":")
    found = Member.objects.select_related("user", "creator__user", "tier")
    one = found.filter(pk=number).first() if kind == "member" and number.isdecimal() else None
    if one is None:
        raise NoSuchMembership
    return one


def subject_of_member(member: Member) -> str:
    """Return under which name payments know a membership."""
    return f"member:{member.pk}"


def standing_member_months(member: Member) -> QuerySet[MemberMonth]:
    """Return the months that were paid and not taken back, nor left; the earliest first."""
    found = member.months.filter(paid_at__isnull=False, taken_back_at__isnull=True)
    return found.filter(left_at__isnull=True).select_related("tier").order_by("starts_at", "pk")


def last_member_month(member: Member) -> MemberMonth | None:
    """Return the last month that stands."""
    return standing_member_months(member).last()


def member_tries(member: Member, *, after: MemberMonth) -> QuerySet[MemberMonth]:
    """Return each charge of the kept card for the month after this one; none of them stands."""
    assert after.number is not None  # noqa: S101 - it was paid
    found = member.months.filter(began_at=after.began_at, number=after.number + 1)
    return found.filter(attempt__isnull=False).order_by("attempt")


def rank_of(*, user_id: int | None, creator_id: int, at: dt.datetime) -> int:
    """Return how high somebody is at a creator now: 0 is no member.

    A function of the months that were paid and stand; and for some days after the last of them,
    while its card is still being tried.
    """
    return ranks_of(user_ids=[user_id] if user_id else [], creator_id=creator_id, at=at).get(
        user_id or 0, 0
    )


def ranks_of(*, user_ids: Collection[int], creator_id: int, at: dt.datetime) -> dict[int, int]:
    """Return how high each of these people is at a creator; who is no member is left out."""
    if not user_ids:
        return {}
    months = MemberMonth.objects.filter(
        running(at=at), member__user__in=user_ids, member__creator=creator_id
    )
    ranks = months.values_list("member__user").annotate(rank=Max("tier__rank"))
    return dict(ranks.order_by())


class MembersOfCreators:
    """What videos ask: how high somebody is where, and what a creator offers."""

    def ranks(self, *, user_id: int, at: dt.datetime) -> dict[int, int]:
        """Return how high somebody is, by creator."""
        months = MemberMonth.objects.filter(running(at=at), member__user=user_id)
        found = months.values_list("member__creator").annotate(rank=Max("tier__rank"))
        return dict(found.order_by())

    def levels(self, *, creator_id: int) -> list[tuple[int, str]]:
        """Return the ranks that a creator offers with their names, the lowest first."""
        tiers = Tier.objects.filter(creator=creator_id, archived_at__isnull=True)
        return list(tiers.order_by("rank").values_list("rank", "name"))


def running(*, at: dt.datetime) -> Q:
    """Return what is true of a month that makes its owner a member at an instant.

    Before there was a policy there were no members.
    """
    is_sold = at >= member_rules()[0].effective_from
    grace = member_rule_at(at=at).grace if is_sold else dt.timedelta()
    stands = Q(paid_at__isnull=False, taken_back_at__isnull=True, left_at__isnull=True)
    tried = Q(member__renews=True, member__ends_at__gt=at - grace, member__ends_at__lte=at)
    runs = Q(ends_at__gt=at) | tried & Q(ends_at__gt=at - grace)
    return stands & Q(starts_at__lte=at) & runs


def declined_member_since(member: Member) -> MemberStep | None:
    """Return the decline that nothing followed yet."""
    newest = member.steps.last()
    return newest if newest is not None and newest.kind in {"declined", "ended"} else None


def next_price(member: Member, *, last: MemberMonth, at: dt.datetime) -> Money:
    """Return what the month costs that begins at an instant, for who is a member.

    In the currency and of the tier they are in; of another tier, what it costs a new member.
    """
    rule = member_rule_at(at=at)
    said = said_of(member.tier, currency=last.currency, until=at)
    if member.tier_id != last.tier_id and said:
        return said[-1].price
    return renewal_price(said, paid=last.listed, at=at, notice=rule.notice)


def first_renewal_from(last: MemberMonth, *, at: dt.datetime) -> dt.datetime:
    """Return when the first month begins that follows the last one and is not before an instant."""
    assert last.began_at is not None  # noqa: S101 - it was paid
    assert last.number is not None  # noqa: S101 - it was paid
    number = last.number
    while (found := month_end(began_at=last.began_at, number=number)) < at:
        number += 1
    return found


def member_standing(member: Member, *, at: dt.datetime) -> MemberStanding:
    """Return where a membership stands."""
    rule, last = member_rule_at(at=at), last_member_month(member)
    rank = rank_of(user_id=member.user_id, creator_id=member.creator_id, at=at)
    declined = declined_member_since(member)
    due = None
    if last is not None and member.renews:
        tried = member_tries(last.member, after=last).filter(declined_at__isnull=False).count()
        days = rule.charged_days_after
        due = last.span.ends_at + days[tried] * DAY if tried < len(days) else None
    return MemberStanding(
        member=member,
        is_member=rank > 0,
        in_grace=rank > 0 and not member.is_paid(at=at),
        tier=last.tier if last is not None and rank else member.tier,
        until=member.ends_at,
        price=next_price(member, last=last, at=last.span.ends_at) if last and due else None,
        charged_at=due,
        declined=declined.why if declined is not None else "",
        withdraw_until=withdraw_until(last, at=at) if last is not None else None,
        last=last,
    )


def withdraw_until(month: MemberMonth, *, at: dt.datetime) -> dt.datetime | None:
    """Return until when all of a month goes back to who leaves; nothing when it does not."""
    assert month.number is not None  # noqa: S101 - it was paid
    days = member_rule_at(at=month.span.starts_at).withdrawal_days
    until = may_withdraw_until(span=month.span, number=month.number, days=days)
    return until if at < until else None


def payments_for_member(member: Member) -> list[Listed]:
    """Return what was paid for a membership, newest first, with the receipts; not what was left."""
    found = payments.payments_of(purpose=MEMBER_PURPOSE, subject=subject_of_member(member))
    return payments.with_receipts(
        row for row in found if row.status not in {"created", "started", "cancelled"}
    )


def member_badges(
    *, creator: Creator, user_ids: Collection[int], at: dt.datetime
) -> dict[int, str]:
    """Return the names of the tiers in which these people are now."""
    months = MemberMonth.objects.filter(
        running(at=at), member__user__in=user_ids, member__creator=creator
    )
    rows = months.order_by("tier__rank").values_list("member__user", "tier__name")
    return dict(rows)


def month_of_payment(payment_id: UUID) -> MemberMonth:
    """Return what a payment was for."""
    found = MemberMonth.objects.select_related("member__user", "member__creator__user", "tier")
    return found.get(pk=payment_id)
