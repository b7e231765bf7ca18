"""Two bounded pools: questions to the database do not wait behind a slow disk."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

from takings.core.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")
_THREADS = 4
_MOST_WAITING = 512


class TooBusy(Unavailable):
    """More requests wait than we keep in memory."""

    code = "too_busy"
    sentence = "Too many people are here at once. Try again in a few seconds."


class _Pool:
    """Threads that start with the first call, and a limit on how many calls wait."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._threads: ThreadPoolExecutor | None = None
        self._waiting = 0

    async def run(self, call: Callable[[], T]) -> T:
        if self._waiting >= _MOST_WAITING:
            raise TooBusy
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=self._name)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=True, cancel_futures=True)


_database, _disk = _Pool("videos-database"), _Pool("videos-disk")


async def ask(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a call that may use the database, and give its connection back."""

    def asked() -> T:
        try:
            return call(*args, **kwargs)
        finally:
            close_old_connections()

    return await _database.run(asked)


async def write(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a call that only uses the disk."""
    return await _disk.run(lambda: call(*args, **kwargs))


async def shutdown() -> None:
    """End the threads; what runs is awaited."""
    await asyncio.to_thread(_database.close)
    await asyncio.to_thread(_disk.close)
