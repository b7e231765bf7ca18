"""What players may show: which videos with ads, where in them, and how large an ad is."""

import datetime as dt
import uuid

from takings.ads.rules.players import Embed
from takings.ads.rules.vast import Picture
from takings.videos.models import Purpose, Status, Video, Visibility
from takings.videos.queries import breaks_in, whole_bytes


def embedded(*, video_id: uuid.UUID, at: dt.datetime) -> Embed | None:
    """Return a video that others may show with ads; None when they may not.

    It is open to all, and its creator accepted the pool's terms: that is who shares in ad money.
    """
    posts = Video.objects.filter(
        pk=video_id, status=Status.READY, purpose=Purpose.POST, creator__shares_from__isnull=False
    )
    if not posts.filter(visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED]).exists():
        return None
    return Embed(video_id, breaks_in(video_id=video_id, at=at))


def creative_picture(creative_id: uuid.UUID) -> Picture | None:
    """Return how large an ad is, in pixels and in one file; None when it is there no more."""
    ready = Video.objects.filter(pk=creative_id, status=Status.READY)
    size = ready.values_list("width", "height").first()
    return Picture(*size, whole_bytes(creative_id)) if size else None
