"""How a period's earnings are spread over creators; the database sorts and sums."""

from django.db import connection
from django.db.models import Sum

from takings.insights.queries.rooms.lines import Room
from takings.insights.rules.spread import Spread, Top, bounds, buckets, top_count
from takings.money import Money

_TOPS = {"The top 1 %": 1, "The top 10 %": 10, "The top half": 50}

_RANKED = """
WITH sums AS ({sums}), ranked AS (
    SELECT micros, row_number() OVER (ORDER BY micros DESC) AS rank, count(*) OVER () AS creators
      FROM sums)
SELECT count(*), COALESCE(sum(micros), 0), COALESCE(max(micros), 0),
       COALESCE(min(micros) FILTER (WHERE rank <= (creators + 1) / 2), 0),
       COALESCE(sum(micros) FILTER (WHERE rank <= (creators * 1 + 99) / 100), 0),
       COALESCE(sum(micros) FILTER (WHERE rank <= (creators * 10 + 99) / 100), 0),
       COALESCE(sum(micros) FILTER (WHERE rank <= (creators * 50 + 99) / 100), 0)
  FROM ranked
"""
_BUCKETS = """
WITH sums AS ({sums})
SELECT width_bucket(micros::bigint, %s::bigint[]), count(*), sum(micros) FROM sums GROUP BY 1
"""


def spread(*, room: Room) -> Spread:
    """Return the spread of what creators earned, before what they share with others."""
    code = room.currency
    sums = room.lines.values("creator_id").annotate(micros=Sum("amount_micros")).order_by()
    query, parameters = sums.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_RANKED.format(sums=query), parameters)
        creators, total, most, median, *tops = (int(value) for value in cursor.fetchone())
        cursor.execute(_BUCKETS.format(sums=query), [*parameters, list(bounds(code))])
        found = {int(row[0]): (int(row[1]), int(row[2])) for row in cursor.fetchall()}
    return Spread(
        creators=creators,
        total=Money(total, code),
        median=Money(median, code),
        most=Money(most, code),
        tops=tuple(
            Top(name, top_count(creators, percent=percent), Money(micros, code))
            for (name, percent), micros in zip(_TOPS.items(), tops, strict=True)
        ),
        buckets=buckets(found, code=code),
    )
