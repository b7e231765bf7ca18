"""What viewers did with an ad: each thing counts once for one decision, whenever it is told."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from takings.ads.rules.tokens import Decision, ForgedToken, KeyRing, Placement
from takings.events.rules.batches import EventType

COUNTED: tuple[EventType, ...] = (
    "ad_impression",
    "ad_start",
    "ad_viewable",
    "ad_first_quartile",
    "ad_midpoint",
    "ad_third_quartile",
    "ad_end",
    "ad_skip",
    "ad_mute",
    "ad_unmute",
    "ad_click",
)
BIT_OF: dict[str, int] = {kind: 1 << place for place, kind in enumerate(COUNTED)}
"""Each kind is one bit of a showing; a bit keeps its place for ever, for it is stored."""
LATEST = dt.timedelta(hours=24)
"""What is told later of a decision is not counted: as long as a click leads somewhere."""


@dataclass(frozen=True, slots=True)
class AdFact:
    """One event of an ad as the collector received it."""

    kind: str
    token: str
    viewer_id: uuid.UUID
    received_at: dt.datetime
    is_robot: bool = False


@dataclass(frozen=True, slots=True)
class Showing:
    """One decision and what was told of it so far: the sum of its kinds' bits."""

    decision: Decision
    kinds: int

    @property
    def day(self) -> dt.date:
        """The UTC day on which the ad was chosen: all that is told of it counts on that day."""
        return self.decision.issued_at.date()


def showings(facts: Iterable[AdFact], *, ring: KeyRing) -> list[Showing]:
    """Return what facts tell, once per decision, in the order of decision ids.

    Order and repeats change nothing. Left out is what no person told of an ad of theirs: forged
    tokens, other viewers, robots, and what comes a day late or before the ad was chosen.
    """
    kinds: dict[Decision, int] = defaultdict(int)
    for fact in facts:
        try:
            decision = ring.read(fact.token)
        except ForgedToken:
            continue
        if _counts(fact, decision):
            kinds[decision] |= BIT_OF[fact.kind]
    found = [Showing(decision, bits) for decision, bits in kinds.items()]
    return sorted(found, key=lambda one: one.decision.decision_id)


def _counts(fact: AdFact, decision: Decision) -> bool:
    age = fact.received_at - decision.issued_at
    is_theirs = fact.viewer_id == decision.viewer_id and not fact.is_robot
    return is_theirs and dt.timedelta() <= age <= LATEST


@dataclass(frozen=True, slots=True)
class Watched:
    """What viewers did with one ad in one place on one UTC day; counts are of decisions."""

    day: dt.date
    creative_id: uuid.UUID
    placement: Placement
    started: int = 0
    first_quartile: int = 0
    midpoint: int = 0
    third_quartile: int = 0
    completed: int = 0
    skipped: int = 0
    muted: int = 0
    unmuted: int = 0
    clicked: int = 0


COUNTS = tuple(
    one.name for one in fields(Watched) if one.name not in ("day", "creative_id", "placement")
)
BITS = {
    "started": BIT_OF["ad_impression"] | BIT_OF["ad_start"],
    "first_quartile": BIT_OF["ad_first_quartile"],
    "midpoint": BIT_OF["ad_midpoint"],
    "third_quartile": BIT_OF["ad_third_quartile"],
    "completed": BIT_OF["ad_end"],
    "skipped": BIT_OF["ad_skip"],
    "muted": BIT_OF["ad_mute"],
    "unmuted": BIT_OF["ad_unmute"],
    "clicked": BIT_OF["ad_click"],
}
"""Which bits make a showing one of each count: any of them."""
_STEPS = {
    "Started": "started",
    "25 % watched": "first_quartile",
    "50 % watched": "midpoint",
    "75 % watched": "third_quartile",
    "Watched to the end": "completed",
    "Skipped": "skipped",
    "Clicked": "clicked",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel: how many showings came so far, of ``started_count``."""

    name: str
    count: int
    started_count: int

    @property
    def percent(self) -> int:
        """The part of those that started, in whole percent, rounded down."""
        return self.count * 100 // self.started_count if self.started_count else 0


def by_ad(rows: Iterable[Watched]) -> list[Watched]:
    """Return the sums over days for each ad and place; their day is the newest one."""
    sums: dict[tuple[uuid.UUID, Placement], Watched] = {}
    for row in rows:
        known = sums.setdefault((row.creative_id, row.placement), row)
        if known is not row:
            counts = {name: getattr(known, name) + getattr(row, name) for name in COUNTS}
            newest = max(known.day, row.day)
            sums[row.creative_id, row.placement] = replace(known, day=newest, **counts)
    return [sums[key] for key in sorted(sums)]


def funnel(rows: Iterable[Watched]) -> list[Step]:
    """Return the steps over all these ads and places; none when nothing was told."""
    listed = list(rows)
    sums = {name: sum(getattr(row, field) for row in listed) for name, field in _STEPS.items()}
    return [Step(name, count, sums["Started"]) for name, count in sums.items()] if listed else []
