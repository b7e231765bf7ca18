"""What a player may send, and how each wrong thing is named."""

import datetime as dt
import json
import re
import uuid
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.events.rules import batches
from takings.events.rules.batches import Checked, check_batch
from tests.make.people import NOON

PIECES = [b'"', b"{", b"[" * 3_000, b"}", b"null", b"-1", b"1e999", b"\\ud800", b"9" * 40]
VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")


def event(**changed: object) -> dict[str, object]:
    """Return a good event as a player writes it, with some fields changed."""
    view = ids.uuid7(at=NOON)
    return {
        "id": str(ids.uuid7(at=NOON)),
        "type": "heartbeat",
        "video": str(VIDEO),
        "view": str(view),
        "watched_ms": 6_000,
        "position_ms": 6_000,
        "surface": "feed",
        **changed,
    }


def send(*events: object) -> Checked:
    """Check these events as one batch that arrives at noon."""
    body = {"v": 1, "sent_ms": clock.to_ms(NOON), "events": events}
    return check_batch(json.dumps(body).encode(), at=NOON)


def send_late(*events: object, offset_ms: int = 0, ahead_ms: int = 0, **other: object) -> Checked:
    """Check a batch of version 2, sent at noon by a clock that is so much ahead."""
    sent_ms = clock.to_ms(NOON) + ahead_ms
    body = {"v": 2, "sent_ms": sent_ms, "offset_ms": offset_ms, "events": events, **other}
    return check_batch(json.dumps(body).encode(), at=NOON)


def test_a_good_batch_is_kept_whole() -> None:
    checked = send(event(), event(type="ad_viewable", ad="token"))
    assert [one.type for one in checked.accepted] == ["heartbeat", "ad_viewable"]
    assert checked.accepted[0].video == VIDEO
    assert checked.rejected == []


def test_version_one_passes_over_what_it_does_not_know_version_two_names_it() -> None:
    assert len(send(event(mood="curious")).accepted) == 1
    checked = send_late(event(), event(mood="curious"))
    assert len(checked.accepted) == 1
    assert [one.sentence for one in checked.rejected] == ["Object contains unknown field `mood`."]
    with pytest.raises(batches.BadBatch, match="unknown field `mood`"):
        send_late(event(), mood="curious")


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"type": "stare"}, "unknown_type", "“stare”"),
        ({"type": 7}, "bad_event", r"Expected `str`, got `int` - at `\$.type`"),
        ({"watched_ms": -1}, "bad_event", "watched_ms"),
        ({"watched_ms": 90_000_000}, "bad_event", "<= 86400000"),
        ({"watched_ms": 1.5}, "bad_event", "got `float`"),
        ({"watched_ms": "6000"}, "bad_event", "got `str`"),
        ({"watched_ms": 10**30}, "bad_event", "watched_ms"),
        ({"video": "everything"}, "bad_event", "UUID"),
        ({"surface": "moon"}, "bad_event", "surface"),
        ({"ad": "x" * 3_000, "type": "ad_click"}, "bad_event", "length <= 2048"),
        ({"id": str(uuid.uuid4())}, "no_time_in_id", "“id”"),
        ({"view": str(uuid.uuid4())}, "no_time_in_id", "“view”"),
        ({"type": "ad_viewable"}, "misplaced_ad", "token"),
        ({"ad": "token"}, "misplaced_ad", "token"),
    ],
)
def test_one_wrong_event_is_named_and_its_neighbours_are_kept(
    wrong: dict[str, object], code: str, words: str
) -> None:
    checked = send(event(), event(**wrong), event())
    assert len(checked.accepted) == 2
    (rejected,) = checked.rejected
    assert (rejected.index, rejected.code) == (1, code)
    assert re.search(words, rejected.sentence)


@pytest.mark.parametrize(
    ("away", "code"),
    [
        (dt.timedelta(minutes=5), None),
        (dt.timedelta(minutes=5, milliseconds=1), "from_the_future"),
        (-dt.timedelta(days=7), None),
        (-dt.timedelta(days=7, milliseconds=1), "too_old"),
    ],
)
@pytest.mark.parametrize("field", ["id", "view"])
def test_the_clock_may_be_five_minutes_ahead_and_seven_days_behind(
    field: str, away: dt.timedelta, code: str | None
) -> None:
    checked = send(event(**{field: str(ids.uuid7(at=NOON + away))}))
    assert [one.code for one in checked.rejected] == ([code] if code else [])
    assert len(checked.accepted) == (code is None)


def test_something_that_is_no_event_is_rejected_by_its_index() -> None:
    checked = send(event(), 5, None, [], {}, event())
    assert [one.index for one in checked.rejected] == [1, 2, 3, 4]
    assert {one.code for one in checked.rejected} == {"bad_event"}
    assert len(checked.accepted) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"v":1,"sent_ms":1,"events":[{"id":',
        b"\xff\xfe",
        b'{"v":1,"sent_ms":1,"events":[]}{',
    ],
)
def test_a_truncated_or_broken_body_is_refused_whole(body: bytes) -> None:
    with pytest.raises(batches.NotJson, match="not JSON"):
        check_batch(body, at=NOON)


@pytest.mark.parametrize("nest", [b"[", b'{"a":', b'{"v":1,"sent_ms":1,"events":['])
def test_deep_nesting_is_refused_and_harms_nothing(nest: bytes) -> None:
    with pytest.raises((batches.NotJson, batches.BadBatch)):
        check_batch(nest * 60_000, at=NOON)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"7", b"null", b'{"v":"1"}', b'{"sent_ms":1,"events":[]}', b'{"v":1,"events":[]}'],
)
def test_what_is_no_batch_is_refused_whole(body: bytes) -> None:
    with pytest.raises(batches.BadBatch, match="A batch is"):
        check_batch(body, at=NOON)


def test_a_batch_has_at_most_five_hundred_events() -> None:
    assert len(send(*[event()] * 500).accepted) == 500
    with pytest.raises(batches.TooManyEvents, match="501 events"):
        send(*[event()] * 501)
    with pytest.raises(batches.TooManyEvents, match="501 events"):
        send(*[event()] * 500, {"type": "stare"})


@pytest.mark.parametrize("version", [0, 3, -1, 10**30])
def test_an_unknown_version_is_told_which_are_known(version: int) -> None:
    with pytest.raises(batches.UnknownVersion, match=f"version {version} .* version 1 or 2"):
        check_batch(b'{"v":%d,"sent_ms":1,"events":[]}' % version, at=NOON)


@pytest.mark.parametrize("ahead", [dt.timedelta(days=900), -dt.timedelta(hours=3)])
def test_a_clock_that_is_wrong_is_set_right_by_the_offset_we_name(ahead: dt.timedelta) -> None:
    ahead_ms = ahead // dt.timedelta(milliseconds=1)
    wrong = event(id=str(ids.uuid7(at=NOON + ahead)), view=str(ids.uuid7(at=NOON + ahead)))
    with pytest.raises(batches.ClockIsWrong, match=f"“offset_ms”: {-ahead_ms}") as caught:
        send_late(wrong, ahead_ms=ahead_ms)
    assert caught.value.facts["offset_ms"] == -ahead_ms
    first = send_late(wrong, ahead_ms=ahead_ms, offset_ms=-ahead_ms)
    (kept,) = first.accepted
    assert [ids.time_of(kept.id), ids.time_of(kept.view)] == [NOON, NOON]
    assert [kept.id.version, kept.view.version] == [7, 7]
    again = send_late(wrong, ahead_ms=ahead_ms + 2_000, offset_ms=-ahead_ms)
    assert again.accepted == first.accepted  # a retry meets itself


@pytest.mark.parametrize(
    ("ahead_ms", "refused"),
    [(300_000, False), (300_001, True), (-300_000, False), (-300_001, True)],
)
def test_five_minutes_either_way_need_no_offset(ahead_ms: int, *, refused: bool) -> None:
    if refused:
        with pytest.raises(batches.ClockIsWrong):
            send_late(event(), ahead_ms=ahead_ms)
    else:
        assert len(send_late(event(), ahead_ms=ahead_ms).accepted) == 1


def test_an_offset_cannot_carry_an_event_out_of_its_window() -> None:
    early, late = ids.uuid7(at=clock.from_ms(0)), ids.uuid7(at=NOON + dt.timedelta(days=1))
    checked = send_late(
        event(id=str(early)),
        event(view=str(late)),
        event(watched_ms=-1),
        ahead_ms=3_600_000,
        offset_ms=-3_600_000,
    )
    codes = [one.code for one in checked.rejected]
    assert codes == ["too_old", "from_the_future", "bad_event"]
    with pytest.raises(batches.BadBatch, match="offset_ms"):
        send_late(event(), offset_ms=1 << 60)


@given(st.data())
def test_whatever_is_done_to_a_body_it_is_read_or_refused(data: st.DataObject) -> None:
    version = data.draw(st.sampled_from([1, 2]))
    body: dict[str, object] = {"v": version, "sent_ms": clock.to_ms(NOON), "offset_ms": 5}
    body |= {"events": [event(), event(type="stare"), event(ad="x")]}
    text = bytearray(json.dumps(body).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        text[start:end] = data.draw(st.binary(max_size=3) | st.sampled_from(PIECES))
    with suppress(Refusal):
        msgspec.json.encode(check_batch(bytes(text), at=NOON).rejected)
