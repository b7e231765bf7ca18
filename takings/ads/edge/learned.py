"""What an ad server learned of partners, until its thread writes it down."""

import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from takings.ads.actions import NoticeDraft, Rest, SeenCreative, Traffic, record_partner_traffic
from takings.ads.actions.partner_traffic import PartnerKey
from takings.ads.models import PartnerNotice
from takings.ads.rules.outbids import Facts, GivenBid, fill_notice
from takings.ads.rules.outside import BadOutsideAddress, check_address
from takings.ads.rules.partners import LOSS, Outcome
from takings.ads.rules.tags import IMPRESSION, read_tag
from takings.core.errors import Refusal

MOST_HELD = 2_000
"""So many bids to tell of, and new ads, wait to be written; what is more is forgotten."""
COUNTING = frozenset({"Impression"})


@dataclass(frozen=True, slots=True)
class Ended:
    """A bid that won, or lost for a reason; ``decision_id`` is the auction's where it lost.

    An offer that won here may lose with a site, which tells nobody: it has won once it is charged.
    """

    partner_id: uuid.UUID
    decision_id: uuid.UUID
    facts: Facts
    given: GivenBid
    loss: Outcome | None = None
    is_offer: bool = False


@dataclass(slots=True)
class _Heap:
    counts: Counter[PartnerKey] = field(default_factory=Counter)
    deal_counts: Counter[PartnerKey] = field(default_factory=Counter)
    deal_wins: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)
    seen: dict[tuple[uuid.UUID, str], SeenCreative] = field(default_factory=dict)
    rests: dict[uuid.UUID, Rest] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.counts or self.deal_counts or self.rests)


class Learned:
    """Told by requests, written by another thread, so there is a lock.

    A statistic: a server that is killed loses its last two seconds of it, never money.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._heap = _Heap()

    def count(self, partner_id: uuid.UUID, outcome: Outcome, *, at: dt.datetime) -> None:
        """Count what became of a question or a bid."""
        with self._lock:
            self._heap.counts[partner_id, at.date(), outcome] += 1

    def count_deal(
        self,
        deal_id: uuid.UUID,
        outcome: Outcome,
        *,
        at: dt.datetime,
        decision_id: uuid.UUID | None = None,
    ) -> None:
        """Count that a deal was offered, or what became of a bid on it: which decision it won."""
        with self._lock:
            self._heap.deal_counts[deal_id, at.date(), outcome] += 1
            if decision_id is not None:
                self._heap.deal_wins[decision_id] = deal_id

    def end(self, ended: Ended) -> None:
        """Remember a bid whose bidder may want to be told."""
        is_silent = ended.loss and (ended.loss not in LOSS or not ended.given.lurl)
        with self._lock:
            if not is_silent and len(self._heap.ended) < MOST_HELD:
                self._heap.ended.append(ended)

    def see(self, creative: SeenCreative) -> None:
        """Remember an ad that is not known."""
        with self._lock:
            if len(self._heap.seen) < MOST_HELD:
                self._heap.seen.setdefault((creative.partner_id, creative.crid), creative)

    def rest(self, rest: Rest) -> None:
        """Remember that a partner is left alone, or is no more."""
        with self._lock:
            self._heap.rests[rest.partner_id] = rest

    def write(self, *, server: str, at: dt.datetime) -> None:
        """Write what was learned; what cannot be written now is written the next time."""
        with self._lock:
            heap, self._heap = self._heap, _Heap()
        if not heap:
            return
        traffic = Traffic(
            counts=heap.counts,
            notices=[notice for ended in heap.ended for notice in _notices(ended)],
            seen=list(heap.seen.values()),
            rests=list(heap.rests.values()),
            deal_counts=heap.deal_counts,
            deal_wins=heap.deal_wins,
        )
        try:
            record_partner_traffic(server=server, traffic=traffic, at=at)
        except Exception:
            with self._lock:
                newer, self._heap = self._heap, heap
                heap.counts += newer.counts
                heap.deal_counts += newer.deal_counts
                heap.deal_wins |= newer.deal_wins
                heap.ended += newer.ended
                heap.seen |= newer.seen
                heap.rests |= newer.rests
            raise


def _notices(ended: Ended) -> Iterator[NoticeDraft]:
    """Yield the addresses to ask of a bid, each once; what we may not ask is left out."""
    kinds = PartnerNotice.Kind
    if ended.loss is not None:
        wanted = {ended.given.lurl: kinds.LOSS}
    else:
        counters = (*_counters(ended.given), ended.given.burl)
        won = kinds.CHARGE if ended.is_offer else kinds.WIN
        wanted = {ended.given.nurl: won} | dict.fromkeys(counters, kinds.CHARGE)
    for url, kind in wanted.items():
        filled = fill_notice(url or "", facts=ended.facts, bid=ended.given, loss=ended.loss)
        try:
            check_address(filled)
        except BadOutsideAddress:
            continue
        yield NoticeDraft(ended.partner_id, kind, ended.decision_id, filled)


def _counters(bid: GivenBid) -> tuple[str, ...]:
    """Return the addresses by which a bid's own VAST counts impressions."""
    try:
        found = read_tag((bid.adm or "").encode(), counting=COUNTING)
    except Refusal:
        return ()
    return tuple(one.url for one in found.counters if one.event == IMPRESSION)
