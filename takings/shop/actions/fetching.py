"""What a buyer does with goods that are theirs: fetches the file, says how good they are."""

import datetime as dt
from pathlib import Path

from django.db import transaction

from takings.core.errors import Conflict, Forbidden, Invalid, TooMuch
from takings.shop.actions.locking import lock_order
from takings.shop.models import Download, OrderLine, Parcel, ParcelState, Review
from takings.shop.queries.catalogue import file_path
from takings.shop.queries.orders import returned_count

MOST_DOWNLOADS, LONGEST_WORDS, BEST = 20, 600, 5


class NotYours(Forbidden):
    """What was paid back is nobody's any more."""

    code = "goods_not_yours"
    sentence = "This was paid back, so it cannot be downloaded or reviewed any more."


class TooManyDownloads(TooMuch):
    """A file for one person is not fetched by many."""

    code = "too_many_downloads"
    sentence = "This file was downloaded 20 times. Write to us if you have lost it."


class NothingArrived(Conflict):
    """Who has not seen it cannot say how it is (16 CFR 465)."""

    code = "nothing_arrived"
    sentence = "You can say how it is once it has arrived."


class BadReview(Invalid):
    """A review counts."""

    code = "bad_review"
    sentence = "Choose one to five stars, and write at most 600 characters."


@transaction.atomic
def fetch_file(*, line: OrderLine, at: dt.datetime) -> Path:
    """Count a download and return the file. Refuses: NotYours, TooManyDownloads."""
    _check_is_theirs(line)
    assert line.variant is not None  # noqa: S101 - shipping is no goods
    if line.downloads.count() >= MOST_DOWNLOADS:
        raise TooManyDownloads
    Download.objects.create(line=line, at=at)
    return file_path(line.variant.product.file_digest)


@transaction.atomic
def review_goods(*, line: OrderLine, stars: int, words: str, at: dt.datetime) -> Review:
    """Say how goods are, or say it anew. Refuses: NotYours, NothingArrived, BadReview."""
    parcel = _check_is_theirs(line)
    if parcel.state not in {ParcelState.DELIVERED, ParcelState.EARNED}:
        raise NothingArrived
    said = words.strip()
    if not 1 <= stars <= BEST or len(said) > LONGEST_WORDS:
        raise BadReview
    assert line.variant is not None  # noqa: S101 - shipping is no goods
    review, _ = Review.objects.update_or_create(
        line=line,
        defaults={
            "product": line.variant.product,
            "stars": stars,
            "words": said,
            "said_at": at,
        },
    )
    return review


def _check_is_theirs(line: OrderLine) -> Parcel:
    """Return its parcel, with the order's row locked: a refund at the same time comes first."""
    order = lock_order(line.parcel.order_id)
    if order.claimed_micros >= order.amount_micros or returned_count(line) == line.quantity:
        raise NotYours
    return Parcel.objects.get(pk=line.parcel_id)
