"""Ad tags: what is behind one, and those of a brand."""

import datetime as dt
import uuid
from dataclasses import replace

from django.db.models import Exists, F, OuterRef

from takings.ads.models import BilledImpression, Showing, Tag, TagCounter, TagTold
from takings.ads.queries.outside import Outside
from takings.ads.rules.outside import check_address
from takings.ads.rules.showings import BITS
from takings.ads.rules.tags import IMPRESSION, TRACKED, Counter, Media, read_tag
from takings.core.errors import Invalid, NotFound
from takings.people.models import Brand
from takings.people.queries import Visitor, access_brand_to_change

MOST_WRAPPERS = 5
DOCUMENT_BYTES = 256 * 1024
DOCUMENT_S = 1.0
MOST_COUNTERS, MOST_TRACKERS = 10, 60
TOLD_WITHIN = dt.timedelta(days=1)


class NoSuchTag(NotFound):
    """The tag does not exist."""

    code = "no_such_tag"
    sentence = "There is no such tag among yours."


class TagTooDeep(Invalid):
    """Each wrapper is somebody who takes a part, and a second of waiting."""

    code = "tag_too_deep"
    sentence = "The tag leads through more than {most} others before there is an ad."


class TagLoops(Invalid):
    """Two that ask each other."""

    code = "tag_loops"
    sentence = "The tag leads back to itself."


class TooManyCounters(Invalid):
    """Each is asked for each impression, or each time that somebody does what it counts."""

    code = "too_many_counters"
    sentence = "More than {most} addresses count this tag's {what}."


def find_media_in(*, document: bytes, outside: Outside) -> Media:
    """Return the video of a document that we have. Refuses: as :func:`find_media`."""
    found = read_tag(document)
    return (
        _checked(found) if isinstance(found, Media) else find_media(url=found.url, outside=outside)
    )


def find_media(*, url: str, outside: Outside) -> Media:
    """Return the video behind a tag, through wrappers. Refuses: all that can be wrong with it."""
    seen: list[str] = []
    counters: tuple[Counter, ...] = ()
    while len(seen) <= MOST_WRAPPERS:
        seen.append(url)
        document = outside.fetch(url, most_bytes=DOCUMENT_BYTES, within_s=DOCUMENT_S)
        found = read_tag(document)
        counters += found.counters
        if isinstance(found, Media):
            return _checked(replace(found, counters=counters))
        if found.url in seen:
            raise TagLoops
        url = found.url
    raise TagTooDeep(most=MOST_WRAPPERS)


def _checked(media: Media) -> Media:
    """Return it when all that we shall ask later may be asked."""
    impressions = sum(one.event == IMPRESSION for one in media.counters)
    if impressions > MOST_COUNTERS:
        raise TooManyCounters(most=MOST_COUNTERS, what="impressions")
    if len(media.counters) - impressions > MOST_TRACKERS:
        raise TooManyCounters(most=MOST_TRACKERS, what="events")
    for address in (media.url, *(one.url for one in media.counters)):
        check_address(address)
    return media


def tags_of(*, brand: Brand) -> list[Tag]:
    """Return a brand's tags, newest first."""
    own = Tag.objects.filter(brand=brand).select_related("video").prefetch_related("counters")
    return list(own.order_by("-added_at"))


def access_tag_to_change(*, user: Visitor, tag_id: uuid.UUID) -> Tag:
    """Return a tag to an editor or owner. Refuses: NoSuchTag, NoSuchBrand, OnlyLooking."""
    found = Tag.objects.filter(pk=tag_id).first()
    if found is None:
        raise NoSuchTag
    access_brand_to_change(user=user, brand_id=found.brand_id)
    return found


def tag(*, tag_id: uuid.UUID) -> Tag:
    """Return a tag to work on."""
    return Tag.objects.select_related("added_by").get(pk=tag_id)


def untold(*, at: dt.datetime, most: int) -> list[tuple[TagCounter, BilledImpression]]:
    """Return the charged impressions of a day that counters of tags were not told of yet.

    Who counts another event is told of those in which it happened. The oldest first, and of each
    counter an equal share of ``most``, so that a busy one delays no other.
    """
    known = TagCounter.objects.filter(tag__video__isnull=False).select_related("tag")
    counters = list(known.order_by("pk"))
    found: list[tuple[TagCounter, BilledImpression]] = []
    for counter in counters:
        told = TagTold.objects.filter(counter=counter, decision_id=OuterRef("decision_id"))
        charged = BilledImpression.objects.filter(
            ~Exists(told), video=counter.tag.video_id, viewed_at__gt=at - TOLD_WITHIN
        )
        if counter.event != IMPRESSION:
            bits = BITS[TRACKED[counter.event]]
            happened = Showing.objects.annotate(told=F("kinds").bitand(bits)).filter(told__gt=0)
            charged = charged.filter(Exists(happened.filter(pk=OuterRef("decision_id"))))
        oldest = charged.order_by("viewed_at")[: max(1, most // len(counters))]
        found += [(counter, impression) for impression in oldest]
    return found
