"""Which requests of one ad server are kept as a sample: a few of each half-minute, by chance."""

import datetime as dt
from dataclasses import replace

from takings.ads.rules.forecast import Sampled, without_person
from takings.ads.rules.lines import MILLION

PERIOD = dt.timedelta(seconds=30)
KEPT = 4
"""So many of each period: at most 11,520 rows a day and server."""
_FACTOR, _WORD = 6_364_136_223_846_793_005, (1 << 64) - 1
"""Knuth's linear congruential generator (MMIX): its upper bits are even enough for a sample."""


class Sampler:
    """A reservoir: whatever comes, each request of a period is kept as likely as any other.

    Vitter 1985, algorithm R. Each that is kept stands for as many as there were for each.
    """

    def __init__(self, *, seed: int) -> None:
        """Begin without requests; ``seed`` is another one for each server."""
        self._kept: list[Sampled] = []
        self._seen = 0
        self._dice = seed
        self._since = dt.datetime.min.replace(tzinfo=dt.UTC)

    def see(self, request: Sampled) -> None:
        """Perhaps keep a request."""
        self._seen += 1
        if len(self._kept) < KEPT:
            self._kept.append(request)
            return
        self._dice = (self._dice * _FACTOR + 1) & _WORD
        place = (self._dice >> 32) * self._seen >> 32
        if place < KEPT:
            self._kept[place] = request

    def take(self, at: dt.datetime) -> list[Sampled]:
        """Return what was kept, and begin anew; nothing while the period is not over."""
        if at - self._since < PERIOD:
            return []
        kept, seen = self._kept, self._seen
        self._kept, self._seen, self._since = [], 0, at
        weight_ppm = seen * MILLION // max(1, len(kept))
        return [replace(one, here=without_person(one.here), weight_ppm=weight_ppm) for one in kept]
