"""From a month of events to shared pools: days counted once, then merged, then turned into money.

Ten million events, a million with QUICK=1, a hundred million with FULL=1. Value: seconds of a close
from the days' counts: merging them and sharing every country's pool. The whole close, which keeps a
line of each video, day and country in PostgreSQL, is timed beside it. Baseline: seconds in which
the same engine merely scans the columns of the same lake that counting needs.
"""

from bench import _world

_world.start()

import datetime as dt  # noqa: E402 - Django's settings are read from here on
import os  # noqa: E402
import random  # noqa: E402
from collections import defaultdict  # noqa: E402
from collections.abc import Iterator, Mapping, Sequence  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402
from uuid import UUID  # noqa: E402

import pyarrow as pa  # noqa: E402
from django.db.models import Sum  # noqa: E402

from bench._shape import QUICK, Stopwatch, check, report  # noqa: E402
from takings.core import ids  # noqa: E402
from takings.events.actions import append_events, count_days  # noqa: E402
from takings.events.queries.engines import DuckEngine  # noqa: E402
from takings.events.queries.judging import video_table  # noqa: E402
from takings.events.queries.partials import Kind, merging  # noqa: E402
from takings.events.queries.snapshots import EVERYTHING, plan_files  # noqa: E402
from takings.events.queries.spans import Span  # noqa: E402
from takings.events.rules.pairs import to_pair  # noqa: E402
from takings.money import Money  # noqa: E402
from takings.policies.queries import policy_at  # noqa: E402
from takings.settlement.actions import close_period  # noqa: E402
from takings.settlement.models import CountLine  # noqa: E402
from takings.settlement.rules import CountedViews, PoolShares, share_pool  # noqa: E402
from takings.videos.models import Video  # noqa: E402
from tests.make.people import make_creator  # noqa: E402
from tests.make.videos import make_video  # noqa: E402
from tests.make.watching import Clip, World, make_days  # noqa: E402

FULL = os.environ.get("FULL", "") not in {"", "0"}
EVENTS = 1_000_000 if QUICK else 100_000_000 if FULL else 10_000_000
VIDEOS, VIEWERS, CREATORS, DAYS = EVENTS // 1_000, EVENTS // 50, 40, 30
STARTS = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
ENDS = STARTS + dt.timedelta(days=DAYS)
WAIT = dt.timedelta(days=8)
OCTOBER = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
POLICY = policy_at(at=STARTS)
POOL = Money(1_000_000_000_003, "USD")
SCAN = """
SELECT MAX(day), SUM(view_hi), SUM(view_lo), SUM(viewer_hi), SUM(viewer_lo), SUM(video_hi),
    SUM(video_lo), SUM(id_hi), SUM(network), SUM(watched_ms), SUM(received_ms), MAX(type),
    MAX(country), MAX(surface), MAX(ua_class), MAX(net_class)
FROM events
"""
MERGE = """
SELECT p.country, p.video_hi, p.video_lo, CAST(SUM(p.views) AS BIGINT) AS views
FROM parts p WHERE p.outcome = 'qualified'
GROUP BY p.country, p.video_hi, p.video_lo
ORDER BY p.country, p.video_hi, p.video_lo
"""
BY_HAND = """
WITH showing AS (
    SELECT day, view_hi, view_lo, viewer_hi, viewer_lo, video_hi, video_lo,
        MIN(country) AS country, MAX(watched_ms) AS watched_ms, MIN(received_ms) AS received_ms,
        MAX(ua_class = 'bot' OR COALESCE(net_class, '') <> '') AS machine
    FROM events WHERE type IN ('start', 'heartbeat', 'progress', 'end')
    GROUP BY ALL
), good AS (
    SELECT s.* FROM showing s
    JOIN videos v ON v.video_hi = s.video_hi AND v.video_lo = s.video_lo
    WHERE NOT machine AND NOT (viewer_hi = owner_hi AND viewer_lo = owner_lo)
        AND (received_ms - 604800000) * 65536 <= view_hi
        AND (watched_ms >= 5000 OR watched_ms * 100 >= duration_ms * 30)
        AND NOT EXISTS (
            SELECT 1 FROM showing o WHERE o.view_hi = s.view_hi AND o.view_lo = s.view_lo
            AND (o.video_hi <> s.video_hi OR o.video_lo <> s.video_lo
                OR o.viewer_hi <> s.viewer_hi OR o.viewer_lo <> s.viewer_lo)
        )
), capped AS (
    SELECT day, country, video_hi, video_lo FROM good
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY day, viewer_hi, viewer_lo, video_hi, video_lo ORDER BY view_hi, view_lo
    ) <= 3
)
SELECT country, video_hi, video_lo, COUNT(*) AS views FROM capped
GROUP BY ALL ORDER BY ALL
"""


def make_clips() -> tuple[list[Clip], dict[UUID, int]]:
    """Publish the videos; returns them by fame, and whose each is."""
    dice = random.Random(11)  # noqa: S311 - dice of a benchmark
    makers = [make_creator(f"Maker{number}", at=OCTOBER) for number in range(CREATORS)]
    models = [make_video(maker, at=OCTOBER) for maker in makers]
    names = [field.attname for field in Video._meta.concrete_fields]  # noqa: SLF001 - Django's own way
    rows = []
    for number in range(VIDEOS):
        fields = {name: getattr(models[number % CREATORS], name) for name in names}
        made = {"id": ids.uuid7(at=OCTOBER, entropy=dice.getrandbits(74))}
        rows.append(Video(**fields | made | {"duration_ms": dice.choice((6_000, 15_000, 60_000))}))
    Video.objects.bulk_create(rows, batch_size=5_000)
    owners = {model.creator_id: model.uploader.viewer_id for model in models}
    clips = [Clip(row.pk, owners[row.creator_id], row.duration_ms) for row in rows]
    return clips, {row.pk: row.creator_id or 0 for row in rows}


def merge(partials: Sequence[Path]) -> pa.Table:
    """Add the days up: counted views by country and video."""
    with merging(partials, videos=video_table()) as engine:
        return engine.sql(MERGE).to_arrow_table()


def share(table: pa.Table, creators: Mapping[UUID, int]) -> list[PoolShares]:
    """Turn counted views into money: one pool for each country."""
    counted: dict[str, list[CountedViews]] = defaultdict(list)
    known = {to_pair(video_id): (creator, video_id) for video_id, creator in creators.items()}
    columns = (table[name].to_pylist() for name in ("country", "video_hi", "video_lo", "views"))
    for country, high, low, views in zip(*columns, strict=True):
        counted[country].append(CountedViews(*known[high, low], STARTS.date(), views))
    return [
        share_pool(total=POOL, counted=rows, rule=POLICY.pool)
        for _, rows in sorted(counted.items())
    ]


@contextmanager
def peak(name: str) -> Iterator[None]:
    """Say how much memory this process held at most meanwhile."""
    Path("/proc/self/clear_refs").write_text("5")
    yield
    told = Path("/proc/self/status").read_text().splitlines()
    held = next(line for line in told if "VmHWM" in line)
    print(f"{name}: at most {int(held.split()[1]) / 1e6:.2f} GB", flush=True)


def main() -> None:
    """Run the benchmark."""
    watch = Stopwatch()
    clips, creators = make_clips()
    world = World(clips, viewers=VIEWERS)
    with watch.stage("make the events", units=EVENTS):
        days = make_days(world, first=STARTS.date(), days=DAYS, events=EVENTS)
        for number, table in enumerate(days):
            append_events(table=table, segment=f"day-{number}", at=ENDS)
    files = plan_files(where=EVERYTHING)
    print(f"{files.row_count:,} events, {files.byte_count / files.row_count:.1f} bytes each")
    for _ in range(2):  # once to warm up
        with DuckEngine().open(files) as session:
            watch.seconds.pop("scan the needed columns", None)
            with peak("scan"), watch.stage("scan the needed columns", units=files.row_count):
                session.answer(SCAN)
    with peak("days"), watch.stage("count the days", units=files.row_count):
        partials = count_days(starts_at=STARTS, ends_at=ENDS, policy=POLICY)
    held = sum(one.byte_count for one in partials)
    rows = sum(one.row_count for one in partials)
    print(f"{rows:,} rows in the days' counts, {held / 1e6:.1f} MB")
    with peak("close"):
        with watch.stage("find and check the days' counts"):
            kept = Span.of(STARTS, ENDS, policy=POLICY, snapshot_id=None).kept(Kind.COUNTS)
        with (
            watch.stage("merge them"),
            merging(list(kept.values()), videos=video_table()) as engine,
        ):
            merged = engine.sql(MERGE).to_arrow_table()
        with watch.stage("share the pools", units=len(merged)):
            shares = share(merged, creators)
    check("every day is kept", found=len(kept), expected=DAYS)
    paid = [sum(line.amount.micros for line in one.lines) + one.platform.micros for one in shares]
    check("every pool is shared whole", found=set(paid), expected={POOL.micros})
    with peak("whole close"), watch.stage("the whole close, kept and proved"):
        period = close_period(name=f"{STARTS:%Y-%m}", at=ENDS + WAIT)
    kept_lines = CountLine.objects.filter(period=period)
    check(
        "the close kept every counted view",
        found=kept_lines.aggregate(views=Sum("views"))["views"],
        expected=sum(merged["views"].to_pylist()),
    )
    print(f"{kept_lines.count():,} lines")
    with DuckEngine().open(files) as session, peak("by hand"):
        session.add("videos", video_table())
        with watch.stage("the month at once, by hand", units=files.row_count):
            by_hand = session.answer(BY_HAND)
    alike = by_hand.equals(merged.cast(by_hand.schema))
    check("the month at once has the same counts", found=alike, expected=True)
    scanned = watch.seconds["scan the needed columns"]
    print(f"days: {watch.seconds['count the days'] / scanned:.1f} x the scan")
    print(f"by hand: {watch.seconds['the month at once, by hand'] / scanned:.1f} x the scan")
    close = watch.total("find and check the days' counts", "merge them", "share the pools")
    report("settle", f"close_{EVENTS}", value=close, unit="s", baseline=scanned)


main()
