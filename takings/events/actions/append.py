"""Adding segments to the lake, each exactly once, by one committer at a time."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from pyiceberg.table import Table

from takings.core.errors import Conflict, Invalid
from takings.events.actions.recording import SegmentFacts, record_segments, record_snapshots
from takings.events.models import Segment, lake
from takings.events.rules.rows import COLUMNS, LATER, complete_table

COMMITTER_LOCK = 0x7461_6B65_6C61_6B65
"""Key of the advisory lock that lets one process at a time commit to the lake."""

SEGMENT_NAME = re.compile(r"[A-Za-z0-9._:-]{1,80}")


class SegmentTaken(Conflict):
    """A segment's name is its idempotency key."""

    code = "segment_taken"
    sentence = "The lake already holds a segment called {segment}, with other events in it."


class BadSegmentName(Invalid):
    """A segment's name is part of file names and filters, so its letters are few."""

    code = "bad_segment_name"
    sentence = "“{given}” cannot name a segment: 1 to 80 letters, digits, dots, _, : and - can."


@dataclass(frozen=True, slots=True)
class Part:
    """One segment about to be committed: its events, and the bytes they came from."""

    name: str
    sha256: str
    byte_count: int
    table: pa.Table


def append_events(*, table: pa.Table, segment: str, at: dt.datetime) -> Segment:
    """Write a table of events straight to the lake under this segment name (seed, benchmarks).

    The same name with the same events changes nothing; with others it refuses
    :class:`SegmentTaken`; an odd name is a :class:`BadSegmentName`. The table has the columns
    of ``rules.rows.to_table``.
    """
    if not SEGMENT_NAME.fullmatch(segment):
        raise BadSegmentName(given=segment)
    whole = complete_table(table, segment=segment)
    part = Part(segment, _digest(whole), whole.nbytes, whole)
    with one_committer(at=at):
        commit_parts([part], at=at)
        row = Segment.objects.get(name=segment)
    if row.sha256 != part.sha256:
        raise SegmentTaken(segment=segment)
    return row


@contextmanager
def one_committer(*, at: dt.datetime) -> Iterator[None]:
    """Hold the lake for writing, in one transaction, after adopting what a crash left unrecorded.

    One committer: optimistic retries between several cost more than they bring (measured).
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COMMITTER_LOCK])
        if table := lake.find_table():
            record_snapshots(table, at=at)
        yield


def commit_parts(parts: Sequence[Part], *, at: dt.datetime) -> list[Segment]:
    """Add the segments not yet in the lake as one snapshot; the caller holds the lake.

    The names travel in the snapshot's summary: if this process dies before its transaction
    commits, the next holder finds them there (``record_snapshots``).
    """
    names = [part.name for part in parts]
    known = set(Segment.objects.filter(name__in=names).values_list("name", flat=True))
    fresh = [part for part in parts if part.name not in known]
    if not fresh:
        return []
    facts = [_facts(part) for part in fresh]
    whole = pa.concat_tables(part.table for part in fresh)
    if not len(whole):
        return record_segments(facts, snapshot_id=0, at=at)
    table = _table_for_writing()
    ordered = whole.sort_by([("day", "ascending"), ("type", "ascending")])
    summary = json.dumps([asdict(fact) for fact in facts])
    table.append(ordered, snapshot_properties={lake.SEGMENTS_PROPERTY: summary})
    return record_snapshots(table, at=at)


def _table_for_writing() -> Table:
    if table := lake.find_table():  # asking first: creating writes a file before it finds it there
        bring_up_to_date(table)
        return table
    catalog = lake.catalog()
    catalog.create_namespace_if_not_exists(lake.TABLE[0])
    return catalog.create_table_if_not_exists(
        lake.TABLE, lake.SCHEMA, partition_spec=lake.BY_DAY, properties=lake.PROPERTIES
    )


def bring_up_to_date(table: Table) -> None:
    """Give a table that an older release made the columns and properties of this one."""
    known = set(table.schema().column_names)
    if not known.issuperset(COLUMNS.names):
        with table.update_schema() as change:
            change.union_by_name(lake.SCHEMA)
    missing = lake.PROPERTIES.items() - table.properties.items()
    if missing:
        with table.transaction() as change:
            change.set_properties(dict(missing))


def _facts(part: Part) -> SegmentFacts:
    days = pc.min_max(part.table["day"]).as_py()
    first, last = (day.isoformat() if day else None for day in (days["min"], days["max"]))
    return SegmentFacts(part.name, part.sha256, len(part.table), part.byte_count, first, last)


def _digest(table: pa.Table) -> str:
    """Hash the rows; a later column that is empty counts for nothing, so old names stay good."""
    empty = [name for name in LATER if table[name].null_count == len(table)]
    table = table.drop_columns(empty)
    digest = hashlib.sha256()
    for batch in table.combine_chunks().to_batches():
        digest.update(batch.serialize())
    return digest.hexdigest()
