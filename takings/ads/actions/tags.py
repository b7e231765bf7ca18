"""Taking the video of somebody else's ad tag, as if the advertiser had uploaded it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from tempfile import TemporaryFile

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.ads import queries
from takings.ads.models import Tag, TagCounter
from takings.ads.queries.outside import OUTSIDE, Outside
from takings.ads.rules.outside import check_address
from takings.ads.rules.tags import Media
from takings.core import ids
from takings.core.errors import Conflict, Refusal
from takings.people.models import Brand, User
from takings.people.queries import access_brand_to_change
from takings.videos import actions as videos
from takings.videos.models import Purpose, Status, Video
from takings.videos.queries import received_bytes

MEDIA_BYTES = 64 * 1024 * 1024
MEDIA_S = 60.0
PIECE_BYTES = 1024 * 1024


class TagIdTaken(Conflict):
    """The form's id was used for another address."""

    code = "tag_id_taken"
    sentence = "This form was sent before with another address; reload the page."


@dataclass(frozen=True, slots=True)
class TagDraft:
    """An address that an advertiser hands in; ``id`` is the form's."""

    id: uuid.UUID
    url: str


@transaction.atomic
def add_tag(*, brand: Brand, draft: TagDraft, user: User, at: dt.datetime) -> Tag:
    """Keep the address of a tag and order its video; the same form again changes nothing.

    Nobody is asked here: a job does that, and what is wrong with the tag is kept with it.
    Refuses: NoSuchBrand, OnlyLooking, BadOutsideAddress, :class:`TagIdTaken`.
    """
    access_brand_to_change(user=user, brand_id=brand.pk)
    check_address(draft.url)
    tag, is_new = Tag.objects.get_or_create(
        pk=draft.id,
        defaults={"brand": brand, "url": draft.url, "added_by": user, "added_at": at},
    )
    if (tag.brand_id, tag.url) != (brand.pk, draft.url):
        raise TagIdTaken
    if is_new:
        _order(tag)
    return tag


@transaction.atomic
def retry_tag(*, tag_id: uuid.UUID, user: User) -> Tag:
    """Ask a tag that was refused once more; one that was not, stays as it is.

    Refuses: NoSuchTag, NoSuchBrand, OnlyLooking.
    """
    queries.access_tag_to_change(user=user, tag_id=tag_id)
    tag = Tag.objects.select_for_update().get(pk=tag_id)
    if tag.refused_why:
        tag.refused_why, tag.media_url = "", ""  # what is behind it may be another ad by now
        tag.save(update_fields=["refused_why", "media_url"])
        tag.counters.all().delete()
        _order(tag)
    return tag


def take_tag(*, tag_id: uuid.UUID, at: dt.datetime, outside: Outside = OUTSIDE) -> Tag:
    """Look behind a tag and fetch its video into the brand's; once taken or refused, it stays so.

    A refusal is kept for the advertiser to read. Killed on the way, it goes on when called again.
    """
    tag = queries.tag(tag_id=tag_id)
    if tag.video_id or tag.refused_why:
        return tag
    try:
        if not tag.media_url:
            _keep_media(tag, queries.find_media(url=tag.url, outside=outside))
        media = Media(tag.media_url, tag.media_name, tag.title)
        video_id = ids.derived("video of a tag", tag.pk)
        tag.video = take_media(media, video_id=video_id, user=tag.added_by, outside=outside, at=at)
    except Refusal as refusal:
        tag.refused_why = str(refusal)[:300]
    tag.save(update_fields=["video", "refused_why"])
    return tag


def take_media(
    media: Media, *, video_id: uuid.UUID, user: User, outside: Outside, at: dt.datetime
) -> Video:
    """Upload what an address holds for somebody; what arrived before stays as it is."""
    known = Video.objects.filter(pk=video_id).exclude(status=Status.UPLOADING).first()
    if known is not None:
        return known
    with TemporaryFile() as file:
        size = outside.stream(media.url, to=file, most_bytes=MEDIA_BYTES, within_s=MEDIA_S)
        videos.start_upload(
            user=user,
            source=videos.Source(video_id, media.name, size),
            purpose=Purpose.CREATIVE,
            details=videos.Details(media.title),
            at=at,
        )
        held = received_bytes(video_id)
        file.seek(held)
        while piece := file.read(PIECE_BYTES):
            held = videos.receive_bytes(
                video_id=video_id, size_bytes=size, offset=held, piece=piece
            )
    return videos.finish_upload(video_id=video_id, at=at)


def _order(tag: Tag) -> None:
    order = jobs.configure_task("ads.take_tag", queue="ads", lock=f"tag:{tag.pk}")
    order.defer(tag_id=str(tag.pk))


@transaction.atomic
def _keep_media(tag: Tag, media: Media) -> None:
    """Write down what is behind a tag; it is not asked for again."""
    tag.media_url, tag.media_name, tag.title = media.url, media.name, media.title
    tag.save(update_fields=["media_url", "media_name", "title"])
    TagCounter.objects.bulk_create(
        TagCounter(tag=tag, url=one.url, event=one.event) for one in media.counters
    )
