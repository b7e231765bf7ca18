"""Showings as the events a player would have sent, in the lake's columns."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from takings.ads.rules.tokens import Decision
from takings.core import clock
from takings.demo.rules.activity import SURFACES, Ints, Viewing, World
from takings.events.rules.pairs import to_pair
from takings.events.rules.rows import COLUMNS

HEARTBEAT_MS = 3_000
VIEWABLE_MS = 2_000
QUARTERS = ("ad_first_quartile", "ad_midpoint", "ad_third_quartile", "ad_end")
AD_MS = 6_000  # how long both ads of the demo last
_VERSION, _VARIANT = 0x7000, 1 << 63  # RFC 9562: version 7, variant 10


@dataclass(frozen=True, slots=True)
class Shot:
    """One ad as it was decided: its signed token, when, for whom; then how it was received."""

    decision: Decision
    token: str
    watcher: int
    seen_ms: int
    is_clicked: bool


def view_events(viewing: Viewing, *, world: World, seed: Sequence[int]) -> pa.Table:
    """Return start, heartbeats, end and replay of each showing: from 2 events to 9."""
    chance = np.random.default_rng(list(seed))
    durations = np.array([post.duration_ms for post in world.posts])[viewing.post]
    views = _identifiers(viewing.start_ms, chance)
    parts = [("start", np.zeros_like(viewing.watched_ms), viewing.watched_ms >= 0)]
    for beat in range(1, 7):
        at = np.full_like(viewing.watched_ms, beat * HEARTBEAT_MS)
        parts.append(("heartbeat", at, viewing.watched_ms > at))
    parts.append(("end", durations, viewing.watched_ms >= durations))
    parts.append(("replay", durations, viewing.watched_ms > durations))
    parts.append(("heartbeat", viewing.watched_ms, viewing.watched_ms != durations))
    robots = len(world.everybody) - len(world.robots)
    tables = []
    for kind, watched, wanted in parts:
        rows = np.flatnonzero(wanted)
        moment = (viewing.start_ms + watched)[rows]
        columns = {
            "id": _identifiers(moment, chance),
            "view": (views[0][rows], views[1][rows]),
            "video": _pairs([post.video_id for post in world.posts], viewing.post[rows]),
            "watched_ms": watched[rows],
            "position_ms": watched[rows] % np.maximum(durations[rows], 1),
            "received_ms": moment
            + (viewing.received_ms - viewing.start_ms - viewing.watched_ms)[rows],
            "surface": [SURFACES[number] for number in viewing.surface[rows]],
            "ua_class": np.where(viewing.watcher[rows] >= robots, "bot", "browser"),
        }
        tables.append(_table(kind, columns, world=world, watcher=viewing.watcher[rows]))
    return pa.concat_tables(tables)


def ad_events(shots: Sequence[Shot], *, world: World, seed: Sequence[int]) -> pa.Table:
    """Return what the players said of these ads: seen, viewable after two seconds, left or over."""
    chance = np.random.default_rng(list(seed))
    decided = np.array([clock.to_ms(shot.decision.issued_at) for shot in shots], np.int64)
    seen = np.array([shot.seen_ms for shot in shots], np.int64)
    watcher = np.array([shot.watcher for shot in shots], np.int64)
    creatives = sorted({shot.decision.creative_id for shot in shots})
    shown = np.array([creatives.index(shot.decision.creative_id) for shot in shots], np.int64)
    views = _identifiers(decided, chance)
    clicked = np.array([shot.is_clicked for shot in shots], bool)
    parts = (
        ("ad_impression", np.full_like(seen, 200), seen > 0),
        ("ad_viewable", np.full_like(seen, VIEWABLE_MS + 60), seen >= VIEWABLE_MS + 60),
        ("ad_click", seen, clicked),
        ("ad_skip", seen, ~clicked & (seen < AD_MS)),
        *(
            (kind, np.full_like(seen, AD_MS * quarter // 4), seen >= AD_MS * quarter // 4)
            for quarter, kind in enumerate(QUARTERS, start=1)
        ),
    )
    tables = []
    for kind, after, wanted in parts:
        rows = np.flatnonzero(wanted)
        moment = (decided + after)[rows]
        columns = {
            "id": _identifiers(moment, chance),
            "view": (views[0][rows], views[1][rows]),
            "video": _pairs(creatives, shown[rows]),
            "watched_ms": after[rows],
            "position_ms": after[rows],
            "received_ms": moment + 400,
            "surface": np.full(len(rows), "feed"),
            "ua_class": np.full(len(rows), "browser"),
            "ad": [shots[row].token for row in rows.tolist()],
        }
        tables.append(_table(kind, columns, world=world, watcher=watcher[rows]))
    return pa.concat_tables(tables)


def _table(kind: str, columns: dict[str, object], *, world: World, watcher: Ints) -> pa.Table:
    everybody = world.everybody
    countries = np.array([person.country for person in everybody])
    flat: dict[str, object] = {
        "type": np.full(len(watcher), kind),
        "country": countries[watcher],
        "network": (watcher * 2_654_435_761) % (1 << 40),
        "ad": pa.nulls(len(watcher), pa.string()),
    }
    pairs = {"viewer": _pairs([person.viewer_id for person in everybody], watcher)}
    for name, values in columns.items():
        if isinstance(values, tuple):
            pairs[name] = values
        else:
            flat[name] = values
    for name, (high, low) in pairs.items():
        flat[f"{name}_hi"], flat[f"{name}_lo"] = high, low
    given = [field for field in COLUMNS if field.name in flat]
    arrays = [pa.array(flat[field.name], field.type) for field in given]
    return pa.table(arrays, schema=pa.schema(given))


def _identifiers(ms: Ints, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """Return UUIDs of version 7 for these instants, as pairs of signed halves."""
    high = (ms << 16) | _VERSION | chance.integers(0, 1 << 12, len(ms))
    low = chance.integers(0, 1 << 62, len(ms), dtype=np.uint64) | np.uint64(_VARIANT)
    return high.astype(np.int64), low.view(np.int64)


def _pairs(identifiers: Sequence[uuid.UUID], rows: Ints) -> tuple[Ints, Ints]:
    pairs = np.array([to_pair(identifier) for identifier in identifiers], np.int64).reshape(-1, 2)
    return pairs[rows, 0], pairs[rows, 1]
