"""Agreements to share: whose they are, and which hold in a period."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from takings.core.errors import NotFound
from takings.people.models import Creator
from takings.people.queries import Visitor, access_own_creator
from takings.settlement.models import (
    DirectEarning,
    Period,
    Split,
    SplitLine,
    SplitStatus,
    Statement,
)
from takings.settlement.rules import SplitTerms


class UnknownSplit(NotFound):
    """There is no such agreement, or it is between others: the answer is the same."""

    code = "unknown_split"
    sentence = "You have no split {split}."


def access_split(*, user: Visitor, split_id: UUID) -> Split:
    """Return an agreement to one of its parties. Refuses: NoStudio, UnknownSplit."""
    creator = access_own_creator(user=user)
    found = _of(creator).filter(pk=split_id).first()
    if found is None:
        raise UnknownSplit(split=split_id)
    return found


def splits_of(*, creator: Creator) -> list[Split]:
    """Return the agreements a creator is a party of, the newest first."""
    return list(_of(creator).order_by("-proposed_at", "pk"))


def split_terms(*, period: Period) -> dict[UUID, list[Split]]:
    """Return the agreements that hold on some day of a period's lines, by video.

    Ads inside videos that came in late are of days before it: theirs was being closed already.
    """
    held = Split.objects.filter(status__in=[SplitStatus.AGREED, SplitStatus.ENDED])
    first, last = (at.astimezone(dt.UTC).date() for at in (period.starts_at, period.ends_at))
    direct = DirectEarning.objects.filter(period=period.name).aggregate(first=Min("day"))
    first = min(first, direct["first"] or first)
    rows = held.filter(Q(end_day=None) | Q(end_day__gt=first), first_day__lte=last)
    found: dict[UUID, list[Split]] = defaultdict(list)
    for row in rows.prefetch_related("parts").order_by("first_day", "pk"):
        found[row.video_id].append(row)
    return dict(found)


def terms_of(split: Split) -> SplitTerms | None:
    """Return an agreement as it applies; nothing until all agreed."""
    if split.first_day is None:
        return None
    shares = {part.creator_id: part.share_bp for part in split.parts.all()}
    return SplitTerms(split.owner_id, shares, split.first_day, split.end_day)


def split_lines(*, statement: Statement) -> list[SplitLine]:
    """Return what a statement gave to others and got from others, by day, video and country."""
    return list(
        lines_between(
            period=statement.period, creator_id=statement.creator_id, currency=statement.currency
        ).select_related("video", "owner", "creator")
    )


def lines_between(*, period: Period, creator_id: int, currency: str) -> QuerySet[SplitLine]:
    """Return the split lines of a period that a creator is on one side of."""
    mine = Q(owner=creator_id) | Q(creator=creator_id)
    rows = SplitLine.objects.filter(mine, period=period, currency=currency)
    return rows.order_by("day", "video_id", "country", "owner_id", "creator_id", "product")


def _of(creator: Creator) -> QuerySet[Split]:
    mine = Split.objects.filter(Q(owner=creator) | Q(parts__creator=creator)).distinct()
    return mine.select_related("video", "owner", "ended_by").prefetch_related("parts__creator")
