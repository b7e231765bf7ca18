"""Who may pay for a batch of decisions: their leases, and of rare events what nobody holds."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.conf import settings
from django.db.models import Q

from takings.ads import queries
from takings.ads.actions.locks import lock_campaigns
from takings.ads.models import BilledImpression, Campaign, Lease, LineItem
from takings.ads.rules.judging import Known, Room
from takings.ads.rules.lines import Pricing
from takings.ads.rules.pricing import PARTLY_HELD
from takings.ads.rules.tokens import Decision
from takings.events.rules.clients import day_viewer
from takings.money import Money
from takings.people.models import User
from takings.videos.models import Video

BATCH = 2_000


def known_of(
    decisions: Sequence[Decision], *, rare: Collection[uuid.UUID], at: dt.datetime
) -> Known:
    """Lock what would pay, then read what it holds and what was billed before.

    While its lease is locked, nobody else can bill a decision. The leases of ``rare`` events may be
    empty: their campaigns are locked first, and all open leases of their line items with theirs.
    Campaigns and leases are locked in the order of their ids.
    """
    wanted = LineItem.objects.filter(leases__in=rare, pricing__in=PARTLY_HELD)
    rarely = dict(wanted.values_list("pk", "campaign_id"))
    lock_campaigns(rarely.values())
    named = Q(pk__in={decision.lease_id for decision in decisions})
    related = Q(line_item__in=rarely, closed_at__isnull=True)
    leases = Lease.objects.select_related("campaign", "line_item").filter(named | related)
    locked = list(leases.order_by("pk").select_for_update(of=("self",), no_key=True))
    pots, pots_of = _pots(rarely, at=at)
    days = {decision.issued_at.date() for decision in decisions}
    own_viewers = _own_viewers({lease.campaign.brand_id for lease in locked}, days)
    open_leases = defaultdict[uuid.UUID, list[uuid.UUID]](list)
    for lease in locked:
        open_leases[lease.line_item_id].append(lease.pk)
    rooms = {
        lease.pk: Room(
            lease.campaign_id,
            lease.line_item_id,
            Pricing(lease.line_item.pricing),
            Money(lease.room_micros, lease.campaign.currency),
            own_viewers.get(lease.campaign.brand_id, frozenset()),
            lease.campaign.brand_id,
            tuple(open_leases[lease.line_item_id]) if lease.line_item_id in pots_of else (),
            pots_of.get(lease.line_item_id, ()),
        )
        for lease in locked
    }
    videos = Video.objects.filter(pk__in={decision.creative_id for decision in decisions})
    return Known(rooms, _billed(decisions), dict(videos.values_list("pk", "duration_ms")), pots)


def parts(identifiers: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    """Yield ids in parts that one statement takes."""
    for start in range(0, len(identifiers), BATCH):
        yield identifiers[start : start + BATCH]


def _pots(
    items: Iterable[uuid.UUID], *, at: dt.datetime
) -> tuple[dict[str, Money], dict[uuid.UUID, tuple[str, ...]]]:
    """Return what nobody holds of these line items, and of their campaigns and brands."""
    pots: dict[str, Money] = {}
    pots_of = {}
    for item in LineItem.objects.select_related("campaign").filter(pk__in=items):
        campaign = item.campaign
        today = queries.left_today(item=item, at=at)
        named = {
            f"line item {item.pk}": item.left if today is None else min(item.left, today),
            f"campaign {campaign.pk}": campaign.budget - campaign.committed,
            f"brand {campaign.brand_id}": queries.prepaid(
                brand_id=campaign.brand_id, currency=campaign.currency
            ),
        }
        pots |= named
        pots_of[item.pk] = tuple(named)
    return pots, pots_of


def _billed(decisions: Sequence[Decision]) -> set[uuid.UUID]:
    billed: set[uuid.UUID] = set()
    for part in parts([decision.decision_id for decision in decisions]):
        billed |= set(BilledImpression.objects.filter(pk__in=part).values_list("pk", flat=True))
    return billed


def own_viewers_of(decisions: Collection[Decision]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return the people of the brand of each of these decisions' campaigns; unknown ones have none.

    What they do with their own ads is neither charged nor counted (MRC: internal traffic).
    """
    campaigns = Campaign.objects.filter(pk__in={one.campaign_id for one in decisions})
    brand_of = dict(campaigns.values_list("pk", "brand_id"))
    days = {decision.issued_at.date() for decision in decisions}
    own = _own_viewers(set(brand_of.values()), days)
    return {campaign: own.get(brand, frozenset()) for campaign, brand in brand_of.items()}


def _own_viewers(brand_ids: set[int], days: set[dt.date]) -> dict[int, frozenset[uuid.UUID]]:
    """Return each brand's people, also as the ones they are on a day they ask to be nobody."""
    members: dict[int, set[uuid.UUID]] = defaultdict(set)
    rows = User.objects.filter(brands__in=brand_ids).values_list("brands", "viewer_id")
    for brand_id, viewer_id in rows:
        members[brand_id].add(viewer_id)
        key = settings.SECRET_KEY
        members[brand_id] |= {day_viewer(viewer_id=viewer_id, day=day, key=key) for day in days}
    return {brand_id: frozenset(viewers) for brand_id, viewers in members.items()}
