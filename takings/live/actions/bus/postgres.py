"""The bus of any number of machines: rows in PostgreSQL, and LISTEN/NOTIFY to wake who hears.

A notification carries nothing and is no promise: rows are read by their numbers, and looked for
every second anyway. It is sent after the commit, in a transaction that writes nothing: PostgreSQL
lets one transaction at a time commit with a notification, and a gift shall not wait for that.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import AsyncConnection

from takings.live import models
from takings.live.actions.bus.numbering import number_events
from takings.live.actions.bus.port import MOST_AT_ONCE
from takings.live.rules.bus import Ends, Event, Note, write_body

log = logging.getLogger(__name__)

CHANNEL = "takings_live"
NAME = "takings live bus"  # as pg_stat_activity shows it
LOOK_S = 1.0  # so long at most does an event wait whose notification was lost
AGAIN_S = 0.2
OF_DJANGO = {"context", "cursor_factory", "prepare_threshold", "server_side_binding"}
AFTER = """
    SELECT number, topic, kind, body, may_drop FROM live_event
    WHERE number > %s ORDER BY number LIMIT %s"""
ENDS = "SELECT last, forgotten FROM live_count"
Session = AsyncConnection[tuple[Any, ...]]


class PostgresBus:
    """Rows that get their numbers after their commit, by one process at a time."""

    def publish_many(self, *, notes: Sequence[Note], at: dt.datetime) -> None:
        """Tell these notes once the caller's transaction commits."""
        rows = [
            models.Event(
                topic=note.topic,
                kind=note.kind,
                body=write_body(note),
                may_drop=note.may_drop,
                published_at=at,
            )
            for note in notes
        ]
        models.Event.objects.bulk_create(rows, batch_size=MOST_AT_ONCE)
        if rows:
            transaction.on_commit(_wake, robust=True)

    async def batches(self) -> AsyncGenerator[Sequence[Event] | None, None]:
        """Return every event from now on."""
        words = connection.get_connection_params()
        address = {key: words[key] for key in words if key not in OF_DJANGO}
        address |= {"autocommit": True, "application_name": NAME}
        position: int | None = None
        while True:
            try:
                session = await AsyncConnection.connect(**address)
                async with session:
                    await session.execute(f"LISTEN {CHANNEL}")
                    ends = await _ends(session)
                    if position is None or not ends.has_all_after(position):
                        yield () if position is None else None
                        position = ends.last
                    while True:
                        if found := await _next(session, position):
                            position = found[-1].number
                            yield found
                        else:
                            await _wait(session)
            except psycopg.OperationalError as error:
                log.warning("The live bus lost the database, and tries again: %s", error)
                await asyncio.sleep(AGAIN_S)

    def since(self, *, topic: str, after: int) -> Sequence[Event] | None:
        """Return what a topic told after an event."""
        told = models.Event.objects.filter(topic=topic, number__gt=after).order_by("number")
        names = ("number", "topic", "kind", "body", "may_drop")
        rows = told.values_list(*names)[: MOST_AT_ONCE + 1]
        found = [Event(number or 0, *more) for number, *more in rows]
        # Asked afterwards: what is forgotten meanwhile is not taken for nothing told.
        if len(found) > MOST_AT_ONCE or not self._ends().has_all_after(after):
            return None
        return found

    def last_number(self) -> int:
        """Return the number of the newest event."""
        return self._ends().last

    def _ends(self) -> Ends:
        row = models.Count.objects.values_list("last", "forgotten").first()
        return Ends(*row) if row else Ends()


def _wake() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


async def _next(session: Session, position: int) -> list[Event]:
    """Give numbers, if nobody does already, and return what has its number."""
    if await number_events(session):
        await session.execute(f"NOTIFY {CHANNEL}")
    rows = await session.execute(AFTER, [position, MOST_AT_ONCE])
    return [Event(*row) for row in await rows.fetchall()]


async def _ends(session: Session) -> Ends:
    row = await (await session.execute(ENDS)).fetchone()
    return Ends(*row) if row else Ends()


async def _wait(session: Session) -> None:
    async for _ in session.notifies(timeout=LOOK_S, stop_after=1):
        pass
