"""Where somebody's fees went: to whom they watched, as the close paid; and where the next goes."""

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from takings.events.queries import watching
from takings.memberships.models import Pass
from takings.memberships.queries.passes import PRODUCT, last_month, shared_from
from takings.money import Money
from takings.payments.models import PaymentShare
from takings.people.models import Creator
from takings.policies.queries import policy_at
from takings.settlement.queries import shared_fees
from takings.settlement.rules import Member, Watched, split_fee
from takings.videos.models import Video


@dataclass(frozen=True, slots=True)
class ToCreator:
    """What one creator got of a fee, and how much of what all creators got that is."""

    creator: Creator
    amount: Money
    percent: int


@dataclass(frozen=True, slots=True)
class WentTo:
    """What a month's fee gave to whom, without its tax; ``rest`` is not the creators'.

    Of a month that is not closed it is an estimate (``is_final`` False). Without creators nobody
    who shares was watched.
    """

    period: str
    shared: Money
    creators: list[ToCreator]
    rest: Money
    is_final: bool

    @property
    def title(self) -> str:
        """The month as people say it; of one that was closed in parts, the whole."""
        year, month = self.period.partition(".")[0].split("-")
        return f"{calendar.month_name[int(month)]} {year}"


def went_to(*, one: Pass, at: dt.datetime) -> list[WentTo]:
    """Return where the fees of a pass went, newest first; the running month is an estimate."""
    closed = [
        _went(one.period.name, one.fee, one.creators, is_final=True)
        for one in shared_fees(viewer_id=one.user.viewer_id)
    ]
    running = _so_far(one, at=at)
    return [running, *closed] if running is not None else closed


def _so_far(one: Pass, *, at: dt.datetime) -> WentTo | None:
    """Return what a month's fee would give, shared by what was watched this month until now."""
    month = last_month(one)
    if month is None or not one.runs(at=at):
        return None
    share = PaymentShare.objects.get(payment_id=month.pk, account=month.account)
    fee = Money(share.amount_micros - share.given_micros, month.currency)
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    viewer = one.user.viewer_id
    rows = watching(starts_at=first, ends_at=at, policy=policy_at(at=at), viewers={viewer})
    found = Video.objects.filter(pk__in={row.video_id for row in rows})
    sharing = found.filter(creator__shares_from__lte=at)
    owner_of = dict(sharing.values_list("pk", "creator_id"))
    owners = {(row.video_id, row.day): owner_of.get(row.video_id) for row in rows}
    seen = tuple(Watched(row.video_id, row.day, row.views, row.watched_ms) for row in rows)
    rule = policy_at(at=max(at, shared_from())).rule_of(PRODUCT)
    creators: dict[int, int] = defaultdict(int)
    known = {place: owner for place, owner in owners.items() if owner is not None}
    parts = split_fee(member=Member(viewer, fee, seen), owners=known, rule=rule)
    for place, micros in parts.items():
        creators[known[place]] += micros
    amounts = {who: Money(micros, fee.currency) for who, micros in creators.items()}
    return _went(f"{first:%Y-%m}", fee, amounts, is_final=False)


def _went(period: str, fee: Money, creators: dict[int, Money], *, is_final: bool) -> WentTo:
    known = Creator.objects.in_bulk(creators)
    given = sum((amount for amount in creators.values()), Money.zero(fee.currency))
    listed = [
        ToCreator(known[who], amount, amount.micros * 100 // max(given.micros, 1))
        for who, amount in sorted(creators.items(), key=lambda pair: -pair[1].micros)
    ]
    return WentTo(period, fee, listed, fee - given, is_final)
