"""Who moved most against the period before: sums of both by the database, a few rows of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.db import connection
from django.db.models import Sum

from takings.insights.queries.earnings import line_ref
from takings.insights.queries.rooms.lines import Lines, Room, key_of
from takings.insights.rules.rooms import Mover, MoverList
from takings.insights.rules.trace import Ref
from takings.insights.rules.words import country_words
from takings.money import Money, currency
from takings.people.models import Creator
from takings.settlement.models import PoolResult
from takings.settlement.rules import PRODUCT

LISTED = 5
NOTICED_UNITS = 100
"""A change in proportion is listed when one of both months reached so many payable units."""

By = Literal["creator_id", "country"]

# The same views may earn in several products' pools: of a creator's country the most are all.
_SUMS = """
SELECT {by}, sum(seen) AS seen, sum(micros) AS micros
  FROM (SELECT creator_id, country, max(seen) AS seen, sum(micros) AS micros
          FROM ({pools}) AS pools GROUP BY creator_id, country) AS countries
 GROUP BY {by}
"""
# Rows of one key that both periods have, then those that only one has.
_MOVERS = """
WITH now AS ({now}), before AS ({before}), sides AS (
    SELECT COALESCE(now.{by}, before.{by}) AS key,
           COALESCE(before.micros, 0) AS before, COALESCE(now.micros, 0) AS now,
           COALESCE(before.seen, 0) AS seen_before, COALESCE(now.seen, 0) AS seen,
           before.{by} IS NOT NULL AND now.{by} IS NOT NULL AS is_in_both
      FROM now FULL JOIN before ON now.{by} = before.{by})
(SELECT 'amount' AS list, * FROM sides WHERE is_in_both AND now <> before
  ORDER BY abs(now - before) DESC, key LIMIT %s)
UNION ALL
(SELECT 'relative', * FROM sides
  WHERE is_in_both AND before > 0 AND now <> before AND greatest(before, now) >= %s
  ORDER BY abs(now - before) / before DESC, key LIMIT %s)
UNION ALL
(SELECT 'views', * FROM sides WHERE is_in_both AND seen <> seen_before
  ORDER BY abs(seen - seen_before) DESC, key LIMIT %s)
UNION ALL
(SELECT 'new', * FROM sides WHERE seen_before = 0 ORDER BY now DESC, key LIMIT %s)
UNION ALL
(SELECT 'gone', * FROM sides WHERE seen = 0 ORDER BY before DESC, key LIMIT %s)
"""


@dataclass(frozen=True, slots=True)
class Movers:
    """The largest changes, each list the largest first; ``noticed`` is the least for ``relative``.

    ``new`` have nothing in the period before, ``gone`` nothing in this one.
    """

    noticed: Money
    amount: tuple[Mover, ...]
    relative: tuple[Mover, ...]
    views: tuple[Mover, ...]
    new: tuple[Mover, ...]
    gone: tuple[Mover, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    list: MoverList
    key: int | str
    before: int
    now: int
    seen_before: int
    seen: int


def creator_movers(*, room: Room) -> Movers | None:
    """Return the creators that moved most; nothing without a period before."""
    if room.before is None:
        return None
    rows = _rows(room, by="creator_id")
    ids = {int(row.key) for row in rows}
    handles = dict(Creator.objects.filter(pk__in=ids).values_list("pk", "handle"))
    refs = _creator_refs(room, rows)
    return _movers(
        room,
        rows,
        names={key: f"@{handle}" for key, handle in handles.items()},
        refs=refs,
    )


def country_movers(*, room: Room) -> Movers | None:
    """Return the countries that moved most; nothing without a period before."""
    if room.before is None:
        return None
    rows = _rows(room, by="country")
    names = {row.key: country_words(str(row.key)) for row in rows}
    return _movers(room, rows, names=names, refs=_country_refs(room, rows))


def _rows(room: Room, *, by: By) -> list[_Row]:
    (now, now_with), (before, before_with) = (
        _sums(lines, by=by) for lines in (room.lines, room.lines_before)
    )
    query = _MOVERS.format(now=now, before=before, by=by)
    limits = (LISTED, _noticed(room).micros, LISTED, LISTED, LISTED, LISTED)
    with connection.cursor() as cursor:
        cursor.execute(query, (*now_with, *before_with, *limits))
        found = cursor.fetchall()
    return [_Row(name, key, *map(int, numbers[:4])) for name, key, *numbers in found]


def _sums(lines: Lines, *, by: By) -> tuple[str, tuple[str | int, ...]]:
    """Return the query of a period's sums by creator or country, as text and parameters.

    Only where there is more than one product the database has to look for views counted twice.
    """
    several = lines.exclude(product=PRODUCT).exists()
    keys = ("creator_id", "country", "product") if several else (by,)
    sums = lines.values(*keys).annotate(seen=Sum("views"), micros=Sum("amount_micros")).order_by()
    text, parameters = sums.query.sql_with_params()
    return _SUMS.format(by=by, pools=text) if several else text, tuple(parameters)


def _noticed(room: Room) -> Money:
    return Money(currency(room.currency).unit_micros * NOTICED_UNITS, room.currency)


def _movers(
    room: Room, rows: list[_Row], *, names: Mapping[int | str, str], refs: Mapping[int | str, Ref]
) -> Movers:
    def of(name: MoverList) -> tuple[Mover, ...]:
        return tuple(
            Mover(
                name=names[row.key],
                before=Money(row.before, room.currency),
                now=Money(row.now, room.currency),
                views_before=row.seen_before,
                views=row.seen,
                ref=refs.get(row.key),
            )
            for row in rows
            if row.list == name
        )

    return Movers(
        noticed=_noticed(room),
        amount=of("amount"),
        relative=of("relative"),
        views=of("views"),
        new=of("new"),
        gone=of("gone"),
    )


def _creator_refs(room: Room, rows: Iterable[_Row]) -> dict[int | str, Ref]:
    """Return what opens each creator's money: a statement, or the largest estimated line."""
    refs: dict[int | str, Ref] = {}
    running = {int(row.key) for row in rows if row.seen}
    for row in rows:
        period = room.period if row.seen else room.before
        if period is not None and (room.is_final or not row.seen):
            refs[row.key] = Ref("statement", f"{period.name}/{row.key}/{room.currency}")
    if not room.is_final:
        largest = room.lines.filter(creator_id__in=running).order_by(
            "creator_id", "-amount_micros", "pk"
        )
        refs |= {
            line.creator_id: line_ref(line, period=room.period.name)
            for line in largest.distinct("creator_id")
        }
    return refs


def _country_refs(room: Room, rows: Iterable[_Row]) -> dict[int | str, Ref]:
    """Return the entry that shared each country's pool: this period's, or the one before's."""
    refs: dict[int | str, Ref] = {}
    for period in (room.before, room.period):
        pools = PoolResult.objects.filter(
            period_id=key_of(period),
            currency=room.currency,
            country__in={str(row.key) for row in rows},
            product=PRODUCT,
            entry_id__isnull=False,
        )
        refs |= {row.country: Ref("entry", str(row.entry_id)) for row in pools}
    return refs
