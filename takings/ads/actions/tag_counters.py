"""Telling the counters of tags of impressions that were charged: many a minute, politely.

A server is asked by six of us at once, as a browser would. One that is silent twice in a row
is left alone until the next minute; one that is slow gets as many as it answers, and holds up
nobody else.
"""

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from takings.ads import queries
from takings.ads.models import BilledImpression, TagCounter, TagTold
from takings.ads.queries.outside import OUTSIDE, Outside, OutsideIsSilent
from takings.ads.rules.tags import fill_macros
from takings.core.errors import Refusal

COUNTER_BYTES = 64 * 1024
COUNTER_S = 1.0
MOST_TOLD, ROUNDS = 20_000, 20
"""In one run, which is a minute's: so many in all, in so many rounds."""
LANES, OF_A_LANE = 6, 10
"""A host is asked by so many at once, each so often in a round."""
LANE_S = 2.0
SILENCES = 2
THREADS = 48
_DRAWS = 10**8

_Host = str | None
_Untold = tuple[TagCounter, BilledImpression]


class _Ask(NamedTuple):
    told: TagTold
    url: str


class _Lane(NamedTuple):
    host: _Host
    asks: Sequence[_Ask]


class _Answer(NamedTuple):
    """What became of a lane's: a code for each that was asked, empty when it answered."""

    codes: list[str]
    is_silent: bool


def tell_counters(*, at: dt.datetime, outside: Outside = OUTSIDE) -> int:
    """Ask the counters of tags for impressions that were charged; return how many were asked.

    Each is asked once for an impression, or for what it counts of one: what dies on the way, or
    does not answer, is not repeated.
    """
    waiting: defaultdict[_Host, deque[_Untold]] = defaultdict(deque)
    for counter, impression in queries.untold(at=at, most=MOST_TOLD):
        waiting[urlsplit(counter.url).hostname].append((counter, impression))
    asked = 0
    with ThreadPoolExecutor(THREADS, thread_name_prefix="counters") as threads:
        for _ in range(ROUNDS):
            lanes = _lanes(waiting, at=at)
            answers = list(threads.map(lambda lane: _run(lane.asks, outside=outside), lanes))
            for lane, answer in zip(lanes, answers, strict=True):
                asked += _write(lane, answer)
                if answer.is_silent:
                    waiting.pop(lane.host, None)
    return asked


def _lanes(waiting: dict[_Host, deque[_Untold]], *, at: dt.datetime) -> list[_Lane]:
    """Take the next of each host, and mark them as told before they are."""
    lanes = []
    for host, queue in waiting.items():
        next_ones = [queue.popleft() for _ in range(min(len(queue), LANES * OF_A_LANE))]
        asks = [_ask(counter, impression, at=at) for counter, impression in next_ones]
        lanes += [
            _Lane(host, asks[first : first + OF_A_LANE]) for first in range(0, len(asks), OF_A_LANE)
        ]
    TagTold.objects.bulk_create(ask.told for lane in lanes for ask in lane.asks)
    return lanes


def _ask(counter: TagCounter, impression: BilledImpression, *, at: dt.datetime) -> _Ask:
    draw = impression.decision_id.int % _DRAWS
    told = TagTold(counter=counter, decision_id=impression.decision_id, told_at=at)
    return _Ask(told, fill_macros(counter.url, at=impression.viewed_at, draw=draw))


def _run(asks: Sequence[_Ask], *, outside: Outside) -> _Answer:
    """Ask one after the other, in a thread, until a round is over or nobody is there."""
    until, codes, silences = monotonic() + LANE_S, list[str](), 0
    for ask in asks:
        if monotonic() >= until or silences == SILENCES:
            break
        code = ""
        try:
            outside.fetch(ask.url, most_bytes=COUNTER_BYTES, within_s=COUNTER_S)
        except Refusal as refusal:
            code = refusal.code
        silences = silences + 1 if code == OutsideIsSilent.code else 0
        codes.append(code)
    return _Answer(codes, is_silent=silences == SILENCES)


def _write(lane: _Lane, answer: _Answer) -> int:
    """Write down who failed, and that those were not told whose turn never came."""
    left = [ask.told.pk for ask in lane.asks[len(answer.codes) :]]
    TagTold.objects.filter(pk__in=left).delete()
    failed = [
        TagTold(pk=ask.told.pk, failed_code=code)
        for ask, code in zip(lane.asks, answer.codes, strict=False)
        if code
    ]
    TagTold.objects.bulk_update(failed, ["failed_code"])
    return len(answer.codes)
