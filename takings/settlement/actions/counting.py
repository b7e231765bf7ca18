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
from takings.settlement.actions.storing import store_rows
from takings.settlement.models import CountLine, Period
from takings.settlement.queries.direct import direct_totals
from takings.settlement.rules import PRODUCT, CountedViews, PoolKey, digest_rows
from takings.videos.models import Video

CountedByCountry = dict[str, list[CountedViews]]
_SAID = ("country", "video_id", "day", "views", "creator_id", "shares")


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


def counted_views(counts: Counts) -> CountedByCountry:
    """Return the views that count, as plain values in one order: country, video, day."""
    rows = sorted(
        (row for row in counts.rows if row.outcome == Outcome.QUALIFIED),
        key=lambda row: (row.country, row.video_id.int, row.day),
    )
    origins = _origins({row.video_id for row in rows})
    countries: dict[str, list[CountedViews]] = defaultdict(list)
    for row in rows:
        countries[row.country].append(_counted(row, origins[row.video_id]))
    return countries


def store_counts(period: Period, *, counts: Counts) -> Done:
    """Keep the period's counted views: later stages read these rows, not the lake."""
    rows = [
        (country, one.video_id, one.day, one.views, one.creator_id, one.shares, one)
        for country, views in counted_views(counts).items()
        for one in views
    ]
    store_rows(
        CountLine,
        (*_SAID, "watched_ms", "holders", "period_id"),
        ((*said, one.watched_ms, list(one.holders), period.pk) for *said, one in rows),
    )
    return Done(
        row_count=len(rows),
        input_digest=counts.digest,
        output_digest=digest_rows((*said, *one.holders) for *said, one in rows),
        snapshot_id=counts.snapshot_id,
    )


def stored_views(*, period: Period) -> CountedByCountry:
    """Return what ``store_counts`` kept."""
    rows = CountLine.objects.filter(period=period).order_by("country", "video_id", "day")
    kept = rows.values_list(
        "country", "creator_id", "video_id", "day", "views", "shares", "holders", "watched_ms"
    )
    countries: dict[str, list[CountedViews]] = defaultdict(list)
    for country, creator_id, video_id, day, views, shares, holders, watched_ms in kept.iterator(
        chunk_size=BATCH
    ):
        countries[country].append(
            CountedViews(creator_id, video_id, day, views, shares, tuple(holders), watched_ms)
        )
    return countries


def pool_balances(*, period: Period) -> dict[PoolKey, Money]:
    """Return what is in each pool of a period now; empty pools are left out."""
    pools = queries.pools_with_money()
    return {key: money for key, money in pools.items() if key.period == period.name}


def money_to_share(*, period: Period) -> dict[PoolKey, Money]:
    """Return what is in each pool of a period now, and what was paid for ads inside videos."""
    return pool_balances(period=period) | direct_totals(period=period.name)


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


def _counted(row: DailyCount, origin: _Origin) -> CountedViews:
    shares = origin.shares_from is not None and row.day >= origin.shares_from
    return CountedViews(
        origin.creator_id, row.video_id, row.day, row.views, shares, origin.holders, row.watched_ms
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
