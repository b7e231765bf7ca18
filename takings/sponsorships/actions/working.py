"""From the draft to the end: handed in, looked at, published, left where it is."""

import datetime as dt
from typing import cast
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict, Invalid
from takings.policies.queries import deal_rule
from takings.sponsorships.actions.running import (
    check_side,
    lock_standing,
    stand,
    take_step,
    work_of,
)
from takings.sponsorships.actions.settling import give_back, pay
from takings.sponsorships.models import Deal, Work
from takings.sponsorships.queries import Seat, unsettled
from takings.sponsorships.rules import (
    OPEN_STAGES,
    TO_HAND_IN,
    Kind,
    NoRevisionLeft,
    Progress,
    Side,
    Stage,
    Status,
    approved,
    handed_in,
    published,
    sent_back,
)
from takings.videos import actions as videos
from takings.videos.models import Purpose, Video, Visibility
from takings.videos.models import Status as VideoStatus
from takings.videos.queries import access_own_video, details_of


class NotADraft(Conflict):
    """What is handed in can be watched, and is a post of this creator."""

    code = "not_a_draft"
    sentence = "“{title}” is not ready yet, or no video of this channel. Choose a ready one."


class VideoOfAnotherDeal(Conflict):
    """One video is one brand's."""

    code = "video_of_another_deal"
    sentence = "“{title}” belongs to another deal. Hand in a video of its own."


class RevisionNeedsWords(Invalid):
    """Who changes a draft must know what."""

    code = "revision_needs_words"
    sentence = "Say what to change; the creator reads it."


@transaction.atomic
def hand_in(*, seat: Seat, number: int, video_id: UUID, at: dt.datetime) -> Work:
    """Hand a draft in: a ready video of one's own, private or not. The brand looks at it.

    From now on the deal's label is on it, and its brand reaches it. Refuses: NotYourPart, NotNow,
    WorkNotNow, NoSuchVideo, NotADraft, VideoOfAnotherDeal.
    """
    check_side(seat, Side.CREATOR)
    deal = lock_standing(seat.deal.pk, Status.RUNNING)
    work = work_of(deal, number, *TO_HAND_IN)
    video = access_own_video(user=seat.user, video_id=video_id)
    if video.purpose != Purpose.POST or video.status != VideoStatus.READY:
        raise NotADraft(title=video.title)
    if Work.objects.filter(video=video).exclude(pk=work.pk).exists():
        raise VideoOfAnotherDeal(title=video.title)
    if work.video_id not in {None, video.pk}:
        videos.release_disclosure(video_id=cast("UUID", work.video_id))
    work.video = video
    videos.force_disclosure(video_id=video.pk, partner=deal.brand.name, at=at)
    stand(work, handed_in(rule=deal_rule(deal.rule_version), at=at))
    take_step(deal, "handed_in", seat=seat, number=number, words=video.title, at=at)
    return work


@transaction.atomic
def approve_draft(*, seat: Seat, number: int, at: dt.datetime) -> Work:
    """Say that a draft is right, so it is paid for. Refuses: NotYourPart, NotNow, WorkNotNow."""
    check_side(seat, Side.BRAND)
    deal = lock_standing(seat.deal.pk, Status.RUNNING)
    work = work_of(deal, number, Stage.REVIEW)
    take_step(deal, "approved", seat=seat, number=number, at=at)
    let_pass(deal, work, why="The brand approved the draft.", at=at)
    return work


@transaction.atomic
def ask_revision(*, seat: Seat, number: int, words: str, at: dt.datetime) -> Work:
    """Send a draft back with what to change, as often as was agreed on.

    Refuses: NotYourPart, RevisionNeedsWords, NotNow, WorkNotNow, NoRevisionLeft.
    """
    check_side(seat, Side.BRAND)
    if not words.strip():
        raise RevisionNeedsWords
    deal = lock_standing(seat.deal.pk, Status.RUNNING)
    work = work_of(deal, number, Stage.REVIEW)
    if work.revisions >= deal.terms.revisions:
        raise NoRevisionLeft(count=work.revisions)
    work.revisions += 1
    stand(work, sent_back(rule=deal_rule(deal.rule_version), at=at))
    take_step(deal, "sent_back", seat=seat, number=number, words=words, at=at)
    return work


@transaction.atomic
def publish_video(*, seat: Seat, number: int, at: dt.datetime) -> Work:
    """Show an approved video to everyone; its milestone is paid, and it stays from now on.

    Refuses: NotYourPart, NotNow, WorkNotNow, NotADraft (it was removed).
    """
    check_side(seat, Side.CREATOR)
    deal = lock_standing(seat.deal.pk, Status.RUNNING)
    work = work_of(deal, number, Stage.APPROVED)
    video = work.video
    assert video is not None  # noqa: S101 - it was handed in
    if video.status != VideoStatus.READY:
        raise NotADraft(title=video.title)
    details = details_of(video)
    if details.visibility != Visibility.PUBLIC:
        shown = videos.Details(
            title=details.title,
            description=details.description,
            visibility=Visibility.PUBLIC,
            track_ids=details.track_ids,
            has_mid_rolls=details.has_mid_rolls,
            category=details.category,
        )
        videos.change_details(video_id=video.pk, details=shown, at=at)
    work.published_at = at
    stand(work, published(deal.terms, at=at))
    take_step(deal, "published", seat=seat, number=number, words=video.title, at=at)
    _pay(deal, work, Kind.PUBLISHED, why="The video is published.", at=at)
    finish(deal, at=at)
    return work


@transaction.atomic
def give_up(*, seat: Seat, words: str, at: dt.datetime) -> Deal:
    """Leave a running deal: what is still held goes back to the brand.

    Refuses: NotYourPart, NotNow.
    """
    check_side(seat, Side.CREATOR)
    deal = lock_standing(seat.deal.pk, Status.RUNNING)
    take_step(deal, "given_up", seat=seat, words=words, at=at)
    end_early(deal, why="The creator gave the deal up.", at=at)
    return deal


def let_pass(deal: Deal, work: Work, *, why: str, at: dt.datetime) -> None:
    """Let an approved draft be published, and pay for it."""
    work.approved_at = at
    stand(work, approved(deal.terms, at=at))
    _pay(deal, work, Kind.APPROVED, why=why, at=at)


def stay_over(deal: Deal, work: Work, *, at: dt.datetime) -> None:
    """Pay for a video that stayed as long as agreed."""
    stand(work, Progress(Stage.DONE, None))
    _pay(deal, work, Kind.STAYED, why="The video stayed as long as agreed.", at=at)
    finish(deal, at=at)


def fail(deal: Deal, work: Work, stage: Stage, *, why: str, at: dt.datetime) -> None:
    """Give back what is held for a video that does not come, or did not stay."""
    stand(work, Progress(stage, None))
    take_step(deal, stage, number=work.number, words=why, at=at)
    give_back(unsettled(deal, number=work.number), why=why, at=at)
    finish(deal, at=at)


def end_early(deal: Deal, *, why: str, at: dt.datetime) -> None:
    """Give back all that is held, and ask for nothing more."""
    close_works(deal)
    give_back(unsettled(deal), why=why, at=at)
    finish(deal, at=at)


def close_works(deal: Deal) -> None:
    """Ask for no further video."""
    deal.works.filter(stage__in=OPEN_STAGES).update(stage=Stage.CLOSED, due_at=None)


def finish(deal: Deal, *, at: dt.datetime) -> None:
    """End a deal of which nothing is held and nothing is asked any more."""
    if deal.works.filter(stage__in=OPEN_STAGES).exists():
        return
    went_back = deal.milestones.filter(settled__brand_micros__gt=0).exists()
    deal.status = Status.ENDED if went_back else Status.DONE
    deal.ended_at, deal.paused_at = at, None
    deal.save()
    take_step(deal, deal.status, at=at)


def is_there(video: Video | None) -> bool:
    """Tell whether everyone can watch it."""
    shown = (VideoStatus.READY, Visibility.PUBLIC)
    return video is not None and (video.status, video.visibility) == shown


def _pay(deal: Deal, work: Work, kind: Kind, *, why: str, at: dt.datetime) -> None:
    for milestone in unsettled(deal, number=work.number):
        if milestone.kind == kind:
            pay(milestone, why=why, at=at)
