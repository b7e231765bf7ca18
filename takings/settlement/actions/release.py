"""The end of the hold window: a statement's money becomes payable."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from takings.ledger.actions import InsufficientFunds, post
from takings.settlement.actions.reserving import keep_reserve
from takings.settlement.actions.stages import hold_period
from takings.settlement.models import Release, Statement, Status
from takings.settlement.queries import payable_from, releasable
from takings.settlement.rules import release_entry


@dataclass(frozen=True, slots=True)
class Released:
    """What became payable, and the statements that wait because their money was taken back."""

    released_count: int
    waiting: tuple[int, ...]


def release_earnings(*, at: dt.datetime) -> Released:
    """Release every statement whose hold window is over; again changes nothing.

    A statement whose money is not all there any more (a reversed entry) waits and is named; it is
    never released in part.
    """
    released, waiting = 0, []
    for statement in _due(at=at):
        try:
            released += _release(statement, at=at)
        except InsufficientFunds:
            waiting.append(statement.pk)
    return Released(released_count=released, waiting=tuple(waiting))


def _due(*, at: dt.datetime) -> list[Statement]:
    waiting = Statement.objects.filter(release__isnull=True, period__status=Status.CLOSED)
    statements = list(waiting.select_related("period", "creator").order_by("id"))
    ends = {statement.period: payable_from(period=statement.period) for statement in statements}
    return [s for s in statements if (end := ends[s.period]) is not None and end <= at]


def _release(statement: Statement, *, at: dt.datetime) -> bool:
    """Post and remember the release of one statement and its reserve, all or nothing."""
    with transaction.atomic():
        hold_period(statement.period)
        amount = releasable(statement=statement)
        draft = None
        if amount:
            draft = release_entry(
                period=statement.period.name,
                creator_id=statement.creator_id,
                amount=amount,
                policy_version=statement.policy_version,
                occurred_at=at,
            )
        release, is_new = Release.objects.get_or_create(
            statement=statement,
            defaults={"released_at": at, "entry_id": draft.id if draft else None},
        )
        if draft:
            post(drafts=[draft], at=at)
        if is_new:
            keep_reserve(release=release, at=at)
    return is_new
