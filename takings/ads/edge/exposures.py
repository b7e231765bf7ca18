"""What viewers saw, as far as one process knows: its own decisions at once, others' a look later.

Each look at the database writes what was chosen here, and learns about those who asked since the
last one. So one process never shows more than a cap allows, and a viewer whose requests reach K of
them, a look apart, sees at most K − 1 more: each may show one before it learns of the others.
"""

import datetime as dt
import threading
import uuid
from collections import OrderedDict, defaultdict

from takings.ads import actions, queries
from takings.ads.rules.frequency import Exposure, seen_at
from takings.ads.rules.lines import SeenAt

MOST_VIEWERS = 20_000
"""Of so many viewers a process remembers what they saw: 3 KB each, where that is eight ads."""
MOST_ASKED = 5_000
"""So many are learnt about in one look; who comes later asks again."""


class Exposures:
    """The memory of one process: used by requests, kept up by another thread, so with a lock."""

    def __init__(self) -> None:
        """Know nobody."""
        self._lock = threading.Lock()
        self._seen: OrderedDict[uuid.UUID, SeenAt] = OrderedDict()
        self._asked: set[uuid.UUID] = set()
        self._new: list[Exposure] = []

    def seen(self, viewer_id: uuid.UUID) -> SeenAt:
        """Return when a viewer saw what; who is not known is learnt about soon."""
        with self._lock:
            if len(self._asked) < MOST_ASKED:
                self._asked.add(viewer_id)
            seen = self._seen.get(viewer_id)
            if seen is None:
                return {}
            self._seen.move_to_end(viewer_id)
            return seen

    def note(self, exposure: Exposure) -> None:
        """Count what was just chosen; it is written down with the next look."""
        with self._lock:
            self._new.append(exposure)
            if exposure.counts_at_once:
                seen = self._seen.get(exposure.viewer_id, {})
                own = {
                    one: [*seen.get(one, ()), exposure.served_at] for one in exposure.counted_ids
                }
                self._know(exposure.viewer_id, {**seen, **own})

    def write(self) -> None:
        """Write what was chosen; what cannot be written now is written the next time."""
        with self._lock:
            new, self._new = self._new, []
        if not new:
            return
        try:
            actions.record_exposures(exposures=new)
        except Exception:
            with self._lock:
                self._new = new + self._new
            raise

    def learn(self, *, at: dt.datetime) -> None:
        """Learn what those saw who asked since the last time; call it after ``write``."""
        with self._lock:
            asked, self._asked = self._asked, set()
        if not asked:
            return
        found = queries.exposures_of(viewer_ids=asked, at=at)
        with self._lock:
            new: defaultdict[uuid.UUID, list[Exposure]] = defaultdict(list)
            for one in self._new:
                if one.counts_at_once:
                    new[one.viewer_id].append(one)
            for viewer_id in asked:
                self._know(viewer_id, seen_at([*found.get(viewer_id, []), *new[viewer_id]]))

    def _know(self, viewer_id: uuid.UUID, seen: SeenAt) -> None:
        if not seen:
            self._seen.pop(viewer_id, None)
            return
        self._seen[viewer_id] = seen
        self._seen.move_to_end(viewer_id)
        if len(self._seen) > MOST_VIEWERS:
            self._seen.popitem(last=False)
