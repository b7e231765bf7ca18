"""The collector answers after the sync, keeps what is good, and says no in sentences."""

import asyncio
import errno
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.test import override_settings

from takings.core import clock
from takings.events.edge.collector import Collector
from takings.events.edge.log import Limits, LogFull, SegmentLog
from takings.events.edge.requests import Message
from takings.events.rules.frames import SEAL, frame, read_frames
from takings.events.rules.records import StoredRecord, decode_record
from tests.make.collecting import Answer, batch, post, viewer_cookie
from tests.make.events import make_view

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
VIEWER = uuid.UUID("0193a0c0-0000-7000-8000-000000000002")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Give the folder of a segment log of this test's own."""
    with override_settings(EVENTS_HOME=tmp_path / "events"):
        yield tmp_path / "events"


def events(count: int = 1) -> bytes:
    """Return a batch of so many showings that just happened."""
    views = [make_view(VIDEO, VIEWER, 6_000, at=clock.now()) for _ in range(count)]
    return batch(row for view in views for row in view)


def tell(*bodies: bytes, method: str = "POST", **headers: str) -> list[Answer]:
    """Post the bodies one after another, then stop the collector."""
    given = {"cookie": viewer_cookie(VIEWER)} | headers

    async def story() -> list[Answer]:
        collector = Collector()
        answers = [await post(collector, body, headers=given, method=method) for body in bodies]
        await collector.shutdown()
        return answers

    return asyncio.run(story())


def records(folder: Path) -> list[StoredRecord]:
    """Return everything that lies in the log, open or sealed."""
    files = sorted(folder.glob("*"))
    frames = [read_frames(path.read_bytes()) for path in files]
    return [decode_record(payload) for found in frames for payload in found.payloads]


def test_a_batch_is_on_the_disk_when_it_is_acknowledged(log: Path) -> None:
    async def story() -> None:
        collector = Collector()
        answer = await post(collector, events(), headers={"cookie": viewer_cookie(VIEWER)})
        told = answer.json.pop("server_ms")
        assert isinstance(told, int)
        assert abs(told - clock.to_ms(clock.now())) < 60_000
        assert (answer.status, answer.json) == (202, {"accepted": 2, "rejected": []})
        (kept,) = records(log)
        assert (kept.viewer, kept.country, kept.ua_class) == (VIEWER.bytes, "DE", "browser")
        assert [event.type for event in kept.events] == ["start", "heartbeat"]
        assert kept.network != 0
        await collector.shutdown()

    asyncio.run(story())
    assert [path.suffix for path in log.iterdir()] == [".sealed"]


def test_nothing_is_acknowledged_before_the_sync(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    answered: list[int] = []
    sync = os.fdatasync

    def watch(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        assert len(answered) == len(synced) - 1
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", watch)

    async def story() -> None:
        collector = Collector()
        for _ in range(3):
            await post(collector, events(), headers={"cookie": viewer_cookie(VIEWER)})
            answered.append(1)
        await collector.shutdown()

    asyncio.run(story())
    assert len(synced) == 3
    assert synced[-1] + SEAL.size == next(log.iterdir()).stat().st_size


def test_a_beacon_is_text_and_counts_as_well(log: Path) -> None:
    (answer,) = tell(events(), **{"content-type": "text/plain;charset=UTF-8"})
    assert answer.status == 202
    assert len(records(log)) == 1


def test_good_events_are_kept_and_bad_ones_are_named(log: Path) -> None:
    mixed = json.loads(events())
    mixed["events"][0]["watched_ms"] = -1
    (answer,) = tell(json.dumps(mixed).encode())
    assert answer.status == 202
    assert answer.json["accepted"] == 1
    assert answer.json["rejected"] == [
        {
            "index": 0,
            "code": "bad_event",
            "sentence": "Expected `int` >= 0 - at `$.watched_ms`.",
        }
    ]
    (kept,) = records(log)
    assert [event.type for event in kept.events] == ["heartbeat"]


def test_a_player_whose_clock_is_wrong_is_told_by_how_much(log: Path) -> None:
    sent_ms = clock.to_ms(clock.now()) + 7_200_000
    body: dict[str, object] = {**json.loads(events()), "v": 2, "sent_ms": sent_ms}
    (refused,) = tell(json.dumps(body).encode())
    offset_ms = refused.json["offset_ms"]
    assert (refused.status, refused.json["code"]) == (422, "clock_is_wrong")
    assert isinstance(offset_ms, int)
    assert -7_260_000 < offset_ms <= -7_140_000
    assert not list(log.glob("*"))


class Hostile(NamedTuple):
    """A request that must be refused, and how."""

    body: bytes
    headers: dict[str, str]
    status: int
    code: str


ONES = b",".join([b"1"] * 501)
HOSTILE = {
    "truncated": Hostile(b"{", {}, 422, "not_json"),
    "deep": Hostile(b"[" * 100_000, {}, 422, "bad_batch"),
    "a list": Hostile(b"[]", {}, 422, "bad_batch"),
    "ten megabytes": Hostile(
        b"x" * 10_000_000, {"content-length": "10000000"}, 413, "body_too_large"
    ),
    "ten megabytes untold": Hostile(b"x" * 10_000_000, {}, 413, "body_too_large"),
    "a lying length": Hostile(b"{}", {"content-length": "many"}, 413, "body_too_large"),
    "no cookie": Hostile(b"{}", {"cookie": "theme=dark"}, 403, "bad_viewer_token"),
    "a forged cookie": Hostile(
        b"{}", {"cookie": "takings_viewer=1.a.b.DE.1.forged"}, 403, "bad_viewer_token"
    ),
    "too many events": Hostile(
        b'{"v":1,"sent_ms":1,"events":[%s]}' % ONES, {}, 413, "too_many_events"
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_and_nothing_is_written(log: Path, name: str) -> None:
    case = HOSTILE[name]
    (answer,) = tell(case.body, **case.headers)
    assert (answer.status, answer.json["code"]) == (case.status, case.code)
    assert str(answer.json["sentence"]).endswith(".")
    assert records(log) == []


def test_nothing_can_be_read_here(log: Path) -> None:
    (answer,) = tell(b"", method="GET")
    assert (answer.status, answer.headers[b"allow"]) == (405, b"POST")
    assert not log.exists()


def test_a_batch_without_a_good_event_writes_nothing(log: Path) -> None:
    (answer,) = tell(b'{"v":1,"sent_ms":1,"events":[{}]}')
    assert (answer.status, answer.json["accepted"]) == (202, 0)
    assert records(log) == []


def test_a_client_that_leaves_gets_no_answer(log: Path) -> None:
    async def story() -> None:
        async def leave() -> Message:
            return {"type": "http.disconnect"}

        async def never(message: Message) -> None:
            raise AssertionError(message)

        cookie = (b"cookie", viewer_cookie(VIEWER).encode())
        scope: Message = {"type": "http", "method": "POST", "headers": [cookie], "client": None}
        await Collector().app(scope, leave, never)

    asyncio.run(story())
    assert not log.exists()


def test_several_collectors_write_side_by_side(log: Path) -> None:
    async def story() -> None:
        collectors = [Collector() for _ in range(3)]
        given = {"cookie": viewer_cookie(VIEWER)}
        answers = await asyncio.gather(
            *(post(one, events(), headers=given) for one in collectors for _ in range(5))
        )
        assert {answer.status for answer in answers} == {202}
        await asyncio.gather(*(one.shutdown() for one in collectors))

    asyncio.run(story())
    assert len(list(log.glob("*.sealed"))) == 3
    assert len(records(log)) == 15


def test_a_segment_is_sealed_when_it_is_large_and_when_it_is_old(tmp_path: Path) -> None:
    async def story(limits: Limits, expected: int) -> None:
        folder = tmp_path / str(expected)
        log = SegmentLog(folder, limits=limits)
        for _ in range(3):
            await log.append(frame(b"x" * 100))
        while len(list(folder.glob("*.sealed"))) < expected:  # noqa: ASYNC110 - the disk tells nobody
            await asyncio.sleep(0)
        assert list(folder.glob("*.open")) == []
        await log.close()
        assert len(list(folder.glob("*"))) == expected

    asyncio.run(story(Limits(segment_bytes=1), 3))
    asyncio.run(story(Limits(segment_age_s=0.2), 1))


def test_memory_is_bounded(tmp_path: Path) -> None:
    async def story() -> None:
        log = SegmentLog(tmp_path, limits=Limits(waiting_bytes=250))
        answers = await asyncio.gather(
            *(log.append(frame(b"x" * 100)) for _ in range(5)), return_exceptions=True
        )
        assert [type(answer) for answer in answers] == [type(None)] * 2 + [LogFull] * 3
        await log.append(frame(b"y"))
        await log.close()
        with pytest.raises(LogFull):
            await log.append(frame(b"z"))

    asyncio.run(story())
    (path,) = tmp_path.iterdir()
    assert len(read_frames(path.read_bytes()).payloads) == 3


def test_a_failed_sync_is_refused_and_its_file_is_never_used_again(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fdatasync
    outcomes = [None, OSError(errno.EIO, "the disk is broken"), None]

    def fail_once(descriptor: int) -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", fail_once)
    answers = tell(events(), events(), events())
    assert [answer.status for answer in answers] == [202, 503, 202]
    assert answers[1].json["code"] == "log_broken"
    assert answers[1].headers[b"retry-after"] == b"2"
    assert len(list(log.glob("*.sealed"))) == 2


FULL_DISK = """
import os, resource, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import asyncio, django
django.setup()
from tests.events.test_collector import events, records
from tests.make.collecting import post, viewer_cookie, Collector
from django.conf import settings
import uuid

async def story():
    collector, acknowledged = Collector(), 0
    given = {"cookie": viewer_cookie(uuid.uuid4())}
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (2_000, 0, hard):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        for _ in range(12):
            answer = await post(collector, events(), headers=given)
            acknowledged += answer.status == 202
            print(answer.status, end=" ")
    await collector.shutdown()
    kept = records(settings.EVENTS_HOME)
    print("kept all", len(kept) >= acknowledged)

asyncio.run(story())
"""


def test_a_full_disk_refuses_and_recovers_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FULL_DISK],
        env={**os.environ, "TAKINGS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    statuses, verdict = told.split()[:-3], told.split()[-3:]
    assert verdict == ["kept", "all", "True"]
    assert set(statuses[:12]) == {"202", "503"}  # the file is full, the next one takes over
    assert set(statuses[12:24]) == {"503"}  # no byte can be written
    assert set(statuses[24:]) == {"202"}  # room again
