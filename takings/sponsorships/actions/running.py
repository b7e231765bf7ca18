"""What every change of a deal shares: its lock, its history, and what must hold before it."""

import datetime as dt
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from takings.core.errors import Forbidden
from takings.sponsorships.models import Deal, Step, Work
from takings.sponsorships.queries import Seat
from takings.sponsorships.rules import NotNow, Progress, Side, Stage, Status, WorkNotNow

TELL = "sponsorships.tell_step"


class NotYourPart(Forbidden):
    """Each side does its own part."""

    code = "not_your_part"
    sentence = "That is for the {side} of this deal to do."


def check_side(seat: Seat, side: Side) -> None:
    """Refuse the other side. Refuses: NotYourPart."""
    if seat.side is not side:
        raise NotYourPart(side=side)


def lock_deal(deal_id: UUID) -> Deal:
    """Lock a deal: of two changes at once, the second sees the first."""
    locked = Deal.objects.select_related("brand", "creator__user")
    return locked.select_for_update(of=("self",), no_key=True).get(pk=deal_id)


def lock_standing(deal_id: UUID, *statuses: Status) -> Deal:
    """Lock a deal that stands so. Refuses: NotNow."""
    deal = lock_deal(deal_id)
    if deal.status not in statuses:
        raise NotNow(status=deal.status)
    return deal


def work_of(deal: Deal, number: int, *stages: Stage) -> Work:
    """Return a video of a locked deal that stands so. Refuses: WorkNotNow."""
    work = deal.works.select_related("video").filter(number=number).first()
    if work is None or work.stage not in stages:
        raise WorkNotNow(number=number, stage=work.stage if work else "not part of it")
    return work


def stand(work: Work, progress: Progress) -> None:
    """Let a video stand where it has come to."""
    work.stage, work.due_at = progress.stage, progress.due_at
    work.save()


def take_step(
    deal: Deal,
    kind: str,
    *,
    at: dt.datetime,
    seat: Seat | None = None,
    number: int = 0,
    words: str = "",
) -> Step:
    """Write down what happened, and let letters tell it; without a seat a clock did it."""
    step = Step.objects.create(
        deal=deal,
        kind=kind,
        side=(seat.side if seat else None) or "",
        number=number,
        words=words,
        taken_by=seat.user if seat else None,
        taken_at=at,
    )
    jobs.configure_task(TELL, queue="default").defer(step_id=step.pk)
    return step
