"""The view table of the facts (12.3): what each platform makes of nine views, from real events."""

import datetime as dt
from collections import Counter
from dataclasses import replace

from typing_extensions import Unpack

from takings.core import ids
from takings.events import queries
from takings.events.rules.rows import EventRow
from takings.policies.queries import policy_at, view_policy_at
from takings.policies.rules import ViewRule
from tests.make.events import Details, make_segment, make_view
from tests.make.people import NOON, make_creator, make_user
from tests.make.videos import make_video

MINUTE = dt.timedelta(minutes=1)
EXPECTED: dict[tuple[str, str], dict[str, int]] = {
    ("youtube", "public"): dict(zip("abcdefghi", (1, 1, 2, 1, 1, 1, 1, 1, 0), strict=True)),
    ("youtube", "engaged"): {"a": 0, "b": 1, "f": 0, "i": 0},
    ("tiktok", "qualified"): dict(zip("abcdefghi", (0, 1, 1, 0, 1, 0, 0, 0, 0), strict=True)),
    ("meta", "eligible"): {"a": 0, "f": 0, "i": 0},
}
"""Views by row, of those rows that the facts say something about; c is b and its replay."""


def definition(platform: str, name: str) -> ViewRule:
    """Return what a platform calls a view now."""
    return view_policy_at(platform=platform, at=NOON).definitions[name]


def make_rows() -> dict[str, object]:
    """Let Tom watch nine videos, one for each row; returns their ids by row."""
    ada, tom = make_creator(), make_user("Tom").viewer_id
    videos = {row: make_video(ada, duration_ms=60_000).pk for row in "abcdefghi"}

    def view(row: str, watched_ms: int, **other: Unpack[Details]) -> list[EventRow]:
        fields: Details = {"country": "US", **other}
        return make_view(videos[row], tom, watched_ms, at=NOON + MINUTE * len(made), **fields)

    made: list[list[EventRow]] = []
    made.append(view("a", 300))
    made.append(view("b", 6_000))
    made.append(view("c", 6_000))
    made.append(view("c", 6_000))
    made.append(view("d", 6_000, surface="search"))
    made.append(view("e", 31_000, surface="search"))
    made.append(view("f", 8_000, surface="promoted"))
    made.append(view("g", 20_000, country="IN"))
    made.append(view("h", 20_000))
    disliked = replace(made[-1][-1], type="not_interested", id=ids.uuid7(at=NOON + MINUTE * 30))
    made.append([disliked])
    made.append(view("i", 60_000, ua_class="bot", net_class="hosting"))
    make_segment(*made)
    return dict(videos)


def counted(rule: ViewRule, videos: dict[str, object]) -> dict[str, int]:
    """Count that day by this definition; returns the views that count, by row."""
    counts = queries.daily_counts(
        starts_at=NOON.replace(hour=0),
        ends_at=NOON.replace(hour=0) + dt.timedelta(days=1),
        policy=replace(policy_at(at=NOON), view=rule),
    )
    found: Counter[object] = Counter()
    for row in counts.rows:
        found[row.video_id] += row.views if row.outcome == "qualified" else 0
    return {row: found[video] for row, video in videos.items()}


def check_table(videos: dict[str, object]) -> None:
    """Hold every column of the table against the engine that is chosen now."""
    for (platform, name), expected in EXPECTED.items():
        found = counted(definition(platform, name), videos)
        assert {row: found[row] for row in expected} == expected, (platform, name)
