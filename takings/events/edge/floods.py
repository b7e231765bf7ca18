"""Who sends too fast is asked to wait: one viewer, or one network, within bounded memory."""

import math
from collections.abc import Hashable

from takings.core.errors import TooMuch

NETWORK_TIMES = 100
"""A network may send as much as so many viewers: a household, an office, a mobile carrier's."""
BURST_S = 100
"""After a silence so many seconds' events may come at once: what waited while offline."""
MOST_KNOWN = 50_000
"""How many senders are remembered at least; up to twice as many, about 20 MB."""


class TooFast(TooMuch):
    """The events are not kept; they may come again."""

    code = "too_fast"
    sentence = (
        "Events come too fast from this {sender}; send them again in {wait_s} s. "
        "Of one viewer {per_second} a second are taken."
    )


class Throttle:
    """A token bucket for each sender, kept as one number: when its bucket will be full again.

    (The generic cell rate algorithm, ITU-T I.371.) The senders are kept in two halves. When the
    young half is full, the old one is forgotten: whoever sends is young again.
    """

    def __init__(self, *, per_second: int, most_known: int = MOST_KNOWN) -> None:
        """Let each sender have so many events a second on average; 0 lets everybody."""
        self._per_second = per_second
        self._most_known = most_known
        self._young: dict[Hashable, float] = {}
        self._old: dict[Hashable, float] = {}

    def __len__(self) -> int:
        """Return how many senders are remembered."""
        return len(self._young) + len(self._old)

    def wait_s(self, sender: Hashable, *, count: int, now_s: float) -> int:
        """Take so many events of the sender, or return how many seconds too early they come."""
        if not self._per_second:
            return 0
        full_at = max(self._young.get(sender) or self._old.get(sender, 0.0), now_s)
        later = full_at + count / self._per_second
        too_early_s = later - now_s - BURST_S
        if len(self._young) >= self._most_known and sender not in self._young:
            self._old, self._young = self._young, {}
        self._young[sender] = full_at if too_early_s > 0 else later
        return max(0, math.ceil(too_early_s))


class Floods:
    """The limits of the collector, for viewers and for networks."""

    def __init__(self, *, per_second: int) -> None:
        """Take so many events a second of a viewer, and some times as many of a network."""
        self._per_second = per_second
        self._viewers = Throttle(per_second=per_second)
        self._networks = Throttle(per_second=per_second * NETWORK_TIMES)

    def check(self, *, viewer: Hashable, network: Hashable, count: int, now_s: float) -> None:
        """Refuse with :class:`TooFast`. ``network`` is None where an address says nothing."""
        given = (("viewer", self._viewers, viewer), ("network", self._networks, network))
        for name, throttle, sender in given:
            if sender is None:
                continue
            if wait_s := throttle.wait_s(sender, count=count, now_s=now_s):
                raise TooFast(sender=name, wait_s=wait_s, per_second=self._per_second)
