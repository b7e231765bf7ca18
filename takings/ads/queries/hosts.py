"""Whose videos ads were shown inside of."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection

from django.conf import settings

from takings.ads.rules.direct import Host
from takings.events.rules.clients import day_viewer
from takings.people.models import Membership
from takings.videos.models import Purpose, Video


def hosts_of(
    *, video_ids: Collection[uuid.UUID], days: Collection[dt.date]
) -> dict[uuid.UUID, Host]:
    """Return the creators of posts, also as the viewers they are on days they ask to be nobody."""
    posts = Video.objects.filter(pk__in=video_ids, purpose=Purpose.POST, creator__isnull=False)
    rows = list(posts.select_related("creator__user"))
    brands: dict[int, set[int]] = defaultdict(set)
    members = Membership.objects.filter(user__creator__videos__in=rows)
    for user_id, brand_id in members.values_list("user_id", "brand_id"):
        brands[user_id].add(brand_id)
    return {row.pk: _host(row, brands, days) for row in rows}


def _host(video: Video, brands: dict[int, set[int]], days: Collection[dt.date]) -> Host:
    creator, key = video.creator, settings.SECRET_KEY
    assert creator is not None  # noqa: S101 - the filter says so
    viewer, shares_from = creator.user.viewer_id, creator.shares_from
    return Host(
        creator_id=creator.pk,
        shares_from=shares_from.astimezone(dt.UTC).date() if shares_from else None,
        viewers={viewer, *(day_viewer(viewer_id=viewer, day=day, key=key) for day in days)},
        brand_ids=brands[creator.user_id],
    )
