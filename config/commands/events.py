"""Commands about events between the player and the lake."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import typer
from django.conf import settings
from rich.table import Table

from config.show import err, out
from takings.core import clock
from takings.events import actions
from takings.events.queries.networks import read_networks
from takings.events.queries.segments import read_segment
from takings.events.queries.tailing import LogTail
from takings.events.rules.frames import State
from takings.events.rules.rows import EventRow

PAUSE_S = 0.2
STATES = {
    State.SEALED: "as it was sealed",
    State.UNSEALED: "not sealed: still open, or its disk was full",
    State.DAMAGED: "changed since it was sealed",
}


def tail(
    *,
    kinds: Sequence[str],
    video: UUID | None,
    as_json: bool,
    from_start: bool,
    seconds: float | None,
) -> None:
    """Print events as they come, until Ctrl-C or so many seconds have passed."""
    log = LogTail(settings.EVENTS_HOME, from_start=from_start)
    err.print(f"Following {settings.EVENTS_HOME}; Ctrl-C ends it.", markup=False, soft_wrap=True)
    began = time.monotonic()
    try:
        while True:
            for event in log.poll():
                if (not kinds or event.type in kinds) and video in {None, event.video_id}:
                    typer.echo(_as_json(event) if as_json else _as_line(event))
            if seconds is not None and time.monotonic() - began >= seconds:
                return
            time.sleep(PAUSE_S)
    finally:
        log.close()


def _as_json(event: EventRow) -> str:
    return json.dumps(asdict(event), default=str)


def _as_line(event: EventRow) -> str:
    said = f"{event.received_at:%H:%M:%S} {event.type:<14} {event.watched_ms / 1000:>7.1f} s"
    where = f"{event.country} {event.surface:<8} {event.net_class or event.ua_class:<8}"
    return f"{said}  {where} video {event.video_id} view {event.view_id}"


def inspect(segment: str) -> None:
    """Print what the file holds."""
    home = Path(settings.EVENTS_HOME)
    path = Path(segment) if "/" in segment else next(iter(home.glob(f"{segment}*")), Path(segment))
    file = read_segment(path)
    table = Table("", "", show_header=False, title=path.name)
    table.add_row("bytes", f"{file.byte_count:,}, {STATES[file.state]}")
    table.add_row("SHA-256", file.sha256)
    table.add_row("whole frames", f"{file.frame_count:,}")
    table.add_row("torn bytes", f"{file.torn_byte_count:,}")
    if file.received:
        first, last = map(clock.said, file.received)
        table.add_row("arrived", f"{first} – {last}")
    for name, count in file.types.items():
        table.add_row(name, f"{count:,}")
    table.add_row("events", f"{len(file.table):,}")
    out.print(table)
    if file.state is State.DAMAGED:
        sys.exit(1)


def replay(files: Sequence[Path]) -> None:
    """Bring each file into the lake."""
    for path in files:
        done = actions.replay_segment(path=path, at=clock.now())
        came = "are in the lake now" if done.is_new else "were in the lake before"
        out.print(f"{path.name}: {done.row_count:,} events of {done.name} {came}.", soft_wrap=True)


def networks(addresses: Sequence[str]) -> None:
    """Say how long the lists are, what is wrong in them, and what they say of addresses."""
    read = read_networks(settings.NETWORKS_HOME)
    for name, count in read.lists.counts.items():
        out.print(f"{count:,} networks are {name}.")
    for address in addresses:
        found = read.lists.classify(address) or "in no list"
        out.print(f"{address}: {found}", markup=False)
    for refusal in read.refused:
        out.print(str(refusal), markup=False, soft_wrap=True)
    if read.refused:
        sys.exit(1)
