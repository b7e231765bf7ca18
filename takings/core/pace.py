"""How often somebody may ask: a window that slides, kept in memory, never larger than its limit."""

import datetime as dt
from collections import OrderedDict, deque
from dataclasses import dataclass, field

MOST_ASKERS = 10_000


@dataclass(slots=True)
class Pace:
    """At most ``most`` times within ``window``, for each asker apart; of one process.

    >>> pace = Pace(most=1, window=dt.timedelta(minutes=1))
    >>> noon = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
    >>> pace.allows("192.0.2.7", at=noon), pace.allows("192.0.2.7", at=noon)
    (True, False)
    """

    most: int
    window: dt.timedelta
    _asked: OrderedDict[str, deque[dt.datetime]] = field(default_factory=OrderedDict)

    def allows(self, asker: str, *, at: dt.datetime) -> bool:
        """Tell whether this asker may ask now, and remember that they did if so."""
        asked = self._asked.setdefault(asker, deque(maxlen=self.most))
        self._asked.move_to_end(asker)
        while len(self._asked) > MOST_ASKERS:  # who has not asked for longest is forgotten
            self._asked.popitem(last=False)
        if len(asked) == self.most and at - asked[0] < self.window:
            return False
        asked.append(at)
        return True
