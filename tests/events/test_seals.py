"""A segment ends with a seal: what changed afterwards is found, named and put aside."""

import asyncio
import logging
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.events import actions, queries
from takings.events.actions.segments import open_segment, seal_orphans, write_seal
from takings.events.edge.log import Limits, SegmentLog
from takings.events.models import Segment
from takings.events.queries.segments import NoSegmentFile, UnreadableSegment, read_segment
from takings.events.rules.frames import SEAL, State, frame, read_frames, seal_bytes
from tests.events.test_shipping import record, sealed, write_segment
from tests.make.people import NOON


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6), st.data())
def test_a_flipped_bit_is_found_and_every_other_frame_is_kept(
    payloads: list[bytes], data: st.DataObject
) -> None:
    body = b"".join(map(frame, payloads))
    whole = bytearray(body + seal_bytes(body))
    assert read_frames(bytes(whole)).state is State.SEALED
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    found = read_frames(bytes(whole))
    if place < len(body):
        assert found.state is State.DAMAGED
        assert found.payloads in [payloads[:n] + payloads[n + 1 :] for n in range(len(payloads))]
    else:
        assert (found.state, found.payloads) == (State.UNSEALED, payloads)


def test_a_torn_tail_below_a_seal_is_no_damage() -> None:
    body = frame(b"first") + frame(b"second")[:-1]
    found = read_frames(body + seal_bytes(body))
    assert (found.payloads, found.state) == ([b"first"], State.SEALED)
    assert found.torn_byte_count == len(body) - len(frame(b"first"))


def test_the_writer_seals_what_it_wrote(tmp_path: Path) -> None:
    async def story() -> None:
        log = SegmentLog(tmp_path, limits=Limits())
        await log.append(frame(b"one"), frame(b"two"))
        await log.append(frame(b"three"))
        await log.close()

    asyncio.run(story())
    (path,) = tmp_path.iterdir()
    found = read_frames(path.read_bytes())
    assert (found.payloads, found.state) == ([b"one", b"two", b"three"], State.SEALED)


def test_an_orphan_is_sealed_once_by_whoever_finds_it(tmp_path: Path) -> None:
    for name, tail in (("fresh", b""), ("almost", seal_bytes(frame(b"x")))):
        descriptor = open_segment(tmp_path, name)
        assert descriptor is not None
        os.write(descriptor, frame(b"x") + tail)
        os.close(descriptor)
    seal_orphans(tmp_path)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes.values()) == {len(frame(b"x")) + SEAL.size}
    assert sorted(sizes) == ["almost.sealed", "fresh.sealed"]


def test_a_seal_that_finds_no_room_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "full.open"
    path.touch()
    descriptor = os.open(path, os.O_RDONLY)  # as little to be written to as a full disk
    write_seal(descriptor, b"seal")
    os.close(descriptor)
    assert "shipped without" in caplog.text


def test_a_damaged_segment_is_named_put_aside_and_its_whole_frames_are_in_the_lake(
    lake: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = write_segment(lake, record(1), record(2), record(4))
    path = sealed(lake, name)
    content = bytearray(path.read_bytes())
    content[len(record(1)) + 20] ^= 1
    path.write_bytes(content)
    with caplog.at_level(logging.ERROR):
        (shipped,) = actions.ship_segments(at=NOON)
    assert shipped.row_count == 5
    assert f"{name}.sealed was changed after it was sealed: 2 frames are whole" in caplog.text
    aside = path.with_suffix(".damaged")
    assert list((lake / "events").iterdir()) == [aside]
    assert queries.lake_stats().unreadable_segment_count == 1
    assert actions.ship_segments(at=NOON) == []
    again = actions.replay_segment(path=aside, at=NOON)
    assert (again.name, again.is_new) == (name, False)
    assert queries.lake_stats().row_count == 5


def test_a_file_is_replayed_once_whatever_it_is_called(lake: Path, tmp_path: Path) -> None:
    name = write_segment(lake, record(3))
    copy = tmp_path / "copy.sealed"
    copy.write_bytes(sealed(lake, name).read_bytes())
    first = actions.replay_segment(path=sealed(lake, name), at=NOON)
    assert (first.name, first.row_count, first.is_new) == (name, 3, True)
    second = actions.replay_segment(path=copy, at=NOON)
    assert (second.name, second.is_new) == (name, False)
    assert actions.ship_segments(at=NOON) == []  # which finds its file shipped, and lets go of it
    assert not sealed(lake, name).exists()
    assert queries.lake_stats().row_count == 3
    assert Segment.objects.get().announced_at == NOON


def test_a_file_that_cannot_be_replayed_is_refused_and_nothing_changes(
    lake: Path, tmp_path: Path
) -> None:
    name = write_segment(lake, record(3))
    actions.ship_segments(at=NOON)
    other = tmp_path / f"{name}.sealed"
    other.write_bytes(record(1))
    with pytest.raises(actions.SegmentTaken):
        actions.replay_segment(path=other, at=NOON)
    odd = tmp_path / "very odd.sealed"
    odd.write_bytes(record(1))
    with pytest.raises(actions.BadSegmentName):
        actions.replay_segment(path=odd, at=NOON)
    with pytest.raises(NoSegmentFile, match=r"gone\.sealed"):
        actions.replay_segment(path=tmp_path / "gone.sealed", at=NOON)
    odd.write_bytes(frame(b"\xc1"))
    with pytest.raises(UnreadableSegment, match="no events that can be read"):
        read_segment(odd)
    assert queries.lake_stats().row_count == 3


def test_what_a_file_holds_is_told(tmp_path: Path) -> None:
    path = tmp_path / "open-one.open"
    path.write_bytes(record(2) + record(1)[:-2])
    file = read_segment(path)
    assert (file.name, file.frame_count, file.types) == ("open-one", 1, {"heartbeat": 2})
    assert (file.received, file.state) == ((NOON, NOON), State.UNSEALED)
    assert file.torn_byte_count == len(record(1)) - 2
    path.write_bytes(b"")
    assert read_segment(path).received is None
