"""Agreeing on a split: proposed by the owner, accepted by every party, ended by any of them.

Nothing is backdated: an agreement holds from the day after the last party accepted, and its end is
the day after somebody ended it. What was earned before stays as it was agreed then.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from takings.core.errors import Conflict
from takings.people.models import Creator
from takings.settlement.models import Split, SplitPart, SplitStatus
from takings.settlement.rules import check_shares, end_day, first_day
from takings.videos.models import Video


class SplitIsOpen(Conflict):
    """A video has one agreement at a time."""

    code = "split_is_open"
    sentence = "This video has a split already. End or withdraw it first; a new one may follow."


class NotYourVideo(Conflict):
    """Only whoever earns with a video can share it."""

    code = "not_your_video"
    sentence = "Only the creator of a video can share what it earns."


class SplitIsSettled(Conflict):
    """What was answered, declined or ended stays so."""

    code = "split_is_settled"
    sentence = "This split is {status}; that cannot be done any more."


def propose_split(
    *,
    owner: Creator,
    video: Video,
    shares_bp: Sequence[tuple[Creator, int]],
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Split:
    """Offer others a part of what a video earns; again under the same id changes nothing.

    Refuses: NotYourVideo, BadShares, SplitIsOpen.
    """
    known = Split.objects.filter(pk=id, owner=owner).first()
    if known is not None:
        return known
    if video.creator_id != owner.pk:
        raise NotYourVideo
    check_shares(owner_id=owner.pk, shares_bp=[(party.pk, bp) for party, bp in shares_bp])
    try:
        with transaction.atomic():
            split = Split.objects.create(id=id, video=video, owner=owner, proposed_at=at)
            SplitPart.objects.bulk_create(
                SplitPart(split=split, creator=party, share_bp=bp) for party, bp in shares_bp
            )
    except IntegrityError as taken:
        raise SplitIsOpen from taken
    return split


@transaction.atomic
def accept_split(*, split: Split, creator: Creator, at: dt.datetime) -> Split:
    """Agree to one's part; when all have, it holds from the next UTC day on.

    Agreeing twice changes nothing. Refuses: SplitIsSettled, also for who has no part in it.
    """
    locked = _locked(split, SplitStatus.PROPOSED, SplitStatus.AGREED)
    part = locked.parts.filter(creator=creator).first()
    if part is None:
        raise SplitIsSettled(status="not yours")
    if part.accepted_at is None:
        part.accepted_at = at
        part.save(update_fields=["accepted_at"])
    if locked.status == SplitStatus.PROPOSED and not locked.parts.filter(accepted_at=None).exists():
        locked.status, locked.first_day = SplitStatus.AGREED, first_day(agreed_at=at)
        locked.save(update_fields=["status", "first_day"])
    return locked


@transaction.atomic
def decline_split(*, split: Split) -> Split:
    """Say no, or take the proposal back: nobody gets a part. Refuses: SplitIsSettled."""
    locked = _locked(split, SplitStatus.PROPOSED)
    locked.status = SplitStatus.DECLINED
    locked.save(update_fields=["status"])
    return locked


@transaction.atomic
def end_split(*, split: Split, creator: Creator, at: dt.datetime) -> Split:
    """End an agreement from the next UTC day on; what was before stays. Refuses: SplitIsSettled."""
    locked = _locked(split, SplitStatus.AGREED)
    locked.end_day = end_day(first=locked.first_day, ended_at=at)
    locked.status, locked.ended_by = SplitStatus.ENDED, creator
    locked.save(update_fields=["status", "end_day", "ended_by"])
    return locked


def _locked(split: Split, *wanted: SplitStatus) -> Split:
    """Lock the agreement: of two answers at once, the second sees the first."""
    locked = Split.objects.select_for_update(no_key=True).get(pk=split.pk)
    if locked.status not in wanted:
        raise SplitIsSettled(status=locked.get_status_display().lower())
    return locked
