"""Creatives: a brand's, what waits for review, what may be shown, and what changed."""

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from takings.ads.models import Campaign, Change, Creative, LineItem, Review
from takings.ads.queries.house import is_house
from takings.ads.queries.promoters import promoter_of
from takings.ads.rules.creatives import Shown
from takings.ads.rules.rotation import ShownAds
from takings.core.errors import NotFound
from takings.people.models import Brand, User
from takings.people.queries import Visitor, access_brand_to_change, access_operator, access_self
from takings.videos.models import Purpose, Video, Visibility
from takings.videos.models import Status as VideoStatus
from takings.videos.queries import public_videos


class NoSuchCreative(NotFound):
    """The video was not uploaded as an ad by a member of the brand."""

    code = "no_such_creative"
    sentence = "Choose a video that was uploaded as an ad for this brand."


class NoSuchAd(NotFound):
    """The creative does not exist, or belongs to a brand of others."""

    code = "no_such_ad"
    sentence = "There is no such ad among yours."


def ad_videos_of(*, brand: Brand) -> QuerySet[Video]:
    """Return the ad videos that members of the brand uploaded, newest first.

    For the platform's own, what operators uploaded, too. A creator's brand shows what the channel
    does, and nothing else.
    """
    creator = promoter_of(brand_id=brand.pk)
    if creator is not None:
        return public_videos(creator=creator)
    unusable = [VideoStatus.REMOVED, VideoStatus.REFUSED]
    whose = Q(brands=brand) | Q(is_staff=True) if is_house(brand_id=brand.pk) else Q(brands=brand)
    uploaders = User.objects.filter(whose)
    videos = Video.objects.filter(purpose=Purpose.CREATIVE, uploader__in=uploaders)
    return videos.exclude(status__in=unusable).order_by("-uploaded_at", "-pk")


def access_ad_video(*, brand: Brand, video_id: uuid.UUID) -> Video:
    """Return an ad video of the brand, or refuse with :class:`NoSuchCreative`."""
    video = ad_videos_of(brand=brand).filter(pk=video_id).first()
    if video is None:
        raise NoSuchCreative
    return video


def access_creative(*, user: Visitor, creative_id: uuid.UUID) -> Creative:
    """Return a creative of one of the person's brands (operators reach all)."""
    person = access_self(user=user)
    creatives = Creative.objects.select_related("campaign__brand", "video")
    if not person.is_staff:
        creatives = creatives.filter(campaign__brand__members=person)
    creative = creatives.filter(pk=creative_id).first()
    if creative is None:
        raise NoSuchAd
    return creative


def access_creative_to_change(*, user: Visitor, creative_id: uuid.UUID) -> Creative:
    """Return a creative to an editor or owner. Refuses: NoSuchAd, OnlyLooking."""
    creative = access_creative(user=user, creative_id=creative_id)
    access_brand_to_change(user=user, brand_id=creative.campaign.brand_id)
    return creative


def access_creative_to_review(*, user: Visitor, creative_id: uuid.UUID) -> Creative:
    """Return a creative to an operator. Refuses: OperatorsOnly, NoSuchAd."""
    return access_creative(user=access_operator(user=user), creative_id=creative_id)


def creatives_of(*, campaign: Campaign) -> list[Creative]:
    """Return the creatives of a campaign, the first one first."""
    return list(campaign.creatives.select_related("video").order_by("submitted_at", "pk"))


def chosen_of(creatives: Iterable[Creative], *, ads: ShownAds) -> list[Creative]:
    """Return those of a campaign's creatives that a line item shows."""
    return [one for one in creatives if not ads.ids or one.pk in ads.ids]


def shown_of(creatives: Iterable[Creative]) -> list[Shown]:
    """Return creatives as far as it matters whether they can be shown."""
    return [
        Shown(
            review=creative.review,
            is_paused=creative.paused_at is not None,
            is_ready=creative.video.status == VideoStatus.READY,
            is_withdrawn=_is_withdrawn(creative.video),
        )
        for creative in creatives
    ]


def _is_withdrawn(video: Video) -> bool:
    """Tell of a promoted post whether its creator, or an operator, took it from the public."""
    is_public = video.visibility == Visibility.PUBLIC and video.status != VideoStatus.REMOVED
    return video.purpose == Purpose.POST and not is_public


def headlines_of(creative_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what stands over these ads."""
    return dict(Creative.objects.filter(pk__in=creative_ids).values_list("pk", "headline"))


def showable_creatives() -> QuerySet[Creative]:
    """Return the creatives that may be shown when their campaign runs.

    A post is one as long as it is public.
    """
    approved = Creative.objects.filter(review=Review.APPROVED, paused_at__isnull=True)
    ready = approved.filter(video__status=VideoStatus.READY)
    ready = ready.filter(
        Q(video__purpose=Purpose.CREATIVE) | Q(video__visibility=Visibility.PUBLIC)
    )
    return ready.select_related("video").order_by("pk")


def creatives_in_review() -> list[Creative]:
    """Return what waits for an operator, what waits longest first."""
    waiting = Creative.objects.filter(review=Review.SUBMITTED)
    return list(waiting.select_related("campaign__brand", "video").order_by("submitted_at", "pk"))


def newest_reviews(*, limit: int = 50) -> list[Change]:
    """Return what operators said last, newest first."""
    said = Change.objects.filter(field="review").order_by("-pk")
    return list(said.select_related("creative", "campaign__brand", "changed_by")[:limit])


def changes_of(
    *, campaign: Campaign, creative: Creative | None = None, item: LineItem | None = None
) -> list[Change]:
    """Return what changed of a campaign, or of one of its creatives or line items, newest first."""
    changes = campaign.changes.select_related("creative", "line_item", "changed_by").order_by("-pk")
    if creative is not None:
        changes = changes.filter(creative=creative)
    return list(changes if item is None else changes.filter(line_item=item))
