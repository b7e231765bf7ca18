"""Whose own videos a brand promotes, and what its ads may say."""

import uuid

from takings.ads.models import Creative, Promoter
from takings.ads.rules.campaigns import Message
from takings.ads.rules.promotions import landing_page, promotion_message
from takings.people.models import Brand, Creator, User
from takings.people.queries import access_brand_to_change
from takings.videos.models import Video


def promoter_of(*, brand_id: int) -> Creator | None:
    """Return the creator whose own videos a brand promotes; None: it advertises as others do."""
    found = Promoter.objects.filter(pk=brand_id).select_related("creator__user").first()
    return found.creator if found else None


def promoter_brand(*, creator: Creator) -> Brand | None:
    """Return the brand under which a creator promotes own videos; None: without credits."""
    found = Promoter.objects.filter(creator=creator).select_related("brand").first()
    return found.brand if found else None


def access_brand_to_bill(*, user: User, brand: Brand) -> Brand:
    """Return a brand to who says whom its invoices address: its editors, or whose videos it shows.

    Refuses: NoSuchBrand, OnlyLooking.
    """
    creator = promoter_of(brand_id=brand.pk)
    if creator is not None and creator.user_id == user.pk:
        return brand
    return access_brand_to_change(user=user, brand_id=brand.pk)


def own_pages(*, brand_id: int, video_id: uuid.UUID) -> tuple[str, ...]:
    """Return where an ad of the brand may lead on our own site; none: anywhere else."""
    is_promoter = Promoter.objects.filter(pk=brand_id).exists()
    return (landing_page(video_id),) if is_promoter else ()


def message_of(video: Video) -> Message:
    """Return what a promotion of a video says."""
    return promotion_message(video_id=video.pk, title=video.title, category=video.category)


def says_what_is_public(creative: Creative) -> bool:
    """Tell whether an ad promotes an own video, and says no more than everybody reads of it."""
    if promoter_of(brand_id=creative.campaign.brand_id) is None:
        return False
    said = message_of(creative.video)
    return (creative.headline, creative.call_to_action, creative.landing_url) == (
        *(said.headline, said.call_to_action, said.landing_url),
    )
