"""Giving numbers to what is committed: one process at a time, so their order is the one of all.

Ids are taken before a commit: id 7 can be seen a second before id 6, and who remembers “all until
7” would never be told 6. A number is given to rows that are committed, by the only transaction that
holds the row of the count; the next one sees what this one gave. So numbers appear in their order.
"""

from typing import Any

from psycopg import AsyncConnection

MOST = 1_000
WAITING = "SELECT EXISTS (SELECT FROM live_event WHERE number IS NULL)"
BEGIN = """
    INSERT INTO live_count (id, last, forgotten) VALUES (1, 0, 0) ON CONFLICT DO NOTHING
    RETURNING last
"""
HOLD = "SELECT last FROM live_count FOR UPDATE SKIP LOCKED"
NUMBER = """
    WITH waiting AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place
        FROM (SELECT id FROM live_event WHERE number IS NULL ORDER BY id LIMIT %s) AS oldest
    ), numbered AS (
        UPDATE live_event SET number = %s + place FROM waiting
        WHERE live_event.id = waiting.id RETURNING number
    )
    UPDATE live_count SET last = (SELECT max(number) FROM numbered)
    WHERE EXISTS (SELECT FROM numbered) RETURNING last
"""


async def number_events(session: AsyncConnection[tuple[Any, ...]]) -> bool:
    """Give numbers to what waits; tell whether any did. Who comes second leaves it to the first.

    What is committed while the first one works wakes it again: it hears every notification.
    """
    if not await _told(session, WAITING):
        return False
    async with session.transaction():
        last = await _told(session, HOLD)
        if last is None:
            last = await _told(session, BEGIN)  # the first event of all
        if last is None:
            return False
        return bool(await _told(session, NUMBER, MOST, last))


async def _told(session: AsyncConnection[tuple[Any, ...]], statement: str, *words: int) -> Any:
    row = await (await session.execute(statement, words)).fetchone()
    return row[0] if row else None
