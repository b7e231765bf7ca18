"""A month of watching, the same every time: popular videos, busy viewers, robots, retries."""

import datetime as dt
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from takings.core import clock, ids

EVENTS_A_VIEW = 4
VIEWS_A_BATCH = 5
COUNTRIES = ("DE", "FR", "US")
MONTH_STARTS = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
MONTH_MS = 31 * 86_400_000
KINDS = ("start", "heartbeat", "heartbeat", "end")


@dataclass(frozen=True, slots=True)
class Clip:
    """A video, and what decides about its views."""

    video_id: uuid.UUID
    owner_id: uuid.UUID
    duration_ms: int


@dataclass(frozen=True, slots=True)
class View:
    """One showing: ``start_ms`` since 1970, and how its events' ids are drawn."""

    viewer_id: uuid.UUID
    clip: Clip
    start_ms: int
    watched_ms: int
    number: int

    @property
    def view_id(self) -> uuid.UUID:
        """Time first, then the number: unique, and the same every time."""
        return ids.uuid7(at=clock.from_ms(self.start_ms), entropy=self.number)


@dataclass(frozen=True, slots=True)
class Batch:
    """Views of one viewer that travel in one request."""

    views: Sequence[View]
    country: str
    robot: bool

    @property
    def sent_at(self) -> dt.datetime:
        """A second after the last of it happened."""
        return clock.from_ms(max(view.start_ms + view.watched_ms for view in self.views) + 1_000)

    def body(self) -> bytes:
        """Return the request as a player writes it."""
        events = [event for view in self.views for event in _events(view)]
        sent_ms = clock.to_ms(self.sent_at)
        return json.dumps({"v": 1, "sent_ms": sent_ms, "events": events}).encode()


def batches(*, clips: Sequence[Clip], count: int) -> Iterator[Batch]:
    """Yield so many batches in the order they were sent; every hundredth is sent twice.

    Videos and viewers follow Zipf's law; 2 % of the batches come from robots, 1 % of the views are
    by the video's owner, and a fifth are swiped away.
    """
    dice = np.random.default_rng(2026)
    starts = np.sort(dice.integers(0, MONTH_MS - 3_600_000, count))
    viewers = dice.zipf(1.3, count) % 20_000
    videos = dice.zipf(1.4, (count, VIEWS_A_BATCH)) % len(clips)
    watched = dice.choice([300, 2_000, 6_000, 9_000, 15_000], (count, VIEWS_A_BATCH))
    robots = dice.random(count) < 0.02
    own = dice.random(count) < 0.01
    for number in range(count):
        clip = clips[int(videos[number, 0])]
        viewer = clip.owner_id if own[number] else uuid.UUID(int=int(viewers[number]) + 1)
        views = [
            View(
                viewer,
                clips[int(videos[number, place])],
                clock.to_ms(MONTH_STARTS) + int(starts[number]) + place * 20_000,
                int(watched[number, place]),
                number * VIEWS_A_BATCH + place,
            )
            for place in range(VIEWS_A_BATCH)
        ]
        batch = Batch(views, COUNTRIES[int(viewers[number]) % 3], bool(robots[number]))
        yield batch
        if number % 100 == 99:
            yield batch


def expect(*, clips: Sequence[Clip], count: int) -> Counter[tuple[dt.date, str, uuid.UUID, str]]:
    """Count the same month naively: view by view, in plain Python, by the house policy of 2026."""
    seen: dict[tuple[dt.date, uuid.UUID, uuid.UUID], list[tuple[int, str, int]]] = {}
    seen = defaultdict(list)
    found: Counter[tuple[dt.date, str, uuid.UUID, str]] = Counter()
    done: set[int] = set()
    for batch in batches(clips=clips, count=count):
        for view in batch.views:
            if view.number in done:
                continue
            done.add(view.number)
            day = clock.from_ms(view.start_ms).date()
            outcome = _judge(view, robot=batch.robot)
            if outcome == "qualified":
                turn = day, view.viewer_id, view.clip.video_id
                seen[turn].append((view.view_id.int, batch.country, view.number))
            else:
                found[day, batch.country, view.clip.video_id, outcome] += 1
    for (day, _, video_id), turns in seen.items():
        for place, (_, country, _) in enumerate(sorted(turns)):
            found[day, country, video_id, "qualified" if place < 3 else "repeat"] += 1
    return found


def _judge(view: View, *, robot: bool) -> str:
    if robot:
        return "bot"
    if view.viewer_id == view.clip.owner_id:
        return "own_view"
    if view.watched_ms < 5_000 and view.watched_ms * 100 < view.clip.duration_ms * 30:
        return "too_short"
    return "qualified"


def _events(view: View) -> Iterator[dict[str, object]]:
    for turn, kind in enumerate(KINDS):
        watched_ms = view.watched_ms * turn // (EVENTS_A_VIEW - 1)
        moment = clock.from_ms(view.start_ms + watched_ms)
        yield {
            "id": str(ids.uuid7(at=moment, entropy=view.number * EVENTS_A_VIEW + turn)),
            "type": kind,
            "video": str(view.clip.video_id),
            "view": str(view.view_id),
            "watched_ms": watched_ms,
            "position_ms": watched_ms,
            "surface": "feed",
        }
