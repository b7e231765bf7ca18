"""Answers of the database that may be a minute old, for routes that cannot ask every time."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Generic, TypeVar

from takings.videos.edge.threads import ask

T = TypeVar("T")
FRESH = dt.timedelta(minutes=1)
MOST = 20_000


class Remembered(Generic[T]):
    """One question about a video, asked once a minute."""

    def __init__(self, question: Callable[[uuid.UUID], T]) -> None:
        """Know nothing yet; ``question`` is called with the id."""
        self._question = question
        self._known: dict[uuid.UUID, tuple[dt.datetime, T]] = {}

    async def answer(self, video_id: uuid.UUID, *, at: dt.datetime) -> T:
        """Return what is known, or ask."""
        known = self._known.get(video_id)
        if known is not None and at < known[0]:
            return known[1]
        found = await ask(self._question, video_id)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[video_id] = at + FRESH, found
        return found
