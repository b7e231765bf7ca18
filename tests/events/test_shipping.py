"""From the log to the lake: each segment exactly once, whatever dies in between."""

import asyncio
import fcntl
import logging
import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from takings.core import clock, ids
from takings.events import actions, jobs, queries
from takings.events.actions.segments import open_segment, seal_orphans
from takings.events.edge.log import Limits, SegmentLog
from takings.events.models import Segment
from takings.events.rules.batches import Event
from takings.events.rules.frames import frame
from takings.events.rules.records import Record, encode_record
from takings.events.rules.rows import NotTimeOrdered, to_table
from takings.people.models import Brand
from tests.make.events import forget_newest, make_segment, make_view
from tests.make.people import NOON, make_brand

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
VIEWER = uuid.UUID("0193a0c0-0000-7000-8000-000000000002")


def record(count: int = 2) -> bytes:
    """Return the frame of one request with so many events."""
    view = ids.uuid7(at=NOON)
    kept = [Event(ids.uuid7(at=NOON), "heartbeat", VIDEO, view, n) for n in range(count)]
    return frame(encode_record(Record(clock.to_ms(NOON), VIEWER, "DE", "browser", 7, kept)))


def write_segment(folder: Path, *frames: bytes) -> str:
    """Let a collector write these frames and end; return the segment's name."""

    async def story() -> None:
        log = SegmentLog(folder / "events", limits=Limits())
        for one in frames:
            await log.append(one)
        await log.close()

    before = set((folder / "events").glob("*.sealed"))
    asyncio.run(story())
    (made,) = set((folder / "events").glob("*.sealed")) - before
    return made.stem


def sealed(folder: Path, name: str) -> Path:
    """Return where this sealed segment lies."""
    return folder / "events" / f"{name}.sealed"


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Listen to what is shipped."""
    heard: list[str] = []
    actions.after_shipping.append(heard.append)
    yield heard
    actions.after_shipping.remove(heard.append)


def test_a_sealed_segment_is_shipped_once_and_announced(lake: Path, told: list[str]) -> None:
    name = write_segment(lake, record(3), record(2))
    (shipped,) = actions.ship_segments(at=NOON)
    assert (shipped.name, shipped.row_count) == (name, 5)
    assert actions.ship_segments(at=NOON) == []
    assert told == [name]
    assert list((lake / "events").iterdir()) == []
    events = list(queries.segment_events(segment=name, types=["heartbeat", "end"]))
    assert len(events) == 5
    assert {event.viewer_id for event in events} == {VIEWER}
    assert {(event.received_at, event.network, event.segment) for event in events} == {
        (NOON, 7, name)
    }
    assert list(queries.segment_events(segment=name, types=["ad_click"])) == []
    assert list(queries.segment_events(segment="never", types=["heartbeat"])) == []


def test_several_segments_go_into_one_snapshot(lake: Path) -> None:
    names = [write_segment(lake, record()) for _ in range(3)]
    shipped = actions.ship_segments(at=NOON)
    assert [one.name for one in shipped] == names
    assert len({one.snapshot_id for one in shipped}) == 1
    stats = queries.lake_stats()
    assert (stats.row_count, stats.file_count, stats.segment_count) == (6, 1, 3)
    assert (stats.first_day, stats.last_day, stats.shipped_at) == (NOON.date(), NOON.date(), NOON)


def test_a_large_log_goes_in_several_commits(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        write_segment(lake, record())
    monkeypatch.setattr("takings.events.actions.shipping.COMMIT_BYTES", 1)
    assert len({one.snapshot_id for one in actions.ship_segments(at=NOON)}) == 3
    assert queries.lake_stats().row_count == 6


def test_dying_between_the_lake_and_the_register_ships_nothing_twice(lake: Path) -> None:
    name = write_segment(lake, record(4))
    write_segment(lake, record(1))
    shutil.copytree(lake / "events", lake / "before")
    actions.ship_segments(at=NOON)
    facts = Segment.objects.order_by("name").values_list("name", "sha256", "row_count", "first_day")
    known = list(facts)
    forget_newest()
    shutil.rmtree(lake / "events")
    shutil.copytree(lake / "before", lake / "events")
    assert actions.ship_segments(at=NOON) == []
    assert list(facts.all()) == known
    assert queries.lake_stats().row_count == 5
    assert not sealed(lake, name).exists()


def test_dying_before_the_file_is_deleted_ships_nothing_twice(lake: Path) -> None:
    name = write_segment(lake, record())
    kept = sealed(lake, name).read_bytes()
    actions.ship_segments(at=NOON)
    sealed(lake, name).write_bytes(kept)
    assert actions.ship_segments(at=NOON) == []
    assert not sealed(lake, name).exists()
    sealed(lake, name).write_bytes(kept + record())  # cannot be; but then it is not ours to delete
    assert actions.ship_segments(at=NOON) == []
    assert sealed(lake, name).exists()
    assert queries.lake_stats().row_count == 2


def test_the_segment_of_a_dead_collector_is_sealed_that_of_a_living_one_is_not(
    lake: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = lake / "events"
    living, dead = open_segment(folder, "living"), open_segment(folder, "dead")
    assert living is not None
    assert dead is not None
    os.write(living, record())
    os.write(dead, record() + record()[:-1])
    os.close(dead)
    with caplog.at_level(logging.WARNING):
        (shipped,) = actions.ship_segments(at=NOON)
    assert (shipped.name, shipped.row_count) == ("dead", 2)
    assert "torn bytes" in caplog.text
    assert [path.name for path in folder.iterdir()] == ["living.open"]
    assert queries.lake_stats().waiting_segment_count == 1
    os.close(living)


def test_a_segment_without_a_whole_frame_is_settled_too(lake: Path, told: list[str]) -> None:
    descriptor = open_segment(lake / "events", "torn")
    assert descriptor is not None
    os.write(descriptor, record()[:-1])
    os.close(descriptor)
    (shipped,) = actions.ship_segments(at=NOON)
    assert (shipped.row_count, shipped.snapshot_id) == (0, 0)
    assert list(queries.segment_events(segment="torn", types=["heartbeat"])) == []
    assert told == ["torn"]
    assert list((lake / "events").iterdir()) == []


def test_an_unreadable_segment_is_put_aside_and_holds_nobody_up(lake: Path) -> None:
    name = write_segment(lake, record())
    sealed(lake, "strange").write_bytes(frame(b"\xc1 is never used in MessagePack"))
    assert [one.name for one in actions.ship_segments(at=NOON)] == [name]
    assert [path.name for path in (lake / "events").iterdir()] == ["strange.unreadable"]
    assert queries.lake_stats().unreadable_segment_count == 1


def test_a_listener_that_fails_hears_again_and_its_writes_are_undone(
    lake: Path, told: list[str]
) -> None:
    troubles = [ValueError("not today"), None]

    def listen(_: str) -> None:
        make_brand()
        if trouble := troubles.pop(0):
            raise trouble

    actions.after_shipping.append(listen)
    try:
        name = write_segment(lake, record())
        actions.ship_segments(at=NOON)
        assert not Brand.objects.exists()
        assert Segment.objects.get(name=name).announced_at is None
        actions.ship_segments(at=NOON)
    finally:
        actions.after_shipping.remove(listen)
    assert Brand.objects.count() == 1
    assert Segment.objects.get(name=name).announced_at == NOON
    assert told == [name, name]


@pytest.mark.usefixtures("lake")
def test_an_appended_table_is_kept_once_under_its_name() -> None:
    rows = make_view(VIDEO, VIEWER, 6_000)
    first = actions.append_events(table=to_table(rows), segment="seed", at=NOON)
    again = actions.append_events(table=to_table(rows), segment="seed", at=NOON)
    assert (first.snapshot_id, first.row_count, str(first)) == (again.snapshot_id, 2, "seed")
    with pytest.raises(actions.SegmentTaken, match="called seed"):
        actions.append_events(table=to_table(rows[:1]), segment="seed", at=NOON)
    with pytest.raises(actions.BadSegmentName, match="“se ed”"):
        actions.append_events(table=to_table(rows), segment="se ed", at=NOON)
    random_view = [*make_view(VIDEO, VIEWER, 0)]
    table = to_table(random_view).set_column(2, "view_hi", [[0]])
    with pytest.raises(NotTimeOrdered, match="1 events"):
        actions.append_events(table=table, segment="odd", at=NOON)
    assert queries.lake_stats().row_count == 2
    assert Segment.objects.count() == 1


def test_the_job_ships(lake: Path) -> None:
    name = write_segment(lake, record())
    jobs.ship_segments(timestamp=0)
    assert Segment.objects.get().name == name


@pytest.mark.django_db(transaction=True)
def test_two_shippers_at_once_ship_each_segment_once(lake: Path, told: list[str]) -> None:
    make_segment(make_view(VIDEO, VIEWER, 6_000))
    names = [write_segment(lake, record()) for _ in range(6)]
    start = threading.Barrier(3)

    def ship() -> None:
        start.wait()
        actions.ship_segments(at=NOON)
        connection.close()

    threads = [threading.Thread(target=ship) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queries.lake_stats().row_count == 2 + 12
    assert len(told) == 7
    assert set(names) < set(told)
    assert list((lake / "events").iterdir()) == []


def test_a_segment_that_another_shipper_takes_first_is_left_to_it(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_segment(lake, record())
    mine = write_segment(lake, record(3))
    read = Path.read_bytes

    def lose_the_first(path: Path) -> bytes:
        if path.suffix == ".sealed" and path.stem != mine:
            path.unlink()
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", lose_the_first)
    assert [one.name for one in actions.ship_segments(at=NOON)] == [mine]
    assert queries.lake_stats().row_count == 3


def test_an_orphan_that_its_owner_seals_just_now_is_left_to_it(lake: Path) -> None:
    (lake / "events").mkdir()
    (lake / "events" / "gone.open").symlink_to("sealed-a-moment-ago")
    assert actions.ship_segments(at=NOON) == []


def test_a_new_segment_that_is_taken_for_an_orphan_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock

    def come_late(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        seal_orphans(tmp_path)  # a shipper, between the making of the file and its lock
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", come_late)
    assert open_segment(tmp_path, "first") is None
    assert [path.name for path in tmp_path.iterdir()] == ["first.sealed"]
    descriptor = open_segment(tmp_path, "second")
    assert descriptor is not None
    os.close(descriptor)


def test_what_the_lake_has_is_dropped_from_a_restored_log(lake: Path) -> None:
    shipped, torn = write_segment(lake, record()), write_segment(lake, record())
    shutil.copytree(lake / "events", lake / "backup")
    actions.ship_segments(at=NOON)
    fresh = write_segment(lake, record(3))
    for name, end in ((shipped, "sealed"), (torn, "open")):
        shutil.copy(lake / "backup" / f"{name}.sealed", lake / "events" / f"{name}.{end}")
    assert actions.drop_shipped(at=NOON) == 2
    assert [path.name for path in (lake / "events").iterdir()] == [f"{fresh}.sealed"]
    assert [one.name for one in actions.ship_segments(at=NOON)] == [fresh]
    assert queries.lake_stats().row_count == 7


def test_a_segment_that_another_worker_told_meanwhile_is_not_told_again(lake: Path) -> None:
    names = [write_segment(lake, record()) for _ in range(2)]
    heard: list[str] = []

    def hear(segment: str) -> None:
        heard.append(segment)
        others = Segment.objects.exclude(name=segment)
        others.update(announced_at=NOON)  # by another worker, while we are at this one

    actions.after_shipping.append(hear)
    try:
        actions.ship_segments(at=NOON)
    finally:
        actions.after_shipping.remove(hear)
    assert len(heard) == 1
    assert set(heard) < set(names)
    assert not Segment.objects.filter(announced_at=None).exists()
