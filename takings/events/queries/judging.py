"""The outcome of every view, as relations of a session: one text of SQL for every engine."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import resources

import pyarrow as pa

from takings.events.queries.engines import Session
from takings.events.rules.pairs import to_pair
from takings.policies.rules import Policy, ViewRule
from takings.videos.models import Purpose, Video

SHOWINGS = resources.files(__package__).joinpath("showings.sql").read_text()
SECTION = re.compile(r"^-- relation (\w+).*\n", re.MULTILINE)
DAY_MS = 86_400_000
PAIRS = pa.schema(
    [pa.field(name, pa.int64()) for name in ("viewer_hi", "viewer_lo", "video_hi", "video_lo")]
)
"""Who watched what: the columns of the relation ``earlier``."""


def judge(
    session: Session,
    *,
    policy: Policy,
    videos: pa.Table,
    within: str = "",
    earlier: pa.Table | None = None,
) -> str:
    """Give each view of the session's ``events`` its outcome; returns the query that tells it.

    ``videos`` is :func:`video_table`. ``within`` narrows the events by a condition that starts
    with ``AND``. ``earlier`` (of :data:`PAIRS`, each once) is who had counted what before, where
    a view counts once ever.
    """
    *steps, (_, answer) = relations(policy=policy, within=within)
    session.add("videos", videos)
    session.add("earlier", PAIRS.empty_table() if earlier is None else earlier)
    for name, query in steps:
        session.keep(name, query)
    return answer


def relations(*, policy: Policy, within: str = "") -> list[tuple[str, str]]:
    """Return the queries under this policy, in order, each with the name of its relation."""
    rule = policy.view
    text = SHOWINGS.format(
        **_times(rule),
        **asdict(rule.traffic),
        within=within,
        late_ms=policy.settlement.late_days * DAY_MS,
        most=rule.max_per_viewer_video_day,
        counts_own_views=int(rule.counts_own_views),
        counts_promoted=int(rule.counts_promoted),
        counts_disliked=int(rule.counts_disliked),
        counts_replays=int(rule.counts_replays),
        surfaces=_one_of("s.surface", rule.surfaces),
        countries=_one_of("s.country", rule.countries),
    )
    _, *parts = SECTION.split(text)
    return list(zip(parts[::2], parts[1::2], strict=True))


def _times(rule: ViewRule) -> Mapping[str, str | int]:
    """Return the holes of how long is long enough."""
    own = rule.surface_min_watch_ms
    cases = "".join(f" WHEN s.surface = '{name}' THEN {ms}" for name, ms in own.items())
    return {
        "need_ms": f"CASE{cases} ELSE {rule.min_watch_ms} END" if own else rule.min_watch_ms,
        "by_part": f"{rule.min_percent} > 0"
        + (f" AND NOT {_one_of('s.surface', tuple(own))}" if own else ""),
        "min_percent": rule.min_percent,
        "above": int(rule.watch_comparator == ">"),
    }


def _one_of(column: str, words: Sequence[str]) -> str:
    """Return a condition; the words are letters and underscores, the pack's reader saw to that."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"({column} IN ({listed}))" if words else "(1 = 1)"


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
