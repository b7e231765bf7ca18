"""``/healthz``: can this process answer, and does the database answer it."""

import asyncio
import time

import psycopg
from django.conf import settings

from config.edge import Message, Receive, Send, send_json

FRESH_S = 1.0  # so often at most is the database asked, however often we are
PATIENCE_S = 3.0


class Health:
    """Remembers the last answer for a moment, so that asking cannot be used to exhaust us."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._asked_at = float("-inf")
        self._well = False
        self._asking = asyncio.Lock()

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer 200 when the database answers, else 503."""
        del scope, receive
        async with self._asking:
            if time.monotonic() - self._asked_at > FRESH_S:
                self._well = await _database_answers()
                self._asked_at = time.monotonic()
        if self._well:
            await send_json(send, status=200, content={"status": "ok"})
            return
        content: dict[str, object] = {
            "status": "unavailable",
            "code": "no_database",
            "sentence": "The database does not answer.",
        }
        await send_json(send, status=503, content=content)


async def _database_answers() -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S):
            connection = await psycopg.AsyncConnection.connect(settings.DATABASE_URL)
            async with connection:
                await connection.execute("SELECT 1")
    except (psycopg.Error, TimeoutError, OSError):
        return False
    return True
