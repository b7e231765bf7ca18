"""What a period was counted from: the lake's snapshot, the stages, and what did not count."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from takings.events.queries import NoSuchSnapshot, lake_files
from takings.insights.models import Showings, Tally
from takings.insights.queries.earnings.showings import COUNTED
from takings.insights.queries.rooms.lines import Room, key_of
from takings.insights.rules.rooms import OutcomeRow, StageRow
from takings.insights.rules.words import outcome_words
from takings.policies.queries import policy
from takings.settlement import queries as settlement
from takings.settlement.models import CloseStage, Estimate, Period, Stage


@dataclass(frozen=True, slots=True)
class FilesRead:
    """The lake's files of a period's days: how many, what is in them, when it arrived."""

    file_count: int
    row_count: int
    byte_count: int
    first_received_at: dt.datetime
    last_received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Inputs:
    """The snapshot of the lake, its files and digest, and how far the close is.

    Without a snapshot nothing was counted yet; ``late_until`` is the last instant at which a view
    of this period may arrive. ``files`` is empty where the register does not know the snapshot.
    """

    snapshot_id: int | None
    counted_at: dt.datetime | None
    digest: str
    files: FilesRead | None
    late_until: dt.datetime
    stages: tuple[StageRow, ...]

    @property
    def done(self) -> int:
        """How many stages are finished."""
        return sum(1 for stage in self.stages if stage.finished_at)


def inputs(*, room: Room) -> Inputs:
    """Return what the room's numbers were made from: by the close, or by the last estimate."""
    period = room.period
    found = {row.stage: row for row in settlement.close_stages(period=period)} if period.pk else {}
    counted = found.get(Stage.COUNTED)
    made = Estimate.objects.filter(period_id=key_of(period)).first()
    late = dt.timedelta(days=policy(period.policy_version).settlement.late_days)
    snapshot_id = counted.snapshot_id if counted else made.snapshot_id if made else None
    return Inputs(
        snapshot_id=snapshot_id,
        counted_at=counted.finished_at if counted else made.made_at if made else None,
        digest=counted.input_digest if counted else made.counts_digest if made else "",
        files=_files(period, snapshot_id),
        late_until=period.ends_at + late,
        stages=tuple(_stage(stage, found.get(stage)) for stage in Stage),
    )


def outcome_rows(*, room: Room) -> tuple[OutcomeRow, ...]:
    """Return the showings by outcome beside last time's: counted first, then the largest reason."""
    now, last = _outcomes(room.period), _outcomes(room.before)
    rules = policy(room.period.policy_version)
    whole, whole_before = sum(now.values()), sum(last.values())
    rows = (
        OutcomeRow(
            outcome=outcome,
            name=name,
            rule=rule,
            showings=now.get(outcome, 0),
            whole=whole,
            showings_before=last.get(outcome, 0),
            whole_before=whole_before,
        )
        for outcome in now.keys() | last.keys()
        for name, rule in [outcome_words(outcome, policy=rules)]
    )
    return tuple(sorted(rows, key=lambda row: (row.outcome != COUNTED, -row.showings, row.outcome)))


def _files(period: Period, snapshot_id: int | None) -> FilesRead | None:
    last = (period.ends_at - dt.timedelta(microseconds=1)).astimezone(dt.UTC).date()
    first = period.starts_at.astimezone(dt.UTC).date()
    try:
        found = lake_files(first=first, last=last, snapshot_id=snapshot_id) if snapshot_id else []
    except NoSuchSnapshot:
        return None
    if not found:
        return None
    return FilesRead(
        file_count=len(found),
        row_count=sum(file.row_count for file in found),
        byte_count=sum(file.byte_count for file in found),
        first_received_at=min(file.first_received_at for file in found),
        last_received_at=max(file.last_received_at for file in found),
    )


def _outcomes(period: Period | None) -> dict[str, int]:
    tally = Tally.objects.filter(period_id=key_of(period)).first()
    rows = (
        Showings.objects.filter(tally=tally).values_list("outcome").annotate(Sum("showing_count"))
    )
    return {outcome: int(showings) for outcome, showings in rows.order_by()} if tally else {}


def _stage(stage: Stage, row: CloseStage | None) -> StageRow:
    return StageRow(
        name=stage.label,
        finished_at=row.finished_at if row else None,
        row_count=row.row_count if row else 0,
        snapshot_id=row.snapshot_id if row else None,
        input_digest=row.input_digest if row else "",
        output_digest=row.output_digest if row else "",
    )
