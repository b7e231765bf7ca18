"""The lists of networks beside the collector: read at its start, and again when they change."""

import asyncio
import logging
import time
from pathlib import Path

from takings.events.queries.networks import NetworksRead, networks_state, read_networks

logger = logging.getLogger(__name__)

LOOK_S = 10.0


class WatchedNetworks:
    """Classes addresses by the lists as they were at most some seconds ago.

    A long list takes a second to read, so that is done on another thread while requests go on.
    """

    def __init__(self, folder: Path, *, look_s: float = LOOK_S) -> None:
        """Read the lists; what is wrong in them is logged, and the rest holds."""
        self._folder = folder
        self._look_s = look_s
        self._looking: asyncio.Task[None] | None = None
        self._keep(read_networks(folder))

    def classify(self, address: str) -> str:
        """Return ``blocked``, ``hosting`` or nothing; looks after the files now and then."""
        is_due = time.monotonic() >= self._next_look
        if is_due and (self._looking is None or self._looking.done()):
            self._looking = asyncio.get_running_loop().create_task(self._look())
        return self._read.lists.classify(address)

    async def _look(self) -> None:
        try:
            if await asyncio.to_thread(networks_state, self._folder) != self._read.state:
                self._keep(await asyncio.to_thread(read_networks, self._folder))
        except OSError:
            logger.exception("The lists of networks cannot be read; the last ones hold.")
        self._next_look = time.monotonic() + self._look_s

    def _keep(self, read: NetworksRead) -> None:
        self._read = read
        self._next_look = time.monotonic() + self._look_s
        for refusal in read.refused:
            logger.error("%s", refusal)
        for name, count in read.lists.counts.items():
            logger.info("%d networks are %s.", count, name)
