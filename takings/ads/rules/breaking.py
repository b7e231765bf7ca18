"""When a server outside is asked and when it is left alone: so many a second, and not while ill.

Whoever fails five times in a row is left alone for ten seconds, then asked once: an answer ends
it, another failure doubles the time. Times are arguments. Each process has its own: one that cannot
reach a partner must not silence it for the others. Questions a second are shared among them all.
"""

import datetime as dt
from dataclasses import dataclass, field

MOST_FAILURES = 5
FIRST_REST = dt.timedelta(seconds=10)
LONGEST_REST = dt.timedelta(minutes=5)
SECOND = dt.timedelta(seconds=1)
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row; ``rests_until`` is when the next question may be asked."""

    failures: int = 0
    why: str = ""
    rests_until: dt.datetime | None = None
    _rest: dt.timedelta = FIRST_REST
    _is_probing: bool = False

    def admits(self, at: dt.datetime) -> bool:
        """Tell whether to ask now; after a rest only one question at a time is a trial."""
        if self.rests_until is None:
            return True
        if at < self.rests_until or self._is_probing:
            return False
        self._is_probing = True
        return True

    def succeed(self) -> None:
        """Note an answer: all is well again."""
        self.failures, self.why = 0, ""
        self.rests_until, self._rest, self._is_probing = None, FIRST_REST, False

    def forget(self) -> None:
        """Note that nobody waited for the answer: the next question is as good a trial."""
        self._is_probing = False

    def fail(self, why: str, *, at: dt.datetime) -> None:
        """Note that there was none, and begin or prolong a rest when there were too many."""
        self.failures, self.why = self.failures + 1, why
        if self._is_probing:
            self._rest = min(2 * self._rest, LONGEST_REST)
        if self._is_probing or self.failures >= MOST_FAILURES:
            self.rests_until, self._is_probing = at + self._rest, False


@dataclass(slots=True)
class Bucket:
    """At most ``rate`` questions a second on average, a second's worth at once.

    Of several ``sharers`` each takes its even part: with more of them than questions, each waits
    for its turn longer than a second. The generic cell rate algorithm (ITU-T I.371): one instant
    instead of a count of tokens.
    """

    rate: int
    sharers: int = 1
    _full_at: dt.datetime = field(default=_LONG_AGO)

    def take(self, at: dt.datetime) -> bool:
        """Take one; tell whether there was one."""
        begun, each = max(self._full_at, at), SECOND * self.sharers // self.rate
        if begun + each > at + max(SECOND, each):
            return False
        self._full_at = begun + each
        return True
