"""Everything one may ask about gifts. Nothing here writes."""

from takings.gifts.queries.catalogue import (
    Catalogue,
    catalogue,
    gift_kind,
    sold_to,
)
from takings.gifts.queries.gifts import (
    NoSuchGift,
    access_sent_gift,
    blocked_senders,
    gift,
    gifts_received,
    gifts_sent,
    held_gifts,
    newest_gifts,
    undo_until,
    welcome_of,
)
from takings.gifts.queries.tray import Balance, Tray, balance_of, tray_for

__all__ = [
    "Balance",
    "Catalogue",
    "NoSuchGift",
    "Tray",
    "access_sent_gift",
    "balance_of",
    "blocked_senders",
    "catalogue",
    "gift",
    "gift_kind",
    "gifts_received",
    "gifts_sent",
    "held_gifts",
    "newest_gifts",
    "sold_to",
    "tray_for",
    "undo_until",
    "welcome_of",
]
