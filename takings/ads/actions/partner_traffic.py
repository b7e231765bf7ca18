"""What ad servers learn of partners, written in batches: counts, notices, ads, and rests."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs

from takings.ads.models import (
    AskingServer,
    DealWin,
    DemandPartner,
    PartnerCreative,
    PartnerNotice,
    PartnerRest,
)
from takings.ads.queries.partners import waiting_creatives
from takings.ads.rules.partners import Outcome

MOST_WAITING = 50
"""So many ads of a partner wait to be fetched or reviewed; more are not taken until some were."""
MOST_A_DAY = 200
DAY = dt.timedelta(days=1)
GONE_AFTER = dt.timedelta(seconds=10)
PartnerKey = tuple[uuid.UUID, dt.date, Outcome]
"""Partner, or deal, UTC day, what became of it."""


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """Whom to tell of what."""

    partner_id: uuid.UUID
    kind: PartnerNotice.Kind
    decision_id: uuid.UUID
    url: str


@dataclass(frozen=True, slots=True)
class SeenCreative:
    """An ad that was not known: by which id, whose it is, its VAST, and what it advertises."""

    partner_id: uuid.UUID
    crid: str
    advertiser: str
    markup: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest:
    """That a partner is left alone until then; None: it is asked again."""

    partner_id: uuid.UUID
    until: dt.datetime | None
    failures: int
    why: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one ad server learned since it wrote last; ``deal_wins`` names decisions and deals."""

    counts: Mapping[PartnerKey, int] = field(default_factory=dict)
    notices: Sequence[NoticeDraft] = ()
    seen: Sequence[SeenCreative] = ()
    rests: Sequence[Rest] = ()
    deal_counts: Mapping[PartnerKey, int] = field(default_factory=dict)
    deal_wins: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)


@transaction.atomic
def record_partner_traffic(*, server: str, traffic: Traffic, at: dt.datetime) -> None:
    """Write what was learned, all or nothing. Ads that are new are ordered to be fetched."""
    _count(traffic.counts, sql=_COUNT)
    _count(traffic.deal_counts, sql=_COUNT_OF_DEALS)
    DealWin.objects.bulk_create(
        (DealWin(decision_id=one, deal_id=deal) for one, deal in traffic.deal_wins.items()),
        ignore_conflicts=True,
    )
    PartnerNotice.objects.bulk_create(
        PartnerNotice(
            partner_id=one.partner_id,
            kind=one.kind,
            decision_id=one.decision_id,
            url=one.url,
            noted_at=at,
        )
        for one in traffic.notices
    )
    for rest in sorted(traffic.rests, key=lambda one: one.partner_id):
        PartnerRest.objects.update_or_create(
            partner_id=rest.partner_id,
            server=server,
            defaults={"until": rest.until, "failures": rest.failures, "why": rest.why},
        )
    for partner_id in sorted({one.partner_id for one in traffic.seen}):
        _take(partner_id, [one for one in traffic.seen if one.partner_id == partner_id], at=at)


_COUNT = """
    INSERT INTO ads_partnercount (partner_id, day, outcome, count)
    SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::bigint[])
    ON CONFLICT (partner_id, day, outcome)
    DO UPDATE SET count = ads_partnercount.count + excluded.count
"""
_COUNT_OF_DEALS = """
    INSERT INTO ads_dealcount (deal_id, day, outcome, count)
    SELECT * FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::bigint[])
    ON CONFLICT (deal_id, day, outcome)
    DO UPDATE SET count = ads_dealcount.count + excluded.count
"""


def _count(counts: Mapping[PartnerKey, int], *, sql: str) -> None:
    """Add to the counts. Rows are touched in key order, so servers never deadlock."""
    rows = sorted((*key, count) for key, count in counts.items())
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])


def share_asking(*, server: str, at: dt.datetime) -> int:
    """Say that an ad server asks partners, and return how many do: what each may get is divided.

    A server that did not look for ten seconds is gone; its row is forgotten after a day.
    """
    AskingServer.objects.filter(seen_at__lt=at - DAY).delete()
    AskingServer.objects.update_or_create(name=server, defaults={"seen_at": at})
    return AskingServer.objects.filter(seen_at__gt=at - GONE_AFTER).count()


def _take(partner_id: uuid.UUID, seen: Sequence[SeenCreative], *, at: dt.datetime) -> None:
    """Keep new ads while there is room; the lock makes two servers count one after the other."""
    DemandPartner.objects.select_for_update(no_key=True).get(pk=partner_id)
    own = PartnerCreative.objects.filter(partner=partner_id)
    room = MOST_WAITING - waiting_creatives(partner_id=partner_id)
    room = min(room, MOST_A_DAY - own.filter(seen_at__gt=at - DAY).count())
    known = set(own.filter(crid__in=[one.crid for one in seen]).values_list("crid", flat=True))
    for one in seen:
        if room <= 0 or one.crid in known:
            continue
        known.add(one.crid)
        room -= 1
        row = PartnerCreative.objects.create(
            partner_id=partner_id,
            crid=one.crid,
            advertiser=one.advertiser,
            markup=one.markup,
            categories=list(one.categories),
            seen_at=at,
        )
        order_creative(row.pk)


def order_creative(creative_id: int) -> None:
    """Order that an ad of a partner is fetched."""
    order = jobs.configure_task(
        "ads.take_partner_creative", queue="ads", lock=f"partner_creative:{creative_id}"
    )
    order.defer(creative_id=creative_id)
