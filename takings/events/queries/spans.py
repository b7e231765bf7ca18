"""A stretch of time to count: its days, the files of each, and what counts them."""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from takings.core import clock
from takings.events.queries.checking import check_bytes
from takings.events.queries.engines import Session, chosen_engine
from takings.events.queries.judging import judge, video_table
from takings.events.queries.partials import Kind, clean_partials, query_of
from takings.events.queries.snapshots import Files, between_days, plan_files
from takings.events.rules.pairs import first_high
from takings.policies.rules import Policy

PAIRS = resources.files(__package__).joinpath("pairs.sql").read_text()
ALWAYS = dt.date(1970, 1, 1)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The views that began in [``starts_at``, ``ends_at``) in one version of the lake.

    ``days`` holds the files of every day that must be looked at; under a rule by which a view
    counts once ever these are all days since the lake began.
    """

    starts_at: dt.datetime
    ends_at: dt.datetime
    policy: Policy
    snapshot_id: int
    days: dict[dt.date, Files]
    videos: pa.Table

    @staticmethod
    def of(
        starts_at: dt.datetime, ends_at: dt.datetime, *, policy: Policy, snapshot_id: int | None
    ) -> "Span":
        """Plan a span in the newest version of the lake, or in the one that is named."""
        last = (ends_at - dt.timedelta(microseconds=1)).astimezone(clock.UTC).date()
        first = ALWAYS if policy.view.once_ever else starts_at.astimezone(clock.UTC).date()
        files = plan_files(where=between_days(first, last), snapshot_id=snapshot_id)
        ordered = sorted(files.planned, key=lambda file: (file.day, file.path))
        days = {
            day: Files(files.snapshot_id, tuple(planned))
            for day, planned in groupby(ordered, key=lambda file: file.day)
        }
        return Span(starts_at, ends_at, policy, files.snapshot_id, days, video_table())

    def whole_days(self) -> dict[dt.date, Files]:
        """Return the days that the span holds whole, and that count by themselves."""
        if self.policy.view.once_ever:
            return {}
        return {
            day: files
            for day, files in self.days.items()
            if self.starts_at <= _midnight(day) and _midnight(day) + DAY <= self.ends_at
        }

    def kept(self, kind: Kind) -> dict[dt.date, Path]:
        """Return the partials of whole days that still hold."""
        return clean_partials(self.whole_days(), policy=self.policy, kind=kind, videos=self.videos)

    def count(self, kind: Kind, *, but: Collection[dt.date]) -> Iterator[pa.Table]:
        """Yield the counts of each day but these, counted now."""
        earlier: pa.Table | None = None
        for day in sorted(self.days.keys() - set(but)):
            with self.judged(day, earlier=earlier) as (session, showings):
                if _midnight(day) + DAY > self.starts_at:
                    yield self.answer(kind, session=session, showings=showings)
                if self.policy.view.once_ever:
                    pairs = session.answer(PAIRS.format(showings=showings))
                    earlier = pairs if earlier is None else pa.concat_tables([earlier, pairs])

    @contextmanager
    def judged(
        self, day: dt.date, *, earlier: pa.Table | None = None
    ) -> Iterator[tuple[Session, str]]:
        """Open a session over a day's files, and the query of its views with their outcomes.

        Money depends on it, so every file is read against its hash before.
        """
        check_bytes(self.days[day].planned)
        with chosen_engine().open(self.days[day]) as session:
            showings = judge(session, policy=self.policy, videos=self.videos, earlier=earlier)
            yield session, showings

    def answer(self, kind: Kind, *, session: Session, showings: str) -> pa.Table:
        """Return the counts of the session's views that began inside the span."""
        query = query_of(kind).format(
            showings=showings,
            first_high=first_high(self.starts_at),
            end_high=first_high(self.ends_at),
        )
        return session.answer(query)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.UTC)
