"""Advertisers with money, campaigns that run, and what viewers report."""

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass, field, replace

from takings.ads import actions, queries
from takings.ads.actions import LeaseRequest, ServedKey, key_ring
from takings.ads.models import Campaign, Charge, Lease, LineItem
from takings.ads.rules.campaigns import Frame, Message
from takings.ads.rules.judging import Beacon
from takings.ads.rules.lines import Pricing
from takings.ads.rules.targeting import quarter_of
from takings.ads.rules.terms import Draft, Terms
from takings.ads.rules.tokens import NO_VIDEO, Decision, Placement
from takings.core import ids
from takings.ledger.queries import balance
from takings.money import Money
from takings.people.models import Brand, User
from takings.videos.models import Video
from tests.make.people import NOON, make_brand, make_operator, make_user
from tests.make.videos import make_creative

MONTH = dt.timedelta(days=30)
SECONDS = dt.timedelta(seconds=1)
_numbers = itertools.count(1)


def usd(text: str) -> Money:
    """Return dollars."""
    return Money.parse(text, "USD")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a made campaign is like, where the story cares."""

    cpm: Money = field(default_factory=lambda: usd("4.25"))
    budget: Money = field(default_factory=lambda: usd("20"))
    deposit: Money | None = field(default_factory=lambda: usd("100"))
    countries: tuple[str, ...] = ("DE",)
    landing_url: str = "https://brand.example/coats"
    is_active: bool = True
    pricing: Pricing = Pricing.VCPM


def make_advertiser(name: str = "Northwind") -> tuple[Brand, User]:
    """Open a brand; return it with its one member."""
    member = make_user("Bea")
    return make_brand(name, member=member), member


def make_draft(creative_id: uuid.UUID, wanted: Wanted | None = None) -> Draft:
    """Fill in the form of a campaign that runs for a month from noon."""
    wanted = wanted or Wanted()
    number = next(_numbers)
    return Draft(
        id=ids.uuid7(at=NOON, entropy=number),
        frame=Frame(f"Coats {number}", wanted.budget),
        terms=Terms(
            name=f"Coats {number}",
            price=wanted.cpm,
            pricing=wanted.pricing,
            countries=wanted.countries,
            starts_at=NOON,
            ends_at=NOON + MONTH,
        ),
        message=Message("Warm all winter", "See the coats", wanted.landing_url),
        creative_id=creative_id,
    )


def make_campaign(
    brand: Brand | None = None, *, member: User | None = None, wanted: Wanted | None = None
) -> Campaign:
    """Pay in, upload a creative, draft a campaign and (unless told otherwise) let it be shown."""
    wanted = wanted or Wanted()
    if brand is None or member is None:
        brand, member = make_advertiser()
    if wanted.deposit is not None:
        deposit_id = ids.uuid7(at=NOON)
        actions.deposit_prepaid(brand=brand, amount=wanted.deposit, id=deposit_id, at=NOON)
    creative = make_creative(member)
    draft = make_draft(creative.pk, wanted)
    campaign = actions.create_campaign(brand=brand, draft=draft, user=member, at=NOON)
    if wanted.is_active:
        approve(campaign)
        actions.activate_campaign(campaign_id=campaign.pk, user=member, at=NOON)
    campaign.refresh_from_db()
    return campaign


FREE = Wanted(cpm=usd("0"), budget=usd("0"), deposit=None, pricing=Pricing.FREE)


def make_house(wanted: Wanted = FREE) -> Campaign:
    """Let an operator show something of the platform itself, where nobody pays."""
    operator = make_operator("Otto")
    house = queries.house_brand() or actions.open_house(
        operator=operator, name="Takings", website="https://takings.example", at=NOON
    )
    draft = make_draft(make_creative(operator).pk, wanted)
    campaign = actions.create_campaign(brand=house, draft=draft, user=operator, at=NOON)
    return actions.activate_campaign(campaign_id=campaign.pk, user=operator, at=NOON)


def make_line_item(wanted: Wanted | None = None) -> LineItem:
    """Let a campaign run, and return what it buys."""
    return make_campaign(wanted=wanted).line_items.get()


def change(item: LineItem, **changes: object) -> LineItem:
    """Change some of the terms of a line item, by their names."""
    terms = replace(queries.terms_of(item=item), **changes)  # type: ignore[arg-type] # by name
    user = item.campaign.brand.members.get()
    return actions.change_line_item(line_item_id=item.pk, terms=terms, user=user, at=NOON)


def approve(campaign: Campaign) -> None:
    """Let an operator approve a campaign's ads as they are."""
    operator = make_operator("Rita")
    for one in campaign.creatives.exclude(review="approved"):
        actions.approve_creative(
            creative_id=one.pk, edition=one.edition, operator=operator, at=NOON
        )


def make_lease(
    buyer: Campaign | LineItem, *, used_before: int = 0, at: dt.datetime = NOON
) -> Lease:
    """Lend an ad server part of the budget: a line item's, or that of a campaign's first one."""
    request = LeaseRequest(ids.uuid7(at=at), "server-1", used_before)
    return actions.lease_budget(line_item_id=buyer.pk, request=request, at=at)


def make_served(item: LineItem | Campaign, count: int) -> None:
    """Count so many decisions of a line item (or of a campaign's first one) at noon in Germany."""
    key = ServedKey(item.pk, NOON.date(), quarter_of(NOON), "DE", Placement.FEED, NO_VIDEO)
    actions.count_served(counts={key: count})


def paid_within(video: Video) -> tuple[int, Money]:
    """Return how many ads in a video were charged, and what its creator, the pool and we got.

    It pays its creator, or its pool, as the policy of the day says on which it is asked.
    """
    charges = Charge.objects.all()
    accounts = {f"pool:feed_ads:DE:{one.period}" for one in charges}
    accounts |= {f"creator:{video.creator_id}:pending", "platform:revenue:ads"}
    paid = [balance(name=name, currency="USD") for name in accounts]
    return sum(one.impression_count for one in charges), sum(paid, usd("0"))


def make_decision(
    lease: Lease,
    *,
    viewer_id: uuid.UUID | None = None,
    country: str = "DE",
    at: dt.datetime = NOON,
) -> Decision:
    """Decide for a viewer, as an ad server with this lease does."""
    campaign = lease.campaign
    return Decision(
        decision_id=ids.uuid7(at=at),
        campaign_id=campaign.pk,
        lease_id=lease.pk,
        creative_id=campaign.creatives.earliest("submitted_at", "pk").video_id,
        after_video_id=NO_VIDEO,
        viewer_id=viewer_id or uuid.uuid4(),
        price=lease.line_item.event_price,
        country=country,
    )


def make_beacon(
    decision: Decision, *, after: dt.timedelta = 5 * SECONDS, viewer_id: uuid.UUID | None = None
) -> Beacon:
    """Report, so long after the decision, that the ad was seen."""
    received_at = decision.issued_at + after
    return Beacon(
        event_id=ids.uuid7(at=received_at),
        token=key_ring().sign(decision),
        viewer_id=viewer_id or decision.viewer_id,
        received_at=received_at,
    )
