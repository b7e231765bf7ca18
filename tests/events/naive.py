"""An obviously correct settlement: plain Python from events to money, no SQL, view by view."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from takings.core import clock, ids
from takings.events.rules.pairs import to_pair
from takings.events.rules.rows import EventRow
from takings.events.rules.views import VIEW_TYPES, Outcome
from takings.policies.rules import Policy

DAY_MS = 86_400_000
MS = 1 << 16
"""What a millisecond is worth in the high half of an id."""
REASONS = [reason for reason in Outcome if reason not in {Outcome.REPEAT, Outcome.QUALIFIED}]
"""In the order in which the first that applies is told."""
OF_VIEWERS = ("busy_viewer", "everywhere")
Judged = Sequence[tuple["Showing", str]]


@dataclass(frozen=True)
class Post:
    """What the count must know of a video, and the money: whose it is, and who holds its music."""

    owner_id: uuid.UUID
    duration_ms: int
    creator_id: int = 0
    holders: tuple[str, ...] = ()


@dataclass
class Showing:
    """One view as its events tell it; times are the high halves of ids."""

    view_id: uuid.UUID
    viewer_id: uuid.UUID
    video_id: uuid.UUID
    seen: dict[str, set[object]] = field(default_factory=lambda: defaultdict(set))
    starts: dict[str, int] = field(default_factory=dict)
    watched_ms: int = 0
    received_ms: int = 10**18
    last: int = 0

    def hear(self, row: EventRow) -> None:
        """Take one event in; hearing it twice changes nothing."""
        at = to_pair(row.id)[0]
        for name in ("country", "surface", "ua_class", "network", "net_class"):
            self.seen[name].add(getattr(row, name))
        self.starts[row.type] = min(at, self.starts.get(row.type, at))
        self.watched_ms = max(self.watched_ms, row.watched_ms)
        self.received_ms = min(self.received_ms, clock.to_ms(row.received_at))
        self.last = max(self.last, at)

    @property
    def begun(self) -> int:
        """When its id says it began."""
        return to_pair(self.view_id)[0]

    @property
    def day(self) -> dt.date:
        """The UTC day it belongs to."""
        return ids.time_of(self.view_id).date()

    def only(self, name: str) -> object:
        """Return its country, surface or network: the least, should its events disagree."""
        return min(self.seen[name])  # type: ignore[type-var]  # texts, or whole numbers


def outcomes(
    rows: Iterable[EventRow], *, posts: Mapping[uuid.UUID, Post], policy: Policy
) -> list[tuple[Showing, str]]:
    """Return every view with its outcome, by start."""
    found: dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], Showing] = {}
    for row in rows:
        if row.type in {*VIEW_TYPES, "not_interested"}:
            key = row.view_id, row.viewer_id, row.video_id
            found.setdefault(key, Showing(*key)).hear(row)
    views = [one for one in found.values() if one.starts.keys() & set(VIEW_TYPES)]
    claims = Counter(one.view_id for one in views)
    suspects = _suspects(views, policy)
    turns: dict[object, int] = defaultdict(int)
    result = []
    for one in sorted(views, key=lambda one: to_pair(one.view_id)):
        reasons = _reasons(one, claims=claims, post=posts.get(one.video_id), policy=policy)
        reasons |= {name: _key(name, one) in keys for name, keys in suspects.items()}
        outcome = next((str(name) for name in REASONS if reasons[name]), "qualified")
        if outcome == "qualified":
            turn = one.day, one.viewer_id, one.video_id
            turns[turn] += 1
            if turns[turn] > policy.view.max_per_viewer_video_day > 0:
                outcome = "repeat"
        result.append((one, outcome))
    return result


def _reasons(
    one: Showing, *, claims: Mapping[uuid.UUID, int], post: Post | None, policy: Policy
) -> dict[str, bool]:
    rule, slack_ms, surface = policy.view, policy.view.traffic.slack_ms, str(one.only("surface"))
    beyond = (one.watched_ms - slack_ms) * MS > one.last - min(one.begun, *one.starts.values())
    ended_first = one.starts.get("end", one.last) < one.starts.get("start", 0)
    long_enough = rule.is_long_enough(
        watched_ms=one.watched_ms, duration_ms=post.duration_ms if post else 0, surface=surface
    )
    return {
        "duplicate": claims[one.view_id] > 1,
        "unknown_video": post is None,
        "bot": "bot" in one.seen["ua_class"],
        "blocked": "blocked" in one.seen["net_class"],
        "data_centre": "hosting" in one.seen["net_class"],
        "impossible": ended_first or (slack_ms > 0 and beyond),
        "own_view": post is not None
        and one.viewer_id == post.owner_id
        and not rule.counts_own_views,
        "late": (one.received_ms - policy.settlement.late_days * DAY_MS) * MS > one.begun,
        "promoted": "promoted" in one.seen["surface"] and not rule.counts_promoted,
        "other_surface": rule.surfaces != () and surface not in rule.surfaces,
        "other_country": rule.countries != () and one.only("country") not in rule.countries,
        "disliked": "not_interested" in one.starts and not rule.counts_disliked,
        "too_short": not long_enough,
    }


def _key(name: str, one: Showing) -> tuple[object, ...]:
    """Return what a limit of the day is about: a viewer, a network, or a network and a video."""
    if name in OF_VIEWERS:
        return one.day, one.viewer_id
    return one.day, one.only("network"), one.video_id if name == "farm" else None


def _suspects(views: Sequence[Showing], policy: Policy) -> dict[str, set[object]]:
    """Return, by limit, the keys that are beyond it."""
    rule = policy.view.traffic
    groups: dict[str, dict[object, list[Showing]]] = {}
    audience: dict[object, set[uuid.UUID]] = defaultdict(set)
    for name in (*OF_VIEWERS, "busy_network", "farm"):
        groups[name] = defaultdict(list)
        for one in views:
            audience[one.day, one.video_id].add(one.viewer_id)
            if one.only("network") or name in OF_VIEWERS:
                groups[name][_key(name, one)].append(one)

    def everywhere(mine: Sequence[Showing]) -> bool:
        passed = max(one.last for one in mine) - min(one.begun for one in mine)
        watched_ms = sum(one.watched_ms for one in mine)
        return (watched_ms - rule.slack_ms) * MS > rule.parallel_views * passed

    def farm(mine: Sequence[Showing]) -> bool:
        here = len({one.viewer_id for one in mine})
        everyone = len(audience[mine[0].day, mine[0].video_id])
        mostly = everyone >= rule.farm_audience and here * 100 > rule.farm_percent * everyone
        return here > rule.farm_viewers > 0 or (rule.farm_percent > 0 and mostly)

    beyond: dict[str, Callable[[Sequence[Showing]], bool]] = {
        "busy_viewer": lambda mine: len(mine) > rule.viewer_views > 0,
        "everywhere": lambda mine: rule.parallel_views > 0 and everywhere(mine),
        "busy_network": lambda mine: len(mine) > rule.network_views > 0,
        "farm": farm,
    }
    return {
        name: {key for key, mine in found.items() if beyond[name](mine)}
        for name, found in groups.items()
    }


def totals(judged: Judged) -> Counter[tuple[object, ...]]:
    """Return views by day, country, video and outcome."""
    return Counter((one.day, one.only("country"), one.video_id, name) for one, name in judged)


def money(
    judged: Judged, *, posts: Mapping[uuid.UUID, Post], pool: int, policy: Policy
) -> dict[str, int]:
    """Share one country's pool of so many micro-units: music first, then by views, then 45 %."""
    views = [posts[one.video_id] for one, name in judged if name == "qualified"]
    part = {post: policy.pool.pool_part(tracks=len(post.holders)) for post in set(views)}
    allocation = sum(part[post] for post in views) * pool / Fraction(len(views))
    exact: dict[str, Fraction] = defaultdict(Fraction)
    for post in views:
        exact[f"creator {post.creator_id:03}"] += (
            allocation / len(views) * policy.pool.creator_share.ratio
        )
        for holder in post.holders:
            exact[f"holder {holder}"] += (
                Fraction(pool, len(views)) * (1 - part[post]) / len(post.holders)
            )
    exact["platform"] = pool - sum(exact.values(), Fraction(0))
    paid = {name: int(amount) for name, amount in exact.items()}
    by_rest = sorted(exact, key=lambda name: (paid[name] - exact[name], name))
    for name in by_rest[: pool - sum(paid.values())]:
        paid[name] += 1
    return paid
