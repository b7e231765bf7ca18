"""What players of other sites may show: which videos with ads, and how large an ad is."""

import uuid

from takings.videos.models import Purpose, Status, Video, Visibility


def embedded_duration_ms(video_id: uuid.UUID) -> int | None:
    """Return the length of a video that others may show with ads; None when they may not.

    It is open to all, and its creator accepted the pool's terms: that is who shares in ad money.
    """
    posts = Video.objects.filter(
        pk=video_id, status=Status.READY, purpose=Purpose.POST, creator__shares_from__isnull=False
    )
    open_to_all = posts.exclude(visibility=Visibility.PRIVATE)
    return open_to_all.values_list("duration_ms", flat=True).first()


def creative_size(creative_id: uuid.UUID) -> tuple[int, int] | None:
    """Return width and height of an ad's largest rendition; None when it is there no more."""
    ready = Video.objects.filter(pk=creative_id, status=Status.READY)
    return ready.values_list("width", "height").first()
