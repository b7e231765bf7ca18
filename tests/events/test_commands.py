"""What an operator sees of events on their way, on the command line."""

import json
import uuid
from pathlib import Path

import pytest
from django.test import override_settings

from config.commands import events as command
from takings.events import actions
from takings.events.queries.tailing import LogTail
from takings.events.rules.frames import frame
from tests.events.test_shipping import VIDEO, record, sealed, write_segment
from tests.make.people import NOON


def test_events_are_followed_through_sealing_to_the_end_of_their_file(tmp_path: Path) -> None:
    old = tmp_path / "old.open"
    old.write_bytes(record(5))
    tail = LogTail(tmp_path, from_start=False)
    assert list(tail.poll()) == []
    with old.open("ab") as file:
        file.write(record(1) + record(2)[:-3])
    (event,) = tail.poll()
    assert (event.video_id, event.received_at, event.segment) == (VIDEO, NOON, "old")
    with old.open("ab") as file:
        file.write(record(2)[-3:])
    sealed_one = old.rename(tmp_path / "old.sealed")
    assert len(list(tail.poll())) == 2
    (tmp_path / "new.open").write_bytes(record(3) + frame(b"\xc1"))
    sealed_one.unlink()
    assert [one.segment for one in tail.poll()] == ["new"] * 3
    assert list(tail.poll()) == []
    tail.close()
    assert list(LogTail(tmp_path / "nowhere", from_start=True).poll()) == []


def test_tail_chooses_and_prints(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_segment(lake, record(2))
    show = {"from_start": True, "seconds": 0.0}
    command.tail(kinds=["heartbeat"], video=VIDEO, as_json=True, **show)  # type: ignore[arg-type]  # mypy cannot see each key's type
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["type"], first["video_id"], first["watched_ms"]) == ("heartbeat", str(VIDEO), 0)
    command.tail(kinds=[], video=None, as_json=False, **show)  # type: ignore[arg-type]  # the same
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("12:00:00 heartbeat          0.0 s  DE feed     browser")
    command.tail(kinds=["end"], video=None, as_json=False, **show)  # type: ignore[arg-type]  # the same
    command.tail(kinds=[], video=uuid.uuid4(), as_json=False, **show)  # type: ignore[arg-type]  # the same
    assert capsys.readouterr().out == ""


def test_a_file_is_looked_into_and_replayed(
    lake: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = write_segment(lake, record(2), record(1))
    command.inspect(name)
    told = capsys.readouterr().out
    for word in ("as it was sealed", "2026-11-02 12:00:00 UTC", "heartbeat"):
        assert word in told
    copy = tmp_path / "copy.sealed"
    copy.write_bytes(sealed(lake, name).read_bytes())
    command.replay([copy, copy])
    told = capsys.readouterr().out
    assert "3 events of copy are in the lake now" in told
    assert "3 events of copy were in the lake before" in told
    content = bytearray(copy.read_bytes())
    content[40] ^= 1
    copy.write_bytes(content)
    with pytest.raises(SystemExit):
        command.inspect(str(copy))
    assert "changed since it was sealed" in capsys.readouterr().out
    with pytest.raises(actions.SegmentTaken):
        command.replay([copy])


def test_an_empty_file_has_no_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.open").touch()
    command.inspect(str(tmp_path / "empty.open"))
    told = capsys.readouterr().out
    assert "not sealed" in told
    assert "arrived" not in told


def test_lists_of_networks_are_read_and_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hosting.txt").write_text("192.0.2.0/24\n")
    with override_settings(NETWORKS_HOME=tmp_path):
        command.networks(["192.0.2.9", "203.0.113.1"])
        told = capsys.readouterr().out
        assert "1 networks are hosting." in told
        assert "192.0.2.9: hosting\n203.0.113.1: in no list" in told
        (tmp_path / "blocked.txt").write_text("nobody\n")
        with pytest.raises(SystemExit):
            command.networks([])
    assert "blocked.txt, line 1: “nobody” is no network" in capsys.readouterr().out
