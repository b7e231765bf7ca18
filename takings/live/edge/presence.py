"""Says who listens here, and tells rooms how many are there over all processes."""

import asyncio
import datetime as dt
import logging
import uuid

from takings.core import clock
from takings.live.actions import say_guests
from takings.live.edge.hub import Hub
from takings.live.edge.listener import Guest
from takings.live.queries import Guests, guests_of
from takings.live.queries.presence import MOST_NAMES
from takings.live.rules.bus import Topic
from takings.live.rules.frames import passing
from takings.videos.edge.threads import ask

log = logging.getLogger(__name__)

ROUND_S = 3.0
AGAIN = dt.timedelta(seconds=15)  # said again though nothing changed: it lives
ROOMS = Topic.ROOM.of("")


class Counter:
    """Counts the guests of one process. Rooms cost one statement together, and only on change."""

    def __init__(self, hub: Hub) -> None:
        """Have said nothing yet."""
        self._hub = hub
        self._process = uuid.uuid4()
        self._said: dict[str, tuple[Guests, dt.datetime]] = {}

    async def run(self) -> None:
        """Count and tell, until cancelled."""
        while True:
            try:
                await self.tell(at=clock.now())
            except Exception:  # the outermost edge: the next round tries again
                log.exception("Guests could not be counted.")
            await asyncio.sleep(ROUND_S)

    async def tell(self, *, at: dt.datetime) -> None:
        """Say who is here, and tell each room how many are there."""
        here = {
            topic: _count(guests)
            for topic, guests in self._hub.guests().items()
            if topic.startswith(ROOMS)
        }
        if not here and not self._said:
            return
        for topic, guests in (await ask(self._say, here, at=at)).items():
            told = {"count": guests.count, "names": list(guests.names)}
            self._hub.stand(topic, passing("presence", told))

    def _say(self, here: dict[str, Guests], *, at: dt.datetime) -> dict[str, Guests]:
        left = {topic: Guests() for topic in self._said if topic not in here}
        news = {topic: guests for topic, guests in here.items() if self._is_news(topic, guests, at)}
        if news or left:
            say_guests(process=self._process, guests=news | left, at=at)
        self._said |= {topic: (guests, at) for topic, guests in news.items()}
        for topic in left:
            del self._said[topic]
        return guests_of(topics=here, at=at)

    def _is_news(self, topic: str, guests: Guests, at: dt.datetime) -> bool:
        before = self._said.get(topic)
        return before is None or before[0] != guests or at - before[1] >= AGAIN


def _count(guests: list[Guest]) -> Guests:
    """Return how many different viewers there are, however many tabs each of them has."""
    names = sorted({guest.name for guest in guests if guest.name})
    return Guests(len({guest.viewer_id for guest in guests}), tuple(names[:MOST_NAMES]))
