"""How the feed is ranked, what it says about each post, and how a page is continued. No Django."""

from takings.audience.rules.cards import (
    Byline,
    Card,
    CardPage,
    Invitation,
    TextTrack,
    language_name,
)
from takings.audience.rules.cursors import NO_ID, BadCursor, Place, read_cursor, write_cursor
from takings.audience.rules.ranking import (
    CANDIDATES,
    FOLLOWED_S,
    PAGE_SIZE,
    SEEN_MS,
    TENFOLD_LIKES_S,
    Grounds,
    explain,
    rank,
)

__all__ = [
    "CANDIDATES",
    "FOLLOWED_S",
    "NO_ID",
    "PAGE_SIZE",
    "SEEN_MS",
    "TENFOLD_LIKES_S",
    "BadCursor",
    "Byline",
    "Card",
    "CardPage",
    "Grounds",
    "Invitation",
    "Place",
    "TextTrack",
    "explain",
    "language_name",
    "rank",
    "read_cursor",
    "write_cursor",
]
