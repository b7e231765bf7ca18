"""Partners who are asked for bids: for ad servers, for operators, and whom to tell of what."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from takings.ads.models import (
    BilledImpression,
    DemandPartner,
    LineItem,
    PartnerCount,
    PartnerCreative,
    PartnerNotice,
    PartnerRest,
    Review,
    Status,
)
from takings.ads.queries.deals import deals_of_partners
from takings.ads.rules.lines import Pricing
from takings.ads.rules.partners import SENTENCES, Access, Blocks, Outcome, Partner
from takings.ads.rules.sealing import Seal
from takings.core.errors import NotFound
from takings.people.models import Brand, Membership, Role, User
from takings.people.queries import Visitor, access_operator
from takings.videos.models import Status as VideoStatus
from takings.videos.rules.categories import with_wider

LOOKED_BACK_DAYS = 7
TOLD_WITHIN = dt.timedelta(days=1)
MOST_SHOWN = 100


class NoSuchPartner(NotFound):
    """There is none with this id."""

    code = "no_such_partner"
    sentence = "There is no such partner."


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How often something became of questions or bids in the last seven days."""

    outcome: Outcome
    sentence: str
    count: int


def seal() -> Seal:
    """Return what secrets of ours at partners are encrypted with."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return Seal([str(key) for key in keys])


def demand_partners(*, at: dt.datetime) -> list[Partner]:
    """Return the partners to ask, as ad servers know them.

    Left out is one whose secret header cannot be read any more: it would only refuse us.
    """
    found = DemandPartner.objects.filter(is_on=True, line_item__pricing=Pricing.CPM)
    rows = list(found.select_related("line_item__campaign").order_by("pk"))
    shown, hidden, said = _creatives(rows)
    deals = deals_of_partners(row.pk for row in rows)
    partners = []
    for row in rows:
        item = row.line_item
        value = header_of(row)
        if value is None:
            continue
        is_on = item.campaign.status == Status.ACTIVE and item.paused_at is None
        partners.append(
            Partner(
                id=row.pk,
                line_item_id=item.pk,
                access=_access(row, value),
                dearest=item.price,
                is_running=is_on and item.starts_at <= at < item.ends_at and bool(shown[row.pk]),
                blocks=_blocks(row),
                countries=frozenset(item.countries),
                placements=frozenset(item.placements),
                shown=shown[row.pk],
                hidden=hidden[row.pk],
                said=said[row.pk],
                deals=deals[row.pk],
            )
        )
    return partners


def items_of_partners() -> frozenset[uuid.UUID]:
    """Return the line items that bid for partners, and never by themselves."""
    return frozenset(DemandPartner.objects.values_list("line_item_id", flat=True))


def header_of(partner: DemandPartner) -> str | None:
    """Return the value of a partner's secret header; None when it cannot be read any more."""
    return seal().open(bytes(partner.header_sealed))


def _access(row: DemandPartner, value: str) -> Access:
    return Access(
        endpoint=row.endpoint,
        timeout_ms=row.timeout_ms,
        qps=row.qps,
        header=(row.header_name, value),
        seat=row.seat,
        vendor_id=row.vendor_id,
    )


def _blocks(row: DemandPartner) -> Blocks:
    return Blocks(frozenset(row.blocked_domains), frozenset(row.blocked_categories))


def _creatives(
    partners: list[DemandPartner],
) -> tuple[
    dict[uuid.UUID, dict[str, uuid.UUID]],
    dict[uuid.UUID, dict[str, Outcome]],
    dict[uuid.UUID, dict[str, frozenset[str]]],
]:
    """Return which ads of each partner may be shown, why others may not, what all advertise."""
    said: dict[uuid.UUID, dict[str, frozenset[str]]] = defaultdict(dict)
    shown: dict[uuid.UUID, dict[str, uuid.UUID]] = defaultdict(dict)
    hidden: dict[uuid.UUID, dict[str, Outcome]] = defaultdict(dict)
    rows = PartnerCreative.objects.filter(partner__in=partners).select_related("creative__video")
    for row in rows.defer("markup"):
        creative = row.creative
        reviewed = [creative.category] if creative else []
        wider = (with_wider(one) for one in (*row.categories, *reviewed))
        said[row.partner_id][row.crid] = frozenset[str]().union(*wider)
        if row.refused_why or (creative and (creative.paused_at or creative.declined_why)):
            hidden[row.partner_id][row.crid] = Outcome.NOT_APPROVED
        elif creative and creative.is_shown and creative.video.status == VideoStatus.READY:
            shown[row.partner_id][row.crid] = creative.video_id
        else:
            hidden[row.partner_id][row.crid] = Outcome.IN_REVIEW
    return shown, hidden, said


def partners() -> QuerySet[DemandPartner]:
    """Return all partners, by name."""
    return DemandPartner.objects.select_related("line_item__campaign__brand").order_by("name", "pk")


def access_partner(*, user: Visitor, partner_id: uuid.UUID) -> DemandPartner:
    """Return a partner to an operator. Refuses: OperatorsOnly, NoSuchPartner."""
    access_operator(user=user)
    found = partners().filter(pk=partner_id).first()
    if found is None:
        raise NoSuchPartner
    return found


def partner_line_items(*, besides: DemandPartner | None = None) -> QuerySet[LineItem]:
    """Return the line items that a partner may bid for: sold by impressions, and nobody else's."""
    free = Q(partner=None) if besides is None else Q(partner=None) | Q(partner=besides)
    sold = LineItem.objects.filter(free, pricing=Pricing.CPM)
    live = sold.exclude(campaign__status=Status.ENDED).select_related("campaign__brand")
    return live.order_by("campaign__brand__name", "name", "pk")


def outcomes_of(*, partner: DemandPartner, at: dt.datetime) -> list[OutcomeRow]:
    """Return what became of a partner's questions and bids in seven days, in the order of words."""
    first = at.date() - dt.timedelta(days=LOOKED_BACK_DAYS - 1)
    rows = PartnerCount.objects.filter(partner=partner, day__gte=first).values("outcome")
    counts = {row["outcome"]: row["total"] for row in rows.annotate(total=Sum("count"))}
    return [
        OutcomeRow(one, sentence, counts[one])
        for one, sentence in SENTENCES.items()
        if counts.get(one)
    ]


def rests_of(*, partner: DemandPartner, at: dt.datetime) -> list[PartnerRest]:
    """Return the ad servers that leave a partner alone now."""
    return list(PartnerRest.objects.filter(partner=partner, until__gt=at).order_by("server"))


def creatives_of_partner(*, partner: DemandPartner) -> list[PartnerCreative]:
    """Return the newest ads that a partner sent."""
    found = PartnerCreative.objects.filter(partner=partner).defer("markup")
    return list(found.select_related("creative__video").order_by("-seen_at", "-pk")[:MOST_SHOWN])


def partner_creative(*, creative_id: int) -> PartnerCreative:
    """Return an ad of a partner to work on."""
    found = PartnerCreative.objects.select_related("partner__line_item__campaign__brand")
    return found.get(pk=creative_id)


def owner_of(*, brand: Brand) -> User | None:
    """Return who speaks for a brand first: whose name its videos from outside are uploaded in."""
    first = Membership.objects.filter(brand=brand, role=Role.OWNER).select_related("user")
    found = first.order_by("pk").first()
    return found.user if found else None


def waiting_creatives(*, partner_id: uuid.UUID) -> int:
    """Return how many ads of a partner wait to be fetched or reviewed."""
    waits = Q(creative=None, refused_why="") | Q(creative__review=Review.SUBMITTED)
    return PartnerCreative.objects.filter(waits, partner=partner_id).count()


def untold_notices(*, at: dt.datetime, most: int) -> list[PartnerNotice]:
    """Return the notices to ask now, the oldest first: of charges those that are in the books."""
    charged = BilledImpression.objects.filter(pk=OuterRef("decision_id"))
    waiting = PartnerNotice.objects.filter(asked_at=None, noted_at__gt=at - TOLD_WITHIN)
    due = waiting.filter(~Q(kind=PartnerNotice.Kind.CHARGE) | Exists(charged))
    return list(due.order_by("noted_at", "pk")[:most])
