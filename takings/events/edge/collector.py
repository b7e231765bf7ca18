"""``POST /e``: from a request to frames in the log. No database, no Django view."""

import datetime as dt
import time
from collections import defaultdict
from pathlib import Path
from typing import cast

import msgspec
from django.conf import settings

from takings.core import clock
from takings.core.errors import Refusal, TooMuch
from takings.core.statuses import NOT_ALLOWED, status_of
from takings.events.edge.floods import Floods, TooFast
from takings.events.edge.log import Limits, SegmentLog
from takings.events.edge.networks import WatchedNetworks
from takings.events.edge.requests import (
    Gone,
    Message,
    Receive,
    Send,
    Sender,
    read_body,
    read_sender,
)
from takings.events.rules.batches import Checked, ClockIsWrong, Event, check_batch, view_day
from takings.events.rules.clients import network_of
from takings.events.rules.frames import frame
from takings.events.rules.records import Record, encode_record
from takings.people.rules import BadViewerToken

RETRY_AFTER_S = 2
OWN: dict[type[Refusal], int] = {
    BadViewerToken: 403,  # not the events' fault: the player keeps them for after the reload
    TooFast: 429,
    TooMuch: 413,
}
JSON_HEADER = (b"content-type", b"application/json")


class Collector:
    """One process's collector: a log it owns, opened by the first request or by ``startup``."""

    def __init__(self) -> None:
        """Know nothing yet; the settings are read when the log is opened."""
        self._log: SegmentLog | None = None
        self._networks: WatchedNetworks | None = None
        self._floods = Floods(per_second=0)

    async def startup(self) -> None:
        """Open the log and read the lists of networks."""
        if self._log is None:
            self._log = SegmentLog(Path(settings.EVENTS_HOME), limits=Limits())
            self._networks = WatchedNetworks(Path(settings.NETWORKS_HOME))
            self._floods = Floods(per_second=settings.EVENTS_PER_SECOND)

    async def shutdown(self) -> None:
        """Write what waits and seal the segment, so that it is shipped at once."""
        log, self._log = self._log, None
        if log is not None:
            await log.close()

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request: 202 when the events are durable, else a refusal as JSON."""
        try:
            checked = await self._collect(scope, receive)
        except Gone:
            return
        except Refusal as refusal:
            await _refuse(refusal, send)
            return
        answer = {
            "accepted": len(checked.accepted),
            "rejected": checked.rejected,
            "server_ms": clock.to_ms(clock.now()),
        }
        await _send(202, [JSON_HEADER], msgspec.json.encode(answer), send=send)

    async def _collect(self, scope: Message, receive: Receive) -> Checked:
        at = clock.now()
        sender = read_sender(scope, at=at)
        body = await read_body(scope, receive)
        checked = check_batch(body, at=at)
        if checked.accepted:
            await self.keep(checked.accepted, sender, at=at)
        return checked

    async def keep(self, events: list[Event], sender: Sender, *, at: dt.datetime) -> None:
        """Write events that were checked; return when they are on the disk.

        Refuses: TooFast, LogFull, LogBroken.
        """
        await self.startup()
        self._floods.check(
            viewer=sender.viewer.viewer_id,
            network=network_of(sender.address),
            count=len(events),
            now_s=time.monotonic(),
        )
        net_class = cast("WatchedNetworks", self._networks).classify(sender.address)
        records = _records(events, sender, net_class, at=at)
        frames = [frame(encode_record(record)) for record in records]
        await cast("SegmentLog", self._log).append(*frames)


def _records(
    events: list[Event], sender: Sender, net_class: str, *, at: dt.datetime
) -> list[Record]:
    """Return one record, or one for each day of its views where each day has its own viewer."""
    parts = {at.date(): events}
    if sender.is_private:
        parts = defaultdict(list)
        for event in events:
            parts[view_day(event)].append(event)
    return [
        Record(
            received_ms=clock.to_ms(at),
            viewer=sender.viewer_on(day),
            country=sender.viewer.country,
            ua_class=sender.ua_class,
            network=sender.network,
            events=part,
            net_class=net_class,
        )
        for day, part in parts.items()
    ]


async def _refuse(refusal: Refusal, send: Send) -> None:
    status = status_of(refusal, own=OWN, otherwise=NOT_ALLOWED)
    headers = [JSON_HEADER]
    if status == NOT_ALLOWED:
        headers.append((b"allow", b"POST"))
    if status in {429, 503}:
        wait_s = refusal.facts.get("wait_s", RETRY_AFTER_S)
        headers.append((b"retry-after", str(wait_s).encode()))
    answer = {
        "code": refusal.code,
        "sentence": str(refusal),
        "server_ms": clock.to_ms(clock.now()),
    }
    if isinstance(refusal, ClockIsWrong):
        answer["offset_ms"] = refusal.facts["offset_ms"]
    await _send(status, headers, msgspec.json.encode(answer), send=send)


async def _send(
    status: int, headers: list[tuple[bytes, bytes]], body: bytes, *, send: Send
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


collector = Collector()
app, startup, shutdown = collector.app, collector.startup, collector.shutdown
