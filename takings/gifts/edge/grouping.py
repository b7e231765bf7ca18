"""Group sending: who comes while a transaction commits is sent with the next, all in one.

So the more people send at once, the fewer transactions each needs. A creator whom everybody gives
to at once is no place where anybody waits.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.db import DatabaseError, close_old_connections, connections

from takings.core import clock
from takings.core.errors import Refusal, TooMuch, Unavailable
from takings.gifts.actions import Sent, send_gifts
from takings.gifts.rules import Wish

MOST_AT_ONCE = 256
MOST_WAITING = 4_096
Answer = Sent | Refusal
T = TypeVar("T")


class TooManyGifts(TooMuch):
    """More come than can be sent in a moment; nobody is kept waiting for longer."""

    code = "too_many_gifts"
    sentence = "Too many gifts are being sent at once. Nothing was taken; send it again."


class SendingFailed(Unavailable):
    """The database was away, or gave up; whether the gift was sent is found out by its id."""

    code = "gift_sending_failed"
    sentence = "Your gift could not be sent just now. Send it again: it is never sent twice."


class Group:
    """The gifts of one process on their way; one thread with one connection sends them."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._waiting: deque[tuple[Wish, asyncio.Future[Answer]]] = deque()
        self._thread: ThreadPoolExecutor | None = None
        self._sending: asyncio.Task[None] | None = None

    async def send(self, wish: Wish) -> Sent:
        """Send a gift with all that come meanwhile; it is durable when this returns.

        Refuses: TooManyGifts, SendingFailed, and what ``send_gifts`` answers.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise TooManyGifts
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        if self._sending is None:
            self._sending = asyncio.create_task(self._run())
        found = await answer
        if isinstance(found, Refusal):
            raise found
        return found

    async def close(self) -> None:
        """Send what waits, and let the thread go."""
        if self._sending is not None:
            await self._sending
        if self._thread is not None:
            await self._do(connections.close_all)
            self._thread.shutdown()
            self._thread = None

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._turn()
        finally:
            self._sending = asyncio.create_task(self._run()) if self._waiting else None

    async def _turn(self) -> None:
        """Send what waits now; whatever happens, everybody is answered."""
        size = min(len(self._waiting), MOST_AT_ONCE)
        turn = [self._waiting.popleft() for _ in range(size)]
        answers: Sequence[Answer] = [SendingFailed() for _ in turn]
        try:
            answers = await self._do(partial(_send, [wish for wish, _ in turn]))
        finally:
            for (_, answer), found in zip(turn, answers, strict=True):
                if not answer.done():  # who went away is not waited for
                    answer.set_result(found)

    async def _do(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="gifts")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _send(wishes: Sequence[Wish]) -> Sequence[Answer]:
    """Send these wishes; where they fail together, each alone: only one is at fault."""
    close_old_connections()
    try:
        return send_gifts(wishes=wishes, at=clock.now())
    except (Refusal, DatabaseError) as error:
        if len(wishes) == 1:
            return [error if isinstance(error, Refusal) else SendingFailed()]
        return [_send([wish])[0] for wish in wishes]
