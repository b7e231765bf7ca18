"""From the lake's counts to counted views: who made the video, with whose music, and does it share.

Estimates and closes use the same steps, so that they can only differ in when they were taken.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from takings.events.actions import count_days
from takings.events.queries import Counts, DailyCount, Outcome, daily_counts
from takings.events.rules.days import TellDays, tell_nobody
from takings.money import Money
from takings.policies.rules import Policy
from takings.settlement import queries
from takings.settlement.actions.stages import BATCH, Done
from takings.settlement.models import CountLine, Period
from takings.settlement.rules import PRODUCT, CountedViews, PoolKey, digest_rows
from takings.videos.models import Video


class CountViews(Protocol):
    """Counts the views of [``starts_at``, ``ends_at``) under a policy."""

    def __call__(self, *, starts_at: dt.datetime, ends_at: dt.datetime, policy: Policy) -> Counts:
        """Return the counts, and the version of the lake they were counted from."""


def count_lake(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    policy: Policy,
    tell: TellDays = tell_nobody,
) -> Counts:
    """Count the days of the event lake that changed, then merge all of them.

    Outside of a transaction each day is kept as soon as it is counted, whatever comes after it.
    """
    count_days(starts_at=starts_at, ends_at=ends_at, policy=policy, tell=tell)
    return daily_counts(starts_at=starts_at, ends_at=ends_at, policy=policy)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Whose video it is, since when the creator shares, and who holds its music."""

    creator_id: int
    shares_from: dt.date | None
    holders: tuple[str, ...]


def count_lines(*, period: Period, counts: Counts) -> list[CountLine]:
    """Return the counted views as unsaved rows, in one order: country, video, day."""
    rows = sorted(
        (row for row in counts.rows if row.outcome == Outcome.QUALIFIED),
        key=lambda row: (row.country, row.video_id, row.day),
    )
    origins = _origins({row.video_id for row in rows})
    return [_count_line(period, row, origins[row.video_id]) for row in rows]


def store_counts(period: Period, *, counts: Counts) -> Done:
    """Keep the period's counted views: later stages read these rows, not the lake."""
    rows = CountLine.objects.bulk_create(
        count_lines(period=period, counts=counts), batch_size=BATCH
    )
    return Done(
        row_count=len(rows),
        input_digest=counts.digest,
        output_digest=digest_rows(
            (r.country, r.video_id, r.day, r.views, r.creator_id, r.shares, *r.holders)
            for r in rows
        ),
        snapshot_id=counts.snapshot_id,
    )


def counted_by_country(rows: Iterable[CountLine]) -> dict[str, list[CountedViews]]:
    """Return the counted views as plain values, by country."""
    countries: dict[str, list[CountedViews]] = defaultdict(list)
    for row in rows:
        countries[row.country].append(
            CountedViews(
                creator_id=row.creator_id,
                video_id=row.video_id,
                day=row.day,
                views=row.views,
                shares=row.shares,
                holders=tuple(row.holders),
                watched_ms=row.watched_ms,
            )
        )
    return dict(countries)


def pool_balances(*, period: Period) -> dict[PoolKey, Money]:
    """Return what is in each pool of a period now; empty pools are left out."""
    pools = queries.pools_with_money()
    return {key: money for key, money in pools.items() if key.period == period.name}


def pools_to_share(
    *, period: Period, policy: Policy, countries: Iterable[str], pools: Mapping[PoolKey, Money]
) -> list[tuple[PoolKey, Money]]:
    """Return these pools, and one of nothing for each country with views but no ads' money."""
    with_money = {key.country for key in pools if key.product == PRODUCT}
    empty = {
        PoolKey(period.name, country, policy.currency): Money.zero(policy.currency)
        for country in countries
        if country not in with_money
    }
    return sorted((empty | dict(pools)).items(), key=lambda pool: pool[0].place)


def _count_line(period: Period, row: DailyCount, origin: _Origin) -> CountLine:
    return CountLine(
        period=period,
        country=row.country,
        creator_id=origin.creator_id,
        video_id=row.video_id,
        day=row.day,
        views=row.views,
        watched_ms=row.watched_ms,
        shares=origin.shares_from is not None and row.day >= origin.shares_from,
        holders=list(origin.holders),
    )


def _origins(video_ids: Iterable[UUID]) -> dict[UUID, _Origin]:
    wanted = sorted(video_ids)
    origins: dict[UUID, _Origin] = {}
    for start in range(0, len(wanted), BATCH):
        origins |= _origins_of(wanted[start : start + BATCH])
    return origins


def _origins_of(video_ids: Sequence[UUID]) -> dict[UUID, _Origin]:
    holders: dict[UUID, list[str]] = defaultdict(list)
    tracks = Video.tracks.through.objects.filter(video_id__in=video_ids)
    for video_id, holder in tracks.values_list("video_id", "track__holder").order_by("track_id"):
        holders[video_id].append(holder)
    videos = Video.objects.filter(id__in=video_ids, creator__isnull=False)
    return {
        video_id: _Origin(
            creator_id=creator_id,
            shares_from=shares_from.astimezone(dt.UTC).date() if shares_from else None,
            holders=tuple(holders[video_id]),
        )
        for video_id, creator_id, shares_from in videos.values_list(
            "id", "creator_id", "creator__shares_from"
        )
    }
