"""How the feed is ordered, and the sentence that says why a post is where it is."""

import datetime as dt
from dataclasses import dataclass
from math import log10

CANDIDATES = 2_000
"""The feed ranks the newest 2 000 posts; older ones stay on their creators' pages."""
TENFOLD_LIKES_S = 12 * 3_600
"""Ten times the likes weigh as much as being twelve hours fresher."""
FOLLOWED_S = 2 * 86_400
"""A post of a followed creator weighs as much as one two days fresher."""
SEEN_MS = 2_000
"""Watched for two seconds, a post counts as seen; flicked past sooner, it may come again."""
PAGE_SIZE = 8
FRESH = dt.timedelta(days=1)


def rank(*, published_s: int, likes: int, following: bool) -> int:
    """Return a post's rank in seconds; the feed query computes the same in SQL."""
    bonus = int(TENFOLD_LIKES_S * log10(1 + likes))
    return published_s + bonus + (FOLLOWED_S if following else 0)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the rank of one post in one viewer's feed rests on."""

    handle: str
    published_at: dt.datetime
    likes: int
    following: bool
    seen: bool


def explain(grounds: Grounds, *, at: dt.datetime) -> str:
    """Return the one sentence that tells a viewer why this post is here.

    It names the strongest ground of the rank, in the order of its weight.
    """
    if grounds.seen:
        return "You have watched this before; nothing unwatched is left ahead of it."
    if grounds.following:
        return f"From @{grounds.handle}, whom you follow."
    if at - grounds.published_at < FRESH:
        return "New in the last 24 hours."
    if grounds.likes:
        people = "one viewer" if grounds.likes == 1 else f"{grounds.likes} viewers"
        return f"Liked by {people}, and you have not watched it yet."
    day = grounds.published_at
    return f"Published on {day.day} {day:%B}, and you have not watched it yet."
