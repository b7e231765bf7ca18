"""What creators promote, with which credits, and what came of it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from takings.ads.models import Campaign, Creative, Promoter, Status
from takings.ads.queries.accounts import balances
from takings.ads.queries.campaigns import line_items_of
from takings.ads.queries.delivery import obstacles
from takings.ads.queries.reports import spent_by_campaign
from takings.ads.rules.promotions import Credits, NotPromotable
from takings.audience.models import Follow, Like
from takings.core.errors import NotFound
from takings.money import Money
from takings.people.models import Brand, Creator
from takings.people.queries import Visitor, access_own_creator
from takings.videos.models import Video
from takings.videos.queries import public_videos


class NoSuchPromotion(NotFound):
    """The promotion does not exist, or is of somebody else's video."""

    code = "no_such_promotion"
    sentence = "There is no such promotion among yours."


@dataclass(frozen=True, slots=True)
class PromotionRow:
    """A promotion, its one ad, and what it got for its money."""

    campaign: Campaign
    creative: Creative
    views: int
    spent: Money
    starts_at: dt.datetime
    ends_at: dt.datetime
    is_over: bool
    obstacles: list[str]


@dataclass(frozen=True, slots=True)
class Gained:
    """Who began to follow the creator, and to like the video, while it ran: why ever."""

    followers: int
    likes: int


def access_promotable(*, creator: Creator, video_id: uuid.UUID) -> Video:
    """Return a video that its creator may promote. Refuses: NotPromotable."""
    video = public_videos(creator=creator).filter(pk=video_id).first()
    if video is None:
        raise NotPromotable
    return video


def credits_of(*, brand: Brand, currency: str, at: dt.datetime) -> Credits:
    """Return where the promotion credits of a creator's brand are."""
    found = balances(brand=brand, currency=currency)
    planned = sum((one.budget - one.committed for one in _running(brand, at)), Money.zero(currency))
    return Credits(
        taken=found.deposited,
        there=found.prepaid,
        reserved=found.reserved,
        spent=found.spent,
        planned=planned,
    )


def promotions_of(*, creator: Creator) -> QuerySet[Campaign]:
    """Return what a creator promotes and promoted, the newest first."""
    brands = Promoter.objects.filter(creator=creator).values("pk")
    found = Campaign.objects.filter(brand__in=brands).select_related("brand")
    return found.order_by("-drafted_at", "-pk")


def promotion_rows(*, campaigns: Iterable[Campaign], at: dt.datetime) -> list[PromotionRow]:
    """Return promotions with what they got, in their order."""
    campaigns = list(campaigns)
    spent = spent_by_campaign(campaigns=campaigns)
    ads = Creative.objects.filter(campaign__in=campaigns).select_related("video")
    first = {one.campaign_id: one for one in ads.order_by("-submitted_at", "-pk")}
    return [
        _row(one, first[one.pk], spent.get(one.pk, (0, one.budget * 0)), at=at) for one in campaigns
    ]


def access_promotion(*, user: Visitor, campaign_id: uuid.UUID, at: dt.datetime) -> PromotionRow:
    """Return a promotion to whose video it shows. Refuses: NoStudio, NoSuchPromotion."""
    own = promotions_of(creator=access_own_creator(user=user))
    rows = promotion_rows(campaigns=own.filter(pk=campaign_id), at=at)
    if not rows:
        raise NoSuchPromotion
    return rows[0]


def gained(*, row: PromotionRow, creator: Creator) -> Gained:
    """Return what the creator and the video won while a promotion ran."""
    span = (row.starts_at, row.ends_at)
    follows = Follow.objects.filter(creator=creator, followed_at__range=span)
    likes = Like.objects.filter(video_id=row.creative.video_id, liked_at__range=span)
    return Gained(follows.count(), likes.count())


def _row(
    campaign: Campaign, creative: Creative, spent: tuple[int, Money], *, at: dt.datetime
) -> PromotionRow:
    item, (views, cost) = line_items_of(campaign=campaign)[0], spent
    return PromotionRow(
        campaign=campaign,
        creative=creative,
        views=views,
        spent=cost,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        is_over=item.ends_at <= at or campaign.status == Status.ENDED,
        obstacles=obstacles(item=item, at=at),
    )


def _running(brand: Brand, at: dt.datetime) -> QuerySet[Campaign]:
    """Return the campaigns that may still spend."""
    ends = Campaign.objects.filter(brand=brand).exclude(status=Status.ENDED)
    return ends.annotate(ends_at=Max("line_items__ends_at")).filter(ends_at__gt=at)
