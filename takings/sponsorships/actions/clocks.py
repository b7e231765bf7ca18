"""The clocks: who is silent for too long has answered. Each deal for itself, safe to repeat."""

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from takings.core.errors import Refusal
from takings.policies.queries import deal_rule
from takings.sponsorships.actions.running import lock_deal, take_step
from takings.sponsorships.actions.working import fail, is_there, let_pass, stay_over
from takings.sponsorships.models import Deal, Work
from takings.sponsorships.rules import Stage, Status
from takings.videos.models import Status as VideoStatus

LATE = {
    Stage.AWAITED: "No draft came in time.",
    Stage.REVISING: "No revision came in time.",
    Stage.APPROVED: "The approved video was not published in time.",
}
GONE = "The video was hidden or removed before its time was over."
SILENCE = "The brand said nothing in time, so the draft is approved."


def keep_clocks(*, at: dt.datetime) -> int:
    """Do what is due in every deal; return in how many something happened. Repeatable.

    A deal in which something is refused holds up no other; the refusal comes when all are done.
    """
    offers = Deal.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    works = Work.objects.filter(deal__status=Status.RUNNING).filter(
        Q(due_at__lte=at) | Q(stage=Stage.LIVE)
    )
    acts = [partial(_expire, pk, at=at) for pk in offers.values_list("pk", flat=True)]
    acts += [
        partial(_look, *place, at=at)
        for place in works.order_by("due_at", "pk").values_list("deal_id", "number")
    ]
    done, failed = 0, list[Refusal]()
    for act in acts:
        try:
            done += act()
        except Refusal as refusal:
            failed.append(refusal)
    if failed:
        raise failed[0]
    return done


@transaction.atomic
def _expire(deal_id: UUID, *, at: dt.datetime) -> bool:
    """End an offer that nobody answered, or a deal that was not paid in."""
    deal = lock_deal(deal_id)
    if deal.due_at is None or deal.due_at > at:
        return False
    deal.status, deal.due_at, deal.ended_at = Status.EXPIRED, None, at
    deal.save()
    take_step(deal, "expired", at=at)
    return True


@transaction.atomic
def _look(deal_id: UUID, number: int, *, at: dt.datetime) -> bool:
    """Do what is due for one video."""
    deal = lock_deal(deal_id)
    work = deal.works.select_related("video").get(number=number)
    if deal.status != Status.RUNNING or work.due_at is None:
        return False
    stage = Stage(work.stage)
    if stage is Stage.LIVE:
        return _stays(deal, work, at=at)
    if work.due_at > at:
        return False
    if stage is Stage.REVIEW:
        take_step(deal, "silence", number=number, words=SILENCE, at=at)
        let_pass(deal, work, why=SILENCE, at=at)
    else:
        fail(deal, work, Stage.MISSED, why=LATE[stage], at=at)
    return True


def _stays(deal: Deal, work: Work, *, at: dt.datetime) -> bool:
    """Look whether a published video is still there; hidden for a day it is gone."""
    assert work.due_at is not None  # noqa: S101 - it is live
    assert work.video is not None  # noqa: S101 - the same
    if is_there(work.video):
        if work.absent_since is not None:
            work.absent_since = None
            work.save(update_fields=["absent_since"])
        if work.due_at > at:
            return False
        stay_over(deal, work, at=at)
        return True
    is_removed = work.video.status == VideoStatus.REMOVED
    since = work.absent_since or at
    if is_removed or at - since >= deal_rule(deal.rule_version).absent:
        fail(deal, work, Stage.REMOVED, why=GONE, at=at)
        return True
    if work.absent_since is None:
        work.absent_since = at
        work.save(update_fields=["absent_since"])
        take_step(deal, "hidden", number=work.number, at=at)
    return False
