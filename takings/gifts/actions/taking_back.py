"""Taking gifts back: undone by their sender, or by an operator who says why. Each gift once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.coins.actions import give_back
from takings.coins.actions.unwinding import A_MINOR
from takings.coins.rules import Taken
from takings.core import ids
from takings.core.errors import Conflict, Invalid
from takings.gifts.actions.counting import uncount_gift
from takings.gifts.actions.entering import topics_of
from takings.gifts.actions.holding import is_held, lock_gift
from takings.gifts.models import Gift, GiftRelease, TakenBack
from takings.gifts.queries.staging import running_rooms
from takings.gifts.rules import COIN, LOSS, Cause, Places, back_transfers, escrow_of, pending_of
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.live.actions import publish_many
from takings.live.rules.bus import Note, earnings_topic
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import gift_rule, gift_rule_at, policy_at
from takings.settlement.actions import take_directly
from takings.settlement.models import DirectEarning, Status
from takings.settlement.queries import held_open
from takings.settlement.rules import PLATFORM, Earning

WORDS = {
    Cause.UNDO: "its sender undid it",
    Cause.REFUND: "it was refunded",
    Cause.GUARDIAN: "it came from a minor",
    Cause.CHARGEBACK: "its coins were charged back",
    Cause.FRAUD: "it was fraud",
}


class TooLateToUndo(Conflict):
    """A slip is seen at once; after that the creator counts on it."""

    code = "too_late_to_undo"
    sentence = "A gift can be undone for {seconds} seconds. Write to us if something is wrong."


class AlreadyTakenBack(Conflict):
    """A gift is taken back once."""

    code = "gift_already_taken_back"
    sentence = "This gift was taken back already."


class TakingBackNeedsReason(Invalid):
    """Both sides read it."""

    code = "taking_back_needs_reason"
    sentence = "Write why; sender and creator read it."


@dataclass(frozen=True, slots=True)
class Why:
    """Why a gift is taken back, in the words of an operator where there is one."""

    cause: Cause
    reason: str = ""


@transaction.atomic
def undo_gift(*, gift: Gift, at: dt.datetime) -> TakenBack:
    """Take a gift back for its sender, as long as the policy lets them; again is the same.

    Refuses: TooLateToUndo, AlreadyTakenBack (by somebody else), PeriodIsBeingClosed.
    """
    locked = lock_gift(gift.pk, at=at)
    known = TakenBack.objects.filter(pk=gift.pk).first()
    if known is not None and known.cause == Cause.UNDO:
        return known
    undo = gift_rule(locked.rule_version).undo
    if at - locked.sent_at > undo:
        raise TooLateToUndo(seconds=undo // dt.timedelta(seconds=1))
    return _take_back(locked, Why(Cause.UNDO), at=at)


@transaction.atomic
def take_back_gift(*, operator: User, gift: Gift, why: Why, at: dt.datetime) -> TakenBack:
    """Take a gift back: the coins go back into the wallet, the money to where it waited.

    Of a held gift it waits still; until the close it is the creator's pending money and our share.
    After the close the platform gives it: the next correction takes the creator's share, unless the
    policy says that the platform bears it. Coins whose purchase was taken back meanwhile do not
    come back; their money covers what was lost.

    Refuses: TakingBackNeedsReason, AlreadyTakenBack, PeriodIsBeingClosed.
    """
    if not why.reason.strip():
        raise TakingBackNeedsReason
    taken = _take_back(lock_gift(gift.pk, at=at), why, at=at, operator=operator)
    record_staff_act(
        operator=operator,
        act="gift_taken_back",
        target=f"gift:{gift.pk}",
        reason=why.reason,
        at=at,
    )
    return taken


def unwind_gifts(*, spend_ids: Sequence[UUID], why: str, at: dt.datetime) -> None:
    """Take back the gifts of spendings that were not paid for, or not their sender's to make.

    Coins call it (``register_unwinder``), in a transaction that holds the wallet. Gifts that were
    taken back already stay as they are. Refuses: PeriodIsBeingClosed.
    """
    cause = Cause.GUARDIAN if why == A_MINOR else Cause.CHARGEBACK
    found = Gift.objects.filter(spend_id__in=spend_ids, taken_back__isnull=True)
    for gift in found.select_related("creator", "kind").order_by("sent_at", "pk"):
        _take_back(gift, Why(cause, why), at=at)


def _take_back(gift: Gift, why: Why, *, at: dt.datetime, operator: User | None = None) -> TakenBack:
    if TakenBack.objects.filter(pk=gift.pk).exists():
        raise AlreadyTakenBack
    [given] = give_back(spend_ids=[gift.spend_id], at=at)
    places, earned = _places(gift, at=at)
    if places != escrow_of(gift.pk):
        uncount_gift(gift)
    drafts = _drafts(gift, given, places=places, why=why, at=at)
    for one in earned:
        take_directly(
            entry_id=_entry_id(gift, one.total.currency),
            earning=one,
            why=WORDS[why.cause],
            at=at,
        )
    post(drafts=drafts, at=at)
    topics = topics_of(gift.video_id, rooms=running_rooms([gift.video_id]))
    body = {"id": str(gift.pk)}
    notes = [Note(topic=one, kind="ungift", body=body) for one in topics]
    notes.append(Note(topic=earnings_topic(gift.creator_id), kind="earned", body={}))
    publish_many(notes=notes, at=at)
    return TakenBack.objects.create(
        gift=gift,
        cause=why.cause,
        why=why.reason[:300],
        from_creator=places.share != LOSS,
        taken_by=operator,
        taken_at=at,
    )


def _places(gift: Gift, *, at: dt.datetime) -> tuple[Places, Sequence[Earning]]:
    """Return where a gift's money is taken from, and what of it is on a line of a statement."""
    if is_held(gift):
        return escrow_of(gift.pk), ()
    release = GiftRelease.objects.filter(pk=gift.pk).first()
    rows = DirectEarning.objects.filter(entry_id=release.entry_id if release else gift.entry_id)
    earned = [
        Earning(row.key, row.creator_id, row.video_id, row.day, row.count, row.total, row.share)
        for row in rows.order_by("currency")
    ]
    if not earned or held_open(name=earned[0].key.period).status == Status.OPEN:
        return pending_of(gift.creator_id), earned
    if gift_rule_at(at=at).taken_back_from == "platform":
        return Places(LOSS, LOSS), ()
    return Places(PLATFORM, PLATFORM), earned


def _drafts(
    gift: Gift, given: Taken, *, places: Places, why: Why, at: dt.datetime
) -> list[EntryDraft]:
    """Return the entries: one for the coins and the money, and one more for each other currency."""
    transfers = back_transfers(given, rule=gift_rule(gift.rule_version), of=places)
    by_entry: dict[UUID, list[TransferDraft]] = defaultdict(list)
    codes = sorted({one.amount.currency for one in transfers} - {COIN})
    for one in transfers:
        code = one.amount.currency
        by_entry[_entry_id(gift, codes[0] if code == COIN and codes else code)].append(one)
    return [
        EntryDraft(
            id=entry_id,
            kind="gift_taken_back",
            reference=f"gift:{gift.pk}",
            policy_version=policy_at(at=at).version,
            occurred_at=at,
            memo=f"“{gift.kind.name}” for @{gift.creator.handle}: {WORDS[why.cause]}",
            transfers=tuple(moves),
        )
        for entry_id, moves in by_entry.items()
    ]


def _entry_id(gift: Gift, code: str) -> UUID:
    return ids.derived("gift_taken_back", gift.pk, code)
