"""Holds: money kept back until it is posted, in whole or part, given back, or its time is over."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from takings.core.errors import Invalid
from takings.ledger.actions.posting import Posted, all_or_none
from takings.ledger.actions.refusals import UnknownHold
from takings.ledger.models import Hold
from takings.ledger.rules import EntryDraft, Mode, TransferDraft
from takings.ledger.rules.calls import Line
from takings.money import Money

MOST_AT_ONCE = 10_000


class HoldIsOneTransfer(Invalid):
    """A hold keeps back one amount between two accounts."""

    code = "hold_is_one_transfer"
    sentence = "Hold {hold} has {given} transfers; it needs one. Make a hold for each."


def hold(
    *, drafts: list[EntryDraft], expires_at: dt.datetime | None, at: dt.datetime
) -> list[Posted]:
    """Keep back the one transfer of each draft, all or none: nobody else can spend it.

    The money stays where it is until :func:`post_hold` moves it; what is held counts against floor
    and limit. ``expires_at`` is when :func:`expire_holds` gives it back.

    Refuses: HoldIsOneTransfer, and what ``post`` refuses.
    """
    for draft in drafts:
        if len(draft.transfers) != 1:
            raise HoldIsOneTransfer(hold=draft.id, given=len(draft.transfers))
    lines = [Line(draft, Mode.HOLD, expires_at=expires_at) for draft in drafts]
    return all_or_none(lines, at=at)


def post_hold(
    *,
    hold_id: UUID,
    id: UUID,  # noqa: A002 - everywhere in the books an entry's id is called id
    at: dt.datetime,
    amount: Money | None = None,
) -> Posted:
    """Move what is held, or a part of it, as entry ``id``; the rest is given back. Once.

    Refuses: UnknownHold, HoldIsOver, HoldExpired, NotWhatIsHeld (more than is held), SameIdOther-
    Content.
    """
    [posted] = all_or_none([_end(hold_id, Mode.POST_HOLD, id=id, amount=amount)], at=at)
    return posted


def post_releasing(
    *,
    drafts: Sequence[EntryDraft],
    released: Sequence[UUID],
    held: Sequence[EntryDraft],
    at: dt.datetime,
) -> None:
    """Give back holds, post drafts and hold anew (one transfer each), all or none, in one call.

    What was held goes where the drafts say, and to nobody who waits for it.
    Refuses: UnknownHold, HoldIsOver, and what ``post`` refuses.
    """
    lines = [_end(hold_id, Mode.VOID_HOLD) for hold_id in released]
    lines += [Line(draft) for draft in drafts]
    lines += [Line(draft, Mode.HOLD) for draft in held]
    all_or_none(lines, at=at)


def void_hold(*, hold_id: UUID, at: dt.datetime) -> Posted:
    """Give back what is held; a second time changes nothing. Refuses: UnknownHold, HoldIsOver."""
    [posted] = all_or_none([_end(hold_id, Mode.VOID_HOLD)], at=at)
    return posted


def expire_holds(*, at: dt.datetime) -> int:
    """Give back every hold whose time is over; returns how many that were."""
    due = Hold.objects.filter(expires_at__lte=at, end=None).order_by("expires_at", "number")
    count = 0
    while ids := list(due.values_list("id", flat=True)[:MOST_AT_ONCE]):
        all_or_none([_end(hold_id, Mode.EXPIRE_HOLD) for hold_id in ids], at=at)
        count += len(ids)
    return count


def _end(
    hold_id: UUID,
    mode: Mode,
    *,
    id: UUID | None = None,  # noqa: A002 - as above
    amount: Money | None = None,
) -> Line:
    kept = Hold.objects.select_related("debit", "credit").filter(id=hold_id).first()
    if kept is None:
        raise UnknownHold(hold=hold_id)
    draft = EntryDraft(
        id=id or hold_id,
        kind=kept.kind,
        reference=kept.reference,
        policy_version=kept.policy_version,
        occurred_at=kept.occurred_at,
        memo=kept.memo,
        transfers=(
            TransferDraft(
                debit=kept.debit.name,
                credit=kept.credit.name,
                amount=amount or Money(kept.amount_micros, kept.currency),
            ),
        ),
    )
    return Line(draft, mode, hold=hold_id)
