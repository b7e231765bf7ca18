"""The row that stands for a whole channel, where money is of no one video."""

import datetime as dt

from takings.core import ids
from takings.people.models import Creator
from takings.videos.models import Purpose, Status, Video, Visibility

TITLE = "The channel itself"


def channel_of(*, creator: Creator, at: dt.datetime) -> Video:
    """Return what stands for all of a creator's channel; the first call makes it.

    It has no media, and no list of videos shows it.
    """
    channel, _ = Video.objects.get_or_create(
        pk=ids.derived("the channel of", creator.pk),
        defaults={
            "uploader_id": creator.user_id,
            "creator": creator,
            "purpose": Purpose.CHANNEL,
            "title": TITLE,
            "visibility": Visibility.PRIVATE,
            "status": Status.REMOVED,
            "uploaded_at": at,
        },
    )
    return channel
