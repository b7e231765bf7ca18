"""One decision: the best of the dearest twenty who may run here, and what its advertiser pays.

A fixed price pays itself. An auction pays what it took to win: the least bid that would still have
beaten the best rival of another advertiser, each weighed by chance and quality, and the floor.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from takings.ads.rules.frequency import campaign_key, full_caps
from takings.ads.rules.lifts import where_of
from takings.ads.rules.lines import MILLION, LineItem, Opportunity, Sale
from takings.ads.rules.snapshot import Bid, Snapshot, weigh

TOP = 20
"""So many are weighed anew by what is known of this place; the rank alone loses a sixth."""
_WORD_BITS = 256
_WORD = (1 << _WORD_BITS) - 1


class Passed(StrEnum):
    """Why a candidate that fitted was passed over."""

    NOT_NOW = "not_now"
    CAPPED = "capped"
    BELOW_FLOOR = "below_floor"
    NO_MONEY = "no_money"


class SetBy(StrEnum):
    """What made the price."""

    OWN_PRICE = "own_price"
    RUNNER_UP = "runner_up"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Won:
    """The ad that is shown.

    ``price_micros`` is for one event of its pricing, of which ``chance_ppm`` are expected in a
    million impressions.
    ``is_predicted`` says that what the place does to it was learned.
    ``runner_up_id`` is the best rival of another advertiser, of ``rival_count`` weighed; ``passed``
    holds the line items that fitted but could not run.
    """

    item: LineItem
    creative_id: UUID
    price_micros: int
    chance_ppm: int
    set_by: SetBy
    lease_id: UUID
    runner_up_id: UUID | None
    rival_count: int
    passed: dict[UUID, Passed]
    is_predicted: bool = False


@dataclass(frozen=True, slots=True)
class NobodyWon:
    """No ad: nobody fitted, or those in ``passed`` could not run."""

    passed: dict[UUID, Passed]


Reserve = Callable[[Bid, int], UUID | None]
"""Promises a price in micro-units; returns the lease that pays, or None without room."""


def decide(
    snapshot: Snapshot,
    *,
    here: Opportunity,
    reserve: Reserve,
    without: int = 0,
    outside: Sequence[Bid] = (),
) -> Won | NobodyWon:
    """Return who wins an opportunity, paid for; ``without`` are ranks known to have no money.

    ``outside`` are bids that line items among ``without`` make only here, which fit.

    Who has no room for its price is passed over, and all is weighed again without it.
    """
    passed: dict[UUID, Passed] = {}
    eligible = snapshot.eligible(here) & ~without
    while bids := [
        *candidates(snapshot, eligible, here=here, passed=passed),
        *(bid for bid in outside if bid.item.id not in passed),
    ]:
        best = max([bid.worth for bid in bids])
        equals = [bid for bid in bids if bid.worth == best]
        winner = equals[here.draw % len(equals)]
        rival = _rival(bids, of=winner)
        price_micros, set_by = price(winner, rival=rival, floor_micros=here.floor_micros)
        lease_id = reserve(winner, price_micros)
        if lease_id is None:
            passed[winner.item.id] = Passed.NO_MONEY
            eligible &= ~(1 << winner.rank)
            continue
        return Won(
            item=winner.item,
            creative_id=winner.creative_ids[here.draw // len(equals) % len(winner.creative_ids)],
            price_micros=price_micros,
            chance_ppm=winner.chance_ppm,
            set_by=set_by,
            lease_id=lease_id,
            runner_up_id=rival.item.id if rival else None,
            rival_count=len(bids) - 1,
            passed=passed,
            is_predicted=winner.item.pricing in snapshot.rates.lifts,
        )
    return NobodyWon(passed)


def candidates(
    snapshot: Snapshot, eligible: int, *, here: Opportunity, passed: dict[UUID, Passed]
) -> list[Bid]:
    """Return the bids of the first ``TOP`` that may run; those passed over are noted."""
    bids: list[Bid] = []
    weighed = 0
    at, bids_here = here.at, snapshot.bids_at(here)
    capped, seen = snapshot.capped, frozenset(here.seen)
    least = here.floor_micros * MILLION * MILLION
    for rank in _ranks(eligible):
        if weighed == TOP:
            break
        found = bids_here[rank]
        item = found.item
        if not item.starts_at <= at < item.ends_at:
            passed[item.id] = Passed.NOT_NOW
            continue
        was_seen = not capped[rank].isdisjoint(seen)
        bid = _uncapped_bid(snapshot, found, here=here, passed=passed) if was_seen else found
        if bid is None:
            continue
        weighed += 1
        if item.sale == Sale.AUCTION and bid.worth < least * item.quality_bp:
            passed[item.id] = Passed.BELOW_FLOOR
        else:
            bids.append(bid)
    return bids


def _ranks(eligible: int) -> Iterator[int]:
    """Yield the set bits, the lowest first; a word at a time, for long integers are slow."""
    first = 0
    while eligible:
        word = eligible & _WORD
        while word:
            lowest = word & -word
            yield first + lowest.bit_length() - 1
            word ^= lowest
        eligible >>= _WORD_BITS
        first += _WORD_BITS


def _uncapped_bid(
    snapshot: Snapshot, bid: Bid, *, here: Opportunity, passed: dict[UUID, Passed]
) -> Bid | None:
    """Return the bid with the creatives that this viewer may still see; None without any."""
    item = bid.item
    creative_ids = uncapped(item, here)
    if not creative_ids:
        passed[item.id] = Passed.CAPPED
        return None
    if len(creative_ids) == len(item.creative_ids):
        return bid
    return weigh(
        item,
        creative_ids=creative_ids,
        rates=snapshot.rates,
        where=where_of(here),
        rank=bid.rank,
    )


def price(bid: Bid, *, rival: Bid | None, floor_micros: int) -> tuple[int, SetBy]:
    """Return what the winner pays for one event, in micro-units, and what set it.

    Rounded up, so that it would still have won; an auction pays at least one micro-unit.
    """
    item = bid.item
    if item.sale == Sale.FIXED:
        return item.bid_micros, SetBy.OWN_PRICE
    by_floor = max(1, -(-floor_micros * MILLION // bid.chance_ppm))
    if rival is None:
        return by_floor, SetBy.FLOOR
    by_rival = -(-rival.worth // (bid.chance_ppm * MILLION * item.quality_bp))
    return max((by_rival, SetBy.RUNNER_UP), (by_floor, SetBy.FLOOR))


def uncapped(item: LineItem, here: Opportunity) -> tuple[UUID, ...]:
    """Return the creatives that this viewer may still see; none when the item itself is capped."""
    full = full_caps(item, seen=here.seen, at=here.at)
    if not full:
        return item.creative_ids
    if full & {item.id, item.campaign_id, campaign_key(item.campaign_id)}:
        return ()
    return tuple(one for one in item.creative_ids if one not in full)


def _rival(bids: list[Bid], *, of: Bid) -> Bid | None:
    """Return the best bid of another advertiser: nobody bids against oneself."""
    own, best, most = of.item.advertiser_id, None, 0
    for bid in bids:
        if bid.worth > most and bid.item.advertiser_id != own:
            best, most = bid, bid.worth
    return best
