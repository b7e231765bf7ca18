"""A column that came later: old lakes grow it, old files and old logs are read without it."""

import json
import uuid
from pathlib import Path

import msgspec
import pytest
from pyiceberg.schema import Schema
from pyiceberg.types import StringType

from takings.core import clock, ids
from takings.events import actions, queries
from takings.events.models import Segment, lake
from takings.events.queries.snapshots import EVERYTHING, plan_files, reading
from takings.events.rules.evolution import LakeChanged, LakeNewer, check_columns
from takings.events.rules.frames import frame
from takings.events.rules.rows import COLUMNS, LATER, complete_table, to_table
from tests.make.events import make_segment, make_view
from tests.make.people import NOON

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
VIEWER = uuid.UUID("0193a0c0-0000-7000-8000-000000000002")


def make_old_lake() -> None:
    """Write a lake as it was before there were later columns, with one segment ``old`` in it."""
    fields = [field for field in lake.SCHEMA.fields if field.name not in LATER]
    catalog = lake.catalog()
    catalog.create_namespace_if_not_exists(lake.TABLE[0])
    table = catalog.create_table(
        lake.TABLE, Schema(*fields), partition_spec=lake.BY_DAY, properties=lake.PROPERTIES
    )
    rows = complete_table(to_table(make_view(VIDEO, VIEWER, 6_000)), segment="old")
    day = NOON.date().isoformat()
    facts = {"name": "old", "sha256": "0", "row_count": 2, "byte_count": 1}
    facts |= {"first_day": day, "last_day": day}
    summary = {lake.SEGMENTS_PROPERTY: json.dumps([facts])}
    table.append(rows.drop_columns(list(LATER)), snapshot_properties=summary)


def classes() -> list[str | None]:
    """Return the network class of every event in the lake."""
    with reading(plan_files(where=EVERYTHING)) as engine:
        assert engine.sql("SELECT * FROM events").columns == COLUMNS.names
        found = engine.sql("SELECT net_class FROM events ORDER BY net_class").fetchall()
    return [value for (value,) in found]


@pytest.mark.usefixtures("lake")
def test_an_old_lake_is_read_and_grows_the_column_with_the_first_new_event() -> None:
    make_old_lake()
    assert classes() == [None, None]
    make_segment(make_view(VIDEO, VIEWER, 0, net_class="hosting"), name="new")
    make_segment(make_view(VIDEO, VIEWER, 0), name="newer")
    assert lake.open_table().schema().column_names == COLUMNS.names
    assert classes() == ["hosting", None, None, None]
    assert Segment.objects.get(name="old").row_count == 2
    told = {
        name: [event.net_class for event in queries.segment_events(segment=name, types=["start"])]
        for name in ("old", "new", "newer")
    }
    assert told == {"old": [""], "new": ["hosting"], "newer": [""]}


@pytest.mark.usefixtures("lake")
def test_a_lake_of_other_properties_gets_those_of_this_release_with_the_next_event() -> None:
    make_segment(make_view(VIDEO, VIEWER, 0), name="old")
    with lake.open_table().transaction() as change:
        change.remove_properties("commit.retry.num-retries")
    make_segment(make_view(VIDEO, VIEWER, 0), name="new")
    assert lake.open_table().properties.items() >= lake.PROPERTIES.items()


@pytest.mark.usefixtures("lake")
def test_files_of_both_ages_are_compacted_into_one_with_every_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("takings.events.actions.compacting.MOST_FILES", 1)
    make_old_lake()
    make_segment(make_view(VIDEO, VIEWER, 0, net_class="hosting"), name="new")
    (done,) = actions.compact_lake(at=NOON)
    assert (done.row_count, done.file_count) == (3, 2)
    assert classes() == ["hosting", None, None]


@pytest.mark.usefixtures("lake")
def test_a_lake_of_a_newer_release_is_refused_by_name_and_nothing_is_written() -> None:
    make_segment(make_view(VIDEO, VIEWER, 0), name="known")
    with lake.open_table().update_schema() as change:
        change.add_column("mood", StringType())
    with pytest.raises(LakeNewer, match="a column mood that this release does not know"):
        plan_files(where=EVERYTHING)
    with pytest.raises(LakeNewer):
        make_segment(make_view(VIDEO, VIEWER, 0), name="unknown")
    assert list(Segment.objects.values_list("name", flat=True)) == ["known"]


@pytest.mark.usefixtures("lake")
def test_a_lake_whose_column_was_renamed_is_refused_by_name() -> None:
    make_segment(make_view(VIDEO, VIEWER, 0), name="known")
    with lake.open_table().update_schema() as change:
        change.rename_column("surface", "place")
    with pytest.raises(LakeChanged, match="column surface is missing where it must be string"):
        plan_files(where=EVERYTHING)


def test_a_column_may_come_later_but_not_change() -> None:
    columns = {"day": "date", "net_class": "string"}
    check_columns(found={"day": "date"}, expected=columns)
    check_columns(found=columns, expected=columns)
    with pytest.raises(LakeChanged, match="column net_class is long where it must be string"):
        check_columns(found=columns | {"net_class": "long"}, expected=columns)


def test_a_log_written_before_the_column_is_shipped(lake: Path) -> None:
    view = ids.uuid7(at=NOON)
    event: dict[str, object] = {"id": ids.uuid7(at=NOON).bytes, "type": "start"}
    event |= {"video": VIDEO.bytes, "view": view.bytes}
    event |= {"watched_ms": 0, "position_ms": 0, "surface": "feed", "ad": None}
    old = [clock.to_ms(NOON), VIEWER.bytes, "DE", "browser", 7, [event]]
    (lake / "events").mkdir()
    (lake / "events" / "old.sealed").write_bytes(frame(msgspec.msgpack.encode(old)))
    (shipped,) = actions.ship_segments(at=NOON)
    assert (shipped.name, shipped.row_count) == ("old", 1)
    assert classes() == [None]
