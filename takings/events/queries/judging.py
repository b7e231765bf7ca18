"""The outcome of every view, as relations of a session: one text of SQL for every engine."""

import re
from importlib import resources

import pyarrow as pa

from takings.events.queries.engines import Session
from takings.events.rules.pairs import to_pair
from takings.policies.rules import Policy
from takings.videos.models import Purpose, Video

SHOWINGS = resources.files(__package__).joinpath("showings.sql").read_text()
SECTION = re.compile(r"^-- relation (\w+).*\n", re.MULTILINE)
DAY_MS = 86_400_000


def judge(session: Session, *, policy: Policy, within: str = "") -> str:
    """Give each view of the session's ``events`` its outcome; returns the query that tells it.

    ``within`` narrows the events by a condition that starts with ``AND``.
    """
    *steps, (_, answer) = relations(policy=policy, within=within)
    session.add("videos", video_table())
    for name, query in steps:
        session.keep(name, query)
    return answer


def relations(*, policy: Policy, within: str = "") -> list[tuple[str, str]]:
    """Return the queries under this policy, in order, each with the name of its relation."""
    rule = policy.view
    text = SHOWINGS.format(
        within=within,
        counts_own_views=int(rule.counts_own_views),
        late_ms=policy.settlement.late_days * DAY_MS,
        min_watch_ms=rule.min_watch_ms,
        min_percent=rule.min_percent,
        above=int(rule.watch_comparator == ">"),
        max_per_viewer_video_day=rule.max_per_viewer_video_day,
    )
    _, *parts = SECTION.split(text)
    return list(zip(parts[::2], parts[1::2], strict=True))


def video_table() -> pa.Table:
    """Return the published posts: id, length, and the uploader's viewer id, for own views."""
    posts = Video.objects.filter(purpose=Purpose.POST, duration_ms__gt=0).order_by("pk")
    found = list(posts.values_list("id", "uploader__viewer_id", "duration_ms"))
    videos = [to_pair(video) for video, _, _ in found]
    owners = [to_pair(owner) for _, owner, _ in found]
    columns = {
        "video_hi": [high for high, _ in videos],
        "video_lo": [low for _, low in videos],
        "owner_hi": [high for high, _ in owners],
        "owner_lo": [low for _, low in owners],
        "duration_ms": [duration for _, _, duration in found],
    }
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})
