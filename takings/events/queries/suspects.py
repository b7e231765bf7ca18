"""Viewers of a day whose views were found to be no person's."""

import datetime as dt
from uuid import UUID

from takings.core import clock
from takings.events.queries.spans import DAY, Span
from takings.events.rules.pairs import from_pair
from takings.events.rules.views import Outcome
from takings.policies.rules import Policy

NO_PERSON = (
    Outcome.BOT,
    Outcome.BLOCKED,
    Outcome.DATA_CENTRE,
    Outcome.BUSY_VIEWER,
    Outcome.EVERYWHERE,
    Outcome.BUSY_NETWORK,
    Outcome.FARM,
)
FOUND = """
SELECT DISTINCT s.viewer_hi, s.viewer_lo FROM ({showings}) s WHERE s.outcome IN ({outcomes})
"""


def no_people_of(*, day: dt.date, policy: Policy) -> set[UUID]:
    """Return the viewers with a view on a UTC day that no person watched, under this policy."""
    starts_at = dt.datetime.combine(day, dt.time(), tzinfo=clock.UTC)
    span = Span.of(starts_at, starts_at + DAY, policy=policy, snapshot_id=None)
    if day not in span.days:
        return set()
    outcomes = ", ".join(f"'{one}'" for one in NO_PERSON)
    with span.judged(day) as (session, showings):
        rows = session.answer(FOUND.format(showings=showings, outcomes=outcomes)).to_pylist()
    return {from_pair(row["viewer_hi"], row["viewer_lo"]) for row in rows}
