"""What players of other sites say of the ads they were given: statistics, written in batches."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class PlayerReportDraft:
    """One decision's ad began (``error_code`` 0), or failed for a reason of VAST's list."""

    decision_id: uuid.UUID
    campaign_id: uuid.UUID
    creative_id: uuid.UUID
    error_code: int
    reported_at: dt.datetime


def record_player_reports(*, reports: Iterable[PlayerReportDraft]) -> None:
    """Keep one row per decision: an error takes the place of a beginning, the first one stays.

    Rows are touched in key order, so servers never deadlock.
    """
    rows = sorted(astuple(report) for report in _joined(reports))
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ads_playerreport
                (decision_id, campaign_id, creative_id, error_code, reported_at)
            SELECT * FROM
                unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::smallint[], %s::timestamptz[])
            ON CONFLICT (decision_id) DO UPDATE SET error_code = excluded.error_code
            WHERE ads_playerreport.error_code = 0
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


def _joined(reports: Iterable[PlayerReportDraft]) -> Iterable[PlayerReportDraft]:
    """Return one report per decision, by the same rule: one statement may touch a row once."""
    joined: dict[uuid.UUID, PlayerReportDraft] = {}
    for report in reports:
        known = joined.get(report.decision_id)
        if known is None or not known.error_code:
            joined[report.decision_id] = report
    return joined.values()
