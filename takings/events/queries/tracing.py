"""Following a count back to the showings behind it."""

import datetime as dt
import uuid
from dataclasses import dataclass

import pyarrow as pa
from django.conf import settings

from takings.core import ids
from takings.core.errors import NotFound
from takings.events.queries.engines import DuckEngine, Session
from takings.events.queries.judging import judge, video_table
from takings.events.queries.snapshots import between_days, plan_files
from takings.events.rules.pairs import from_pair, to_pair
from takings.events.rules.views import View, mask_viewer
from takings.policies.rules import Policy

WHOLE_VIEWS_OF_VIDEO = """AND EXISTS (
    SELECT 1 FROM events o
    WHERE o.day = e.day AND o.view_hi = e.view_hi AND o.view_lo = e.view_lo
        AND o.video_hi = {high} AND o.video_lo = {low}
)"""
"""Narrows the events to views that name this video, whole: a view id that another video claims
too must stay contested here, as it was when it was counted. Where the policy limits a viewer's or a
network's day, the whole day must be looked at."""

TRACE = """
SELECT
    s.day, s.view_hi, s.view_lo, s.viewer_hi, s.viewer_lo, s.country, s.watched_ms, s.outcome,
    s.evidence
FROM ({showings}) s
WHERE s.video_hi = {high} AND s.video_lo = {low} AND {wanted}
ORDER BY s.view_hi, s.view_lo
LIMIT {limit}
"""

IN_COUNTRY = "s.country IN (SELECT w.country FROM wanted w)"

VIDEO_OF_VIEW = """
SELECT DISTINCT e.video_hi, e.video_lo FROM events e
WHERE e.view_hi = {high} AND e.view_lo = {low}
ORDER BY e.video_hi, e.video_lo
LIMIT 1
"""


_Row = tuple[dt.date, int, int, int, int, str, int, str, int]


class NoSuchView(NotFound):
    """No event of this view is in the lake (yet)."""

    code = "no_such_view"
    sentence = "There is no view {view_id} here. New views take a few seconds to arrive."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the counts: a video, a UTC day, a country."""

    video_id: uuid.UUID
    day: dt.date
    country: str


def views_of(
    *, line: Line, policy: Policy, limit: int = 100, snapshot_id: int | None = None
) -> list[View]:
    """Return the views behind one line of the counts, by start, each with its outcome."""
    files = plan_files(where=between_days(line.day, line.day), snapshot_id=snapshot_id)
    with DuckEngine().open(files) as session:
        session.add("wanted", pa.table({"country": [line.country]}))
        return _trace(session, _Wanted(line.video_id, IN_COUNTRY, limit), policy)


def view(*, view_id: uuid.UUID, policy: Policy, snapshot_id: int | None = None) -> View:
    """Return one view by its id, or refuse with :class:`NoSuchView`."""
    try:
        day = ids.time_of(view_id).date()
    except ValueError as error:
        raise NoSuchView(view_id=view_id) from error
    files = plan_files(where=between_days(day, day), snapshot_id=snapshot_id)
    high, low = to_pair(view_id)
    with DuckEngine().open(files) as session:
        found = session.answer(VIDEO_OF_VIEW.format(high=high, low=low)).to_pylist()
        if not found:
            raise NoSuchView(view_id=view_id)
        video_id = from_pair(found[0]["video_hi"], found[0]["video_lo"])
        wanted = _Wanted(video_id, f"s.view_hi = {high} AND s.view_lo = {low}", 1)
        return _trace(session, wanted, policy)[0]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A video, a condition on its views, and how many of them at most."""

    video_id: uuid.UUID
    condition: str
    limit: int


def _trace(session: Session, wanted: _Wanted, policy: Policy) -> list[View]:
    high, low = to_pair(wanted.video_id)
    within = WHOLE_VIEWS_OF_VIDEO.format(high=high, low=low)
    query = TRACE.format(
        showings=judge(
            session,
            policy=policy,
            videos=video_table(),
            within="" if policy.view.traffic.limits else within,
        ),
        high=high,
        low=low,
        wanted=wanted.condition,
        limit=int(wanted.limit),
    )
    rows = session.answer(query)
    found = zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True)
    return [_view(row, wanted.video_id) for row in found]


def _view(row: _Row, video_id: uuid.UUID) -> View:
    day, view_hi, view_lo, viewer_hi, viewer_lo, country, watched_ms, outcome, evidence = row
    view_id = from_pair(view_hi, view_lo)
    viewer_id = from_pair(viewer_hi, viewer_lo)
    return View(
        view_id=view_id,
        video_id=video_id,
        day=day,
        country=country,
        viewer=mask_viewer(viewer_id=viewer_id, day=day, key=settings.SECRET_KEY),
        started_at=ids.time_of(view_id),
        watched_ms=watched_ms,
        outcome=outcome,
        evidence=evidence,
    )
