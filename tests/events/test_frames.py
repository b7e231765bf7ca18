"""The log's frames survive whatever a dying process leaves around them."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from takings.core import clock, ids
from takings.events.rules.batches import Event
from takings.events.rules.frames import HEADER, MAGIC, frame, read_frames
from takings.events.rules.records import Record, decode_record, encode_record, records_table
from takings.events.rules.rows import EventRow, to_table
from tests.make.people import NOON

payloads = st.lists(st.binary(min_size=1, max_size=60), max_size=8)


@given(payloads)
def test_whole_frames_come_back_in_order(given_payloads: list[bytes]) -> None:
    found = read_frames(b"".join(map(frame, given_payloads)))
    assert (found.payloads, found.torn_byte_count) == (given_payloads, 0)


@given(payloads, st.binary(min_size=1, max_size=60), st.data())
def test_a_torn_last_frame_takes_nothing_else_with_it(
    whole: list[bytes], last: bytes, data: st.DataObject
) -> None:
    kept = data.draw(st.integers(0, HEADER.size + len(last) - 1))
    found = read_frames(b"".join(map(frame, whole)) + frame(last)[:kept])
    assert (found.payloads, found.torn_byte_count) == (whole, kept)


def test_frames_after_a_damaged_one_are_found_again() -> None:
    damaged = bytearray(frame(b"second"))
    damaged[-1] ^= 1
    found = read_frames(frame(b"first") + bytes(damaged) + MAGIC + b"\xff" * 20 + frame(b"third"))
    assert found.payloads == [b"first", b"third"]
    assert found.torn_byte_count == len(damaged) + 24


def test_a_record_comes_back_from_the_log_as_the_rows_it_was() -> None:
    viewer, video, view = uuid.uuid4(), uuid.uuid4(), ids.uuid7(at=NOON)
    ones = [ids.uuid7(at=NOON) for _ in range(3)]
    kept = [
        Event(ones[0], "start", video, view),
        Event(ones[1], "heartbeat", video, view, 3_000, 2_900, "search"),
        Event(ones[2], "ad_click", video, view, ad="a token"),
    ]
    record = Record(clock.to_ms(NOON), viewer, "DE", "browser", -5, kept)
    table = records_table([decode_record(encode_record(record))] * 2)
    rows = [
        EventRow(
            id=event.id,
            type=event.type,
            view_id=view,
            video_id=video,
            viewer_id=viewer,
            received_at=NOON,
            watched_ms=event.watched_ms,
            position_ms=event.position_ms,
            country="DE",
            surface=event.surface,
            network=-5,
            ad=event.ad,
        )
        for event in kept
    ]
    assert table.equals(to_table(rows * 2))


def test_no_record_is_an_empty_table() -> None:
    assert records_table([]).equals(to_table([]))
