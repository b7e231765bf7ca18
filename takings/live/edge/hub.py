"""Everybody in this process who listens, by topic; each event is encoded once for all of them."""

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from contextlib import aclosing

from takings.core.errors import Unavailable
from takings.live.actions.bus import Bus
from takings.live.edge.listener import Guest, Listener
from takings.live.rules.bus import PRIVATE, Event
from takings.live.rules.frames import Frame, frame_of, newest, pause_s
from takings.videos.edge.threads import ask

log = logging.getLogger(__name__)

MOST_LISTENERS = 18_000  # of the server's 20,000 connections; the rest is for pages
HEARTBEAT_S = 15.0
BEATS = 120  # then a stream ends, and its browser comes back with what it may see by then
AGAIN_S = 1.0
SHUT = "_shut"


class TooManyListeners(Unavailable):
    """There is no place in a process for one more open stream."""

    code = "too_many_listeners"
    sentence = "Too many people are watching live at once. Try again in a few seconds."


class _Channel:
    """The listeners of one topic, and what waits to be told to them."""

    def __init__(self) -> None:
        self.listeners: dict[Listener, int] = {}  # with the beats each has heard
        self.pending: list[Event] = []
        self.timer: asyncio.TimerHandle | None = None
        self.silent_until = 0.0
        self.standing: Frame | None = None  # what is true now; who comes is told it first


class Hub:
    """Takes events from a bus and gives them to who listens. Lives on one loop."""

    def __init__(self, bus: Bus) -> None:
        """Listen to nobody yet."""
        self.bus = bus
        self.position = 0
        self.count = 0
        self._channels: dict[str, _Channel] = {}
        self._hears = asyncio.Event()
        self._heard_before = False

    async def run(self) -> None:
        """Hear the bus, and let hearts beat, until cancelled."""
        await asyncio.gather(self._hear(), self._beat())

    async def ready(self) -> None:
        """Wait until nothing is missed any more."""
        await self._hears.wait()

    def join(self, topic: str, guest: Guest) -> Listener:
        """Let somebody listen to what is told from now on. Refuses: TooManyListeners."""
        if self.count >= MOST_LISTENERS:
            raise TooManyListeners
        listener = Listener(guest, after=self.position)
        channel = self._channels.setdefault(topic, _Channel())
        channel.listeners[listener] = 0
        self.count += 1
        if channel.standing:
            listener.offer(channel.standing)
        return listener

    def leave(self, topic: str, listener: Listener) -> None:
        """Let somebody go."""
        channel = self._channels[topic]
        del channel.listeners[listener]
        self.count -= 1
        if not channel.listeners:
            if channel.timer:
                channel.timer.cancel()
            del self._channels[topic]

    def guests(self) -> dict[str, list[Guest]]:
        """Return who listens to what."""
        return {
            topic: [listener.guest for listener in channel.listeners]
            for topic, channel in self._channels.items()
        }

    def stand(self, topic: str, frame: Frame) -> None:
        """Tell a topic what is true now, if it was not told the same before."""
        channel = self._channels.get(topic)
        if channel is None or (channel.standing and channel.standing.data == frame.data):
            return
        channel.standing = frame
        for listener in channel.listeners:
            listener.offer(frame)

    def deliver(self, events: Sequence[Event]) -> None:
        """Give events to who listens to their topics."""
        for event in events:
            self.position = event.number
            channel = self._channels.get(event.topic)
            if channel is None:
                continue
            if event.kind.startswith(PRIVATE):
                self._flush(event.topic)
                _shut(channel.listeners, event)
            else:
                channel.pending.append(event)
                self._flush_in_time(event.topic, channel)

    def miss(self) -> None:
        """Tell everybody that something was missed."""
        for channel in self._channels.values():
            channel.pending.clear()
            for listener in channel.listeners:
                listener.miss(self.position)

    def _flush_in_time(self, topic: str, channel: _Channel) -> None:
        if channel.timer is None:
            loop = asyncio.get_running_loop()
            # At the end of this turn at the earliest: what came together is told together.
            wait_s = max(channel.silent_until - loop.time(), 0.0)
            channel.timer = loop.call_later(wait_s, self._flush, topic)

    def _flush(self, topic: str) -> None:
        channel = self._channels[topic]
        if channel.timer:
            channel.timer.cancel()
            channel.timer = None
        if not channel.pending:
            return
        frame = frame_of(newest(channel.pending))
        channel.pending.clear()
        for listener in channel.listeners:
            listener.offer(frame)
        now = asyncio.get_running_loop().time()
        channel.silent_until = now + pause_s(len(channel.listeners))

    async def _hear(self) -> None:
        while True:
            try:
                async with aclosing(self.bus.batches()) as batches:
                    async for batch in batches:
                        await self._take(batch)
            except Exception:  # the outermost edge: a fault here would silence everybody for good
                log.exception("The live hub stumbled, and begins again.")
                await asyncio.sleep(AGAIN_S)

    async def _take(self, batch: Sequence[Event] | None) -> None:
        if batch:
            self.deliver(batch)
            return
        self.position = await ask(self.bus.last_number)
        if self._heard_before:
            self.miss()
        self._heard_before = True
        self._hears.set()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            for channel in self._channels.values():
                for listener, beats in channel.listeners.items():
                    channel.listeners[listener] = beats + 1
                    if beats < BEATS:
                        listener.beat()
                    else:
                        listener.close()


def _shut(listeners: Iterable[Listener], event: Event) -> None:
    """End the streams of those who may not listen any more; of all, when nobody is named."""
    people = json.loads(event.body).get("people")
    for listener in listeners:
        if people is None or listener.guest.user_id in people:
            listener.close()
