"""The showings behind a line: how many counted, which not and why, and each one of them."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from takings.events.queries import Outcome, View, views_of
from takings.events.queries.tracing import Line as LakeLine
from takings.insights.models import Tally
from takings.insights.queries.earnings import outcome_counts
from takings.insights.rules.earnings import LineFilter, OutcomeCount, PeriodFacts
from takings.insights.rules.trace import Part, Ref, Stop
from takings.insights.rules.words import day_words, outcome_words, watched_words
from takings.policies.queries import policy
from takings.policies.rules import Policy

FEW = 25
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """A video on a UTC day in a country: what one line speaks of."""

    creator_id: int
    video_id: UUID
    day: dt.date
    country: str


def showings_stop(place: Place, *, period: PeriodFacts, limit: int = FEW) -> Stop:
    """Return the showings by outcome, and the first ``limit`` of them one by one.

    Both are read from the snapshot of the lake that the period was counted from.
    """
    tally = Tally.objects.filter(period__name=period.name).first()
    counts = outcome_counts(
        creator_id=place.creator_id,
        period=period,
        only=LineFilter(day=place.day, video_id=place.video_id, country=place.country),
    )
    rules = policy(period.policy_version)
    listed = views_of(
        line=LakeLine(place.video_id, place.day, place.country),
        policy=rules,
        limit=min(max(limit, 1), MOST),
        snapshot_id=tally.snapshot_id if tally else None,
    )
    inside = [view for view in listed if period.starts_at <= view.started_at < period.ends_at]
    return _stop(counts, tuple(view_part(view, rules=rules) for view in inside), day=place.day)


def view_part(view: View, *, rules: Policy) -> Part:
    """Return one showing as a part: how long, what became of it, when, by which viewer's mask."""
    name, _ = outcome_words(view.outcome, policy=rules)
    return Part(
        label=f"{watched_words(view.watched_ms)} watched",
        note=f"{name} · viewer {view.viewer}",
        at=view.started_at,
        ref=Ref("view", str(view.view_id)),
        tone="" if view.outcome == Outcome.QUALIFIED else "quiet",
    )


def _stop(counts: tuple[OutcomeCount, ...], samples: tuple[Part, ...], *, day: dt.date) -> Stop:
    showings = sum(one.showings for one in counts)
    counted = sum(one.showings for one in counts if one.outcome == Outcome.QUALIFIED)
    sentence = (
        f"Of {showings:,} showings on {day_words(day)}, {counted:,} were engaged views. "
        "What did not count is listed with its reason. Viewers are shown by a mask that changes "
        "every day: you can tell two apart, not who they are."
    )
    return Stop(
        kind="views",
        title="The views behind it",
        sentence=sentence if counts else "The showings of this day are being counted by reason.",
        parts=tuple(
            Part(
                label=one.name,
                note=one.rule,
                count=one.showings,
                tone="here" if one.outcome == Outcome.QUALIFIED else "quiet",
            )
            for one in counts
        ),
        samples=samples,
        left_out=max(0, showings - len(samples)),
    )
