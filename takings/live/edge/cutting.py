"""Closing the connections of clients that take nothing any more.

A server may end a response, yet not the connection: bytes that nobody reads wait in the kernel, and
the connection with them, as long as the other side says that it lives.
"""

import asyncio
import os
import socket
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

Client = tuple[str, int]
FILES = Path("/dev/fd")


class Cutter:
    """Closes connections, all that are known in one look at the files of the process."""

    def __init__(self) -> None:
        """Have nothing to do."""
        self._deaf: set[Client] = set()
        self._task: asyncio.Task[None] | None = None

    def cut(self, client: Client) -> None:
        """Close the connection of a client soon; of one that is gone, or behind a proxy, none."""
        self._deaf.add(client)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._deaf:
            deaf, self._deaf = self._deaf, set()
            await asyncio.to_thread(close_connections, deaf)


def close_connections(clients: Collection[Client]) -> None:
    """Close our connections with these clients, by their address and port."""
    for file in list(FILES.iterdir()):
        with suppress(OSError):  # closed meanwhile, or connected to nobody
            copy = os.dup(int(file.name))
            if not stat.S_ISSOCK(os.fstat(copy).st_mode):
                os.close(copy)
                continue
            with socket.socket(fileno=copy) as one:
                if one.getpeername()[:2] in clients:
                    one.shutdown(socket.SHUT_RDWR)
