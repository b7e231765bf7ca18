"""A lake in memory: views with their instants, counted like the real one counts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from takings.events.queries import Counts, DailyCount, Outcome
from takings.events.rules.views import digest_counts
from takings.policies.rules import Policy
from takings.settlement.rules import CountedViews
from tests.make.settlement import Act


@dataclass(frozen=True, slots=True)
class Watched:
    """So many qualified views of an act's post in a country, at one instant."""

    at: dt.datetime
    act: Act
    country: str
    views: int


@dataclass(slots=True)
class Lake:
    """Everything watched; calling it counts a stretch of time, as a close asks for it."""

    watched: list[Watched] = field(default_factory=list)

    def __call__(self, *, starts_at: dt.datetime, ends_at: dt.datetime, policy: Policy) -> Counts:
        """Count the views of [``starts_at``, ``ends_at``)."""
        del policy
        sums: dict[tuple[dt.date, str, Act], int] = defaultdict(int)
        for seen in self._within(starts_at, ends_at):
            sums[seen.at.date(), seen.country, seen.act] += seen.views
        rows = tuple(
            DailyCount(day, country, act.video_id, Outcome.QUALIFIED, views, views * 6_000)
            for (day, country, act), views in sums.items()
        )
        return Counts(len(self.watched), digest_counts(rows), rows)

    def counted(
        self, starts_at: dt.datetime, ends_at: dt.datetime, *, country: str
    ) -> list[CountedViews]:
        """Say the same of one country as the arithmetic wants it: one row per showing."""
        return [
            CountedViews(
                creator_id=seen.act.creator.pk,
                video_id=seen.act.video_id,
                day=seen.at.date(),
                views=seen.views,
                shares=seen.act.creator.shares_from is not None,
                holders=seen.act.holders,
            )
            for seen in self._within(starts_at, ends_at)
            if seen.country == country
        ]

    def _within(self, starts_at: dt.datetime, ends_at: dt.datetime) -> Iterable[Watched]:
        return (seen for seen in self.watched if starts_at <= seen.at < ends_at)
