"""Working out where fees go, for all members at once: a page only reads it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.events.queries import watching
from takings.memberships.models import FeeShare, Month, Pass
from takings.memberships.queries import PRODUCT, last_month, shared_from
from takings.money import Money
from takings.payments.models import PaymentShare
from takings.policies.queries import policy_at
from takings.settlement.models import Period, Status
from takings.settlement.queries import by_viewer, open_period, periods, shared_fees
from takings.settlement.rules import Member, Watched, split_fee
from takings.videos.models import Video


def tell_fees(*, at: dt.datetime) -> None:
    """Tell owners of passes where their fees went in closed periods, and would go in this one.

    The estimate shares a whole month's fee by what was watched in the running period. Repeatable.
    """
    told = set(FeeShare.objects.filter(is_final=True).values_list("period", flat=True))
    closed = [period for period in periods() if period.status == Status.CLOSED]
    for period in closed:
        _tell_final(period, told=told)
    _tell_running(at=at)


@transaction.atomic
def _tell_final(period: Period, *, told: Container[str]) -> None:
    """Tell it once. Fees that did not come by a pass are nobody's here."""
    passes = {one.user.viewer_id: one for one in Pass.objects.select_related("user")}
    shared = [] if period.name in told else shared_fees(period=period)
    fees: dict[tuple[UUID, str], int] = defaultdict(int)
    creators: dict[tuple[UUID, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for one in [one for one in shared if one.viewer_id in passes]:
        key = one.viewer_id, one.key.currency
        fees[key] += one.fee.micros
        for who, amount in one.creators.items():
            creators[key][who] += amount.micros
    for (viewer, code), micros in fees.items():
        to = _To(passes[viewer], period.name, code, is_final=True)
        _write(to, fee=micros, creators=creators[viewer, code])


def _tell_running(*, at: dt.datetime) -> None:
    passes = list(Pass.objects.filter(ends_at__gt=at).select_related("user"))
    period = open_period(at=at)
    viewers, rules = {one.user.viewer_id for one in passes}, policy_at(at=at)
    rows = (  # without members the lake is left alone
        watching(starts_at=period.starts_at, ends_at=at, policy=rules, viewers=viewers)
        if viewers
        else []
    )
    found = Video.objects.filter(pk__in={row.video_id for row in rows})
    sharing = found.filter(creator__shares_from__lte=at)
    owner_of, watched = dict(sharing.values_list("pk", "creator_id")), by_viewer(rows)
    months = [month for one in passes if (month := last_month(one)) is not None]
    with transaction.atomic():
        FeeShare.objects.filter(is_final=False).delete()
        for month in months:
            one = month.ad_free_pass
            seen = watched.get(one.user.viewer_id, ())
            fee, creators = _estimate(month, seen=seen, owner_of=owner_of, at=at)
            to = _To(one, period.name, month.currency, is_final=False)
            _write(to, fee=fee, creators=creators)


def _estimate(
    month: Month,
    *,
    seen: tuple[Watched, ...],
    owner_of: Mapping[UUID, int | None],
    at: dt.datetime,
) -> tuple[int, dict[int, int]]:
    share = PaymentShare.objects.get(payment_id=month.pk, account=month.account)
    fee = Money(share.amount_micros - share.given_micros, month.currency)
    owners = {
        (row.video_id, row.day): owner
        for row in seen
        if (owner := owner_of.get(row.video_id)) is not None
    }
    rule = policy_at(at=max(at, shared_from())).rule_of(PRODUCT)
    creators: dict[int, int] = defaultdict(int)
    member = Member(month.ad_free_pass.user.viewer_id, fee, seen)
    for place, micros in split_fee(member=member, owners=owners, rule=rule).items():
        creators[owners[place]] += micros
    return fee.micros, creators


@dataclass(frozen=True, slots=True)
class _To:
    """Whom it is told, of which period."""

    ad_free_pass: Pass
    period: str
    currency: str
    is_final: bool


def _write(to: _To, *, fee: int, creators: Mapping[int, int]) -> None:
    rest = fee - sum(creators.values())
    parts: list[tuple[int | None, int]] = [(None, rest), *creators.items()]
    FeeShare.objects.bulk_create(
        FeeShare(
            ad_free_pass=to.ad_free_pass,
            period=to.period,
            currency=to.currency,
            creator_id=who,
            amount_micros=micros,
            is_final=to.is_final,
        )
        for who, micros in parts
    )
