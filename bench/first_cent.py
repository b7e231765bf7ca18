"""From watching to money: a million events, the lake, the counts, a closed month, statements.

Value: seconds from the first event to the last statement. Baseline: seconds in which the same
engine merely scans the columns of the same lake that counting needs.
"""

from bench import _world

_world.start()

import asyncio  # noqa: E402 - Django's settings are read from here on
import datetime as dt  # noqa: E402
from collections.abc import Iterator, Sequence  # noqa: E402
from fractions import Fraction  # noqa: E402
from itertools import islice  # noqa: E402

from django.conf import settings  # noqa: E402

from bench._shape import QUICK, Stopwatch, check, report  # noqa: E402
from bench._watching import (  # noqa: E402
    EVENTS_A_VIEW,
    MONTH_STARTS,
    VIEWS_A_BATCH,
    Batch,
    Clip,
    batches,
    expect,
)
from takings.core import clock  # noqa: E402
from takings.events import actions, queries  # noqa: E402
from takings.events.edge.log import Limits, SegmentLog  # noqa: E402
from takings.events.queries.snapshots import EVERYTHING, plan_files, reading  # noqa: E402
from takings.events.rules.batches import check_batch  # noqa: E402
from takings.events.rules.frames import frame  # noqa: E402
from takings.events.rules.records import Record, encode_record  # noqa: E402
from takings.policies.queries import policy_at  # noqa: E402
from takings.settlement import queries as settlement  # noqa: E402
from takings.settlement.actions import close_period  # noqa: E402
from takings.settlement.models import ShareLine, Statement  # noqa: E402
from tests.make.people import make_creator  # noqa: E402
from tests.make.settlement import make_pool  # noqa: E402
from tests.make.videos import make_video  # noqa: E402

EVENTS = 100_000 if QUICK else 1_000_000
BATCHES = EVENTS // (EVENTS_A_VIEW * VIEWS_A_BATCH)
PERIOD = "2026-10"
POOL = "1000.000001"
SEPTEMBER = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
NOVEMBER = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
SCAN = """
SELECT MAX(day), SUM(view_hi), SUM(view_lo), SUM(viewer_hi), SUM(viewer_lo), SUM(video_hi),
    SUM(video_lo), SUM(watched_ms), SUM(received_ms), MAX(type), MAX(country), MAX(ua_class)
FROM events
"""


def make_clips() -> list[Clip]:
    """Publish 60 videos of 12 creators; nobody uses music, so every view's money is shared."""
    clips = []
    for number in range(12):
        creator = make_creator(f"Creator{number}", at=SEPTEMBER)
        for place in range(5):
            duration_ms = 6_000 + 4_000 * place
            video = make_video(creator, duration_ms=duration_ms, at=SEPTEMBER)
            clips.append(Clip(video.pk, creator.user.viewer_id, duration_ms))
    return clips


async def collect(sent: Sequence[tuple[Batch, bytes]], *, log: SegmentLog) -> int:
    """Check and write these requests, 64 at a time, each acknowledged after its sync."""
    turns = iter(sent)
    accepted = 0

    async def player() -> None:
        nonlocal accepted
        for batch, body in turns:
            checked = check_batch(body, at=batch.sent_at)
            record = Record(
                received_ms=clock.to_ms(batch.sent_at),
                viewer=batch.views[0].viewer_id,
                country=batch.country,
                ua_class="bot" if batch.robot else "browser",
                network=0,
                events=checked.accepted,
            )
            await log.append(frame(encode_record(record)))
            accepted += len(checked.accepted)

    await asyncio.gather(*(player() for _ in range(64)))
    return accepted


async def collect_month(clips: Sequence[Clip], watch: Stopwatch) -> int:
    """Collect everything; making the requests is not timed."""
    log = SegmentLog(settings.EVENTS_HOME, limits=Limits())
    accepted = 0
    for sent in _portions(batches(clips=clips, count=BATCHES)):
        bodies = [(batch, batch.body()) for batch in sent]
        with watch.stage("collect", units=len(bodies) * EVENTS_A_VIEW * VIEWS_A_BATCH):
            accepted += await collect(bodies, log=log)
    await log.close()
    return accepted


def _portions(found: Iterator[Batch]) -> Iterator[list[Batch]]:
    while portion := list(islice(found, 10_000)):
        yield portion


def check_counts(clips: Sequence[Clip], watch: Stopwatch) -> None:
    """Compare the counts with a naive count of what was sent."""
    ends_at = settlement.period(name=PERIOD).ends_at
    policy = policy_at(at=MONTH_STARTS)
    with watch.stage("count the month", units=EVENTS):
        counts = queries.daily_counts(starts_at=MONTH_STARTS, ends_at=ends_at, policy=policy)
    found = {(row.day, row.country, row.video_id, row.outcome): row.views for row in counts.rows}
    check(
        "every view has the outcome a naive count gives it",
        found=found == expect(clips=clips, count=BATCHES),
        expected=True,
    )
    check("no view is lost", found=sum(found.values()), expected=BATCHES * VIEWS_A_BATCH)


def check_money() -> None:
    """Compare the statements with the pool and with the published formula."""
    period = settlement.period(name=PERIOD)
    for pool in settlement.pool_results(period=period):
        lines = ShareLine.objects.filter(period=period, country=pool.country)
        paid = sum(lines.values_list("amount_micros", flat=True))
        name = f"the pool of {pool.country}"
        check(
            f"{name} sums up",
            found=paid + pool.rights_micros + pool.platform_micros,
            expected=pool.total_micros,
        )
        for creator_id in set(lines.values_list("creator_id", flat=True)):
            mine = lines.filter(creator_id=creator_id)
            share = Fraction(sum(mine.values_list("views", flat=True)), pool.views)
            exact = pool.total_micros * share * Fraction(45, 100)
            got = sum(mine.values_list("amount_micros", flat=True))
            if not exact - 1 < got < exact + 1:
                raise SystemExit(f"WRONG: creator {creator_id} in {pool.country}: {got}, {exact}")
    stated = sum(Statement.objects.filter(period=period).values_list("amount_micros", flat=True))
    lines = ShareLine.objects.filter(period=period)
    check(
        "the statements sum up to the lines",
        found=stated,
        expected=sum(lines.values_list("amount_micros", flat=True)),
    )


def scan() -> None:
    """Read the needed columns of the whole lake."""
    with reading(plan_files(where=EVERYTHING)) as engine:
        engine.sql(SCAN).fetchall()


def main() -> None:
    """Run the benchmark."""
    watch = Stopwatch()
    clips = make_clips()
    for country in ("DE", "FR", "US"):
        make_pool(POOL, country=country, period=PERIOD)
    accepted = asyncio.run(collect_month(clips, watch))
    doubled = BATCHES // 100 * EVENTS_A_VIEW * VIEWS_A_BATCH
    check("every event was accepted", found=accepted, expected=EVENTS + doubled)
    with watch.stage("ship to the lake", units=accepted):
        shipped = actions.ship_segments(at=NOVEMBER)
    check(
        "every event is in the lake", found=sum(one.row_count for one in shipped), expected=accepted
    )
    with watch.stage("close the month"):
        close_period(name=PERIOD, at=NOVEMBER)
    check_counts(clips, watch)
    check_money()
    scan()
    with watch.stage("scan the same lake", units=accepted):
        scan()
    stats = queries.lake_stats()
    print(f"{stats.row_count:,} rows in {stats.file_count} files, {stats.byte_count / 1e6:.0f} MB")
    report(
        "first_cent",
        "events_to_statement",
        value=watch.total("collect", "ship to the lake", "close the month"),
        unit="s",
        baseline=watch.seconds["scan the same lake"],
    )


main()
