"""A hundred thousand events of two days in a lake, and what a settlement must know beside them."""

import datetime as dt
import random
import uuid
from dataclasses import replace

import pyarrow as pa

from takings.core import clock
from takings.events.actions import append_events
from takings.events.queries import Counts, daily_counts
from takings.events.rules.pairs import from_pair
from takings.events.rules.rows import EventRow
from takings.policies.queries import policy_at
from takings.policies.rules import TrafficRule
from tests.events.naive import Post
from tests.make.people import NOON, make_creator
from tests.make.videos import make_video
from tests.make.watching import Clip, World, make_days

DAY = dt.timedelta(days=1)
MIDNIGHT, DAYS, EVENTS = NOON.replace(hour=0), 2, 100_000
HOUSE = policy_at(at=NOON)
LIMITS = TrafficRule(
    viewer_views=70,
    network_views=200,
    slack_ms=60_000,
    parallel_views=1,
    farm_viewers=40,
    farm_percent=90,
    farm_audience=10,
)
STRICT = replace(
    HOUSE,
    view=replace(
        HOUSE.view,
        traffic=LIMITS,
        counts_promoted=False,
        counts_disliked=False,
        surface_min_watch_ms={"search": 15_000},
        surfaces=("feed", "search", "profile", "promoted"),
        countries=("US", "DE", "FR", "GB", "JP", "BR"),
        max_per_viewer_video_day=1,
    ),
)
"""The house policy with every rule on, so that every outcome occurs."""
HOLDERS = ((), (), ("north",), ("north", "south"))


def make_lake() -> tuple[list[pa.Table], dict[uuid.UUID, Post]]:
    """Publish 24 videos of 6 creators and let two days of watching arrive; returns both."""
    dice = random.Random(5)  # noqa: S311 - dice of a test
    posts = {}
    for number in range(6):
        ada = make_creator(f"Maker{number}")
        for place in range(4):
            duration_ms = dice.choice([6_000, 15_000, 60_000])
            video = make_video(ada, duration_ms=duration_ms)
            posts[video.pk] = Post(ada.user.viewer_id, duration_ms, ada.pk, HOLDERS[place])
    clips = [Clip(video, post.owner_id, post.duration_ms) for video, post in posts.items()]
    clips.append(Clip(uuid.UUID(int=77), uuid.UUID(int=78), 9_000))  # was never published
    days = list(make_days(World(clips, viewers=1_500), first=NOON.date(), days=DAYS, events=EVENTS))
    for number, table in enumerate(days):
        append_events(table=table, segment=f"day-{number}", at=NOON)
    return days, posts


def count_lake() -> Counts:
    """Count both days with the engine that is chosen now."""
    return daily_counts(starts_at=MIDNIGHT, ends_at=MIDNIGHT + DAYS * DAY, policy=STRICT)


def rows_of(table: pa.Table) -> list[EventRow]:
    """Return a table's rows one by one."""
    return [
        EventRow(
            id=from_pair(row["id_hi"], row["id_lo"]),
            type=row["type"],
            view_id=from_pair(row["view_hi"], row["view_lo"]),
            video_id=from_pair(row["video_hi"], row["video_lo"]),
            viewer_id=from_pair(row["viewer_hi"], row["viewer_lo"]),
            received_at=clock.from_ms(row["received_ms"]),
            watched_ms=row["watched_ms"],
            country=row["country"],
            surface=row["surface"],
            ua_class=row["ua_class"],
            network=row["network"],
            net_class=row["net_class"] or "",
        )
        for row in table.to_pylist()
    ]
