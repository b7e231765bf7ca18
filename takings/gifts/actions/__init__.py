"""Everything that changes gifts, one file per concern; import the verbs from here."""

from takings.gifts.actions.catalogue import (
    GiftKindTaken,
    change_kind,
    make_kind,
    restore_kind,
    retire_kind,
)
from takings.gifts.actions.holding import NotHeld, release_gift, release_gifts
from takings.gifts.actions.sending import Sent, send_gift, send_gifts, spend_id_of
from takings.gifts.actions.taking_back import (
    AlreadyTakenBack,
    TakingBackNeedsReason,
    TooLateToUndo,
    Why,
    take_back_gift,
    undo_gift,
    unwind_gifts,
)
from takings.gifts.actions.welcoming import (
    block_sender,
    close_gifts,
    unblock_sender,
    welcome_gifts,
)

__all__ = [
    "AlreadyTakenBack",
    "GiftKindTaken",
    "NotHeld",
    "Sent",
    "TakingBackNeedsReason",
    "TooLateToUndo",
    "Why",
    "block_sender",
    "change_kind",
    "close_gifts",
    "make_kind",
    "release_gift",
    "release_gifts",
    "restore_kind",
    "retire_kind",
    "send_gift",
    "send_gifts",
    "spend_id_of",
    "take_back_gift",
    "unblock_sender",
    "undo_gift",
    "unwind_gifts",
    "welcome_gifts",
]
