"""What viewers were shown of late, as far as frequency caps count it."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from takings.ads.rules.frequency import REMEMBERED, Exposure

MOST_SEEN = 300
"""Of one viewer, the newest so many: who is shown more in a day is judged to be no person."""
_NEWEST = """
SELECT seen.decision_id, seen.viewer_id, seen.line_item_id, item.campaign_id, seen.video_id,
    seen.served_at, seen.counts_until
FROM unnest(%s::uuid[]) AS asked (viewer_id)
CROSS JOIN LATERAL (
    SELECT * FROM ads_exposure
    WHERE ads_exposure.viewer_id = asked.viewer_id AND served_at > %s
    ORDER BY served_at DESC LIMIT %s
) AS seen
JOIN ads_lineitem AS item ON item.id = seen.line_item_id
WHERE seen.counts_until > %s
"""


def exposures_of(
    *, viewer_ids: Collection[uuid.UUID], at: dt.datetime
) -> dict[uuid.UUID, list[Exposure]]:
    """Return what counts against caps now, by viewer: one step in an index for each."""
    found: defaultdict[uuid.UUID, list[Exposure]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [list(viewer_ids), at - REMEMBERED, MOST_SEEN, at])
        for row in cursor.fetchall():
            one = Exposure(*row)
            found[one.viewer_id].append(one)
    return dict(found)
