"""An obviously correct count: plain Python, no SQL, view by view."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from takings.core import clock, ids
from takings.events.rules.pairs import to_pair
from takings.events.rules.rows import EventRow
from takings.events.rules.views import VIEW_TYPES
from takings.policies.rules import Policy

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Post:
    """What the count must know about a video."""

    owner_id: uuid.UUID
    duration_ms: int


@dataclass
class Showing:
    """One view as its events tell it."""

    view_id: uuid.UUID
    viewer_id: uuid.UUID
    video_id: uuid.UUID
    countries: set[str] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    watched_ms: int = 0
    received_ms: int = 10**18


def outcomes(
    rows: Iterable[EventRow], *, posts: Mapping[uuid.UUID, Post], policy: Policy
) -> list[tuple[Showing, str]]:
    """Return every view with its outcome."""
    showings: dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], Showing] = {}
    for row in rows:
        if row.type not in VIEW_TYPES:
            continue
        key = row.view_id, row.viewer_id, row.video_id
        showing = showings.setdefault(key, Showing(*key))
        showing.countries.add(row.country)
        showing.agents.add(row.ua_class)
        showing.watched_ms = max(showing.watched_ms, row.watched_ms)
        showing.received_ms = min(showing.received_ms, clock.to_ms(row.received_at))
    claims = Counter(showing.view_id for showing in showings.values())
    seen: dict[object, int] = defaultdict(int)
    result = []
    for showing in sorted(showings.values(), key=lambda one: to_pair(one.view_id)):
        post = posts.get(showing.video_id)
        outcome = _judge(showing, claims[showing.view_id], post=post, policy=policy)
        if outcome == "qualified":
            day = ids.time_of(showing.view_id).date()
            turn = (day, showing.viewer_id, showing.video_id)
            seen[turn] += 1
            if seen[turn] > policy.view.max_per_viewer_video_day:
                outcome = "repeat"
        result.append((showing, outcome))
    return result


def _judge(showing: Showing, claims: int, *, post: Post | None, policy: Policy) -> str:
    if post is None:
        return "duplicate" if claims > 1 else "unknown_video"
    age_ms = showing.received_ms - clock.to_ms(ids.time_of(showing.view_id))
    is_own = showing.viewer_id == post.owner_id and not policy.view.counts_own_views
    is_long = policy.view.is_long_enough(
        watched_ms=showing.watched_ms, duration_ms=post.duration_ms
    )
    reasons = {
        "duplicate": claims > 1,
        "bot": "bot" in showing.agents,
        "own_view": is_own,
        "late": age_ms > policy.settlement.late_days * DAY_MS,
        "too_short": not is_long,
    }
    return next((name for name, applies in reasons.items() if applies), "qualified")


def totals(judged: Iterable[tuple[Showing, str]]) -> Counter[tuple[object, ...]]:
    """Return views by day, country, video and outcome."""
    return Counter(
        (ids.time_of(showing.view_id).date(), min(showing.countries), showing.video_id, outcome)
        for showing, outcome in judged
    )
