"""Who pays for which beacon: each is billed once, or rejected with a reason both sides can read.

The reasons follow the MRC's general invalid traffic filtration; the first that applies is given.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from takings.ads.rules.lines import Pricing
from takings.ads.rules.pricing import VIEWED_MS, is_paid_for, least_age
from takings.ads.rules.tokens import Decision, ForgedToken, KeyRing
from takings.money import Money
from takings.policies.rules import AdRule


class Reason(StrEnum):
    """Why an impression is not billed."""

    FORGED = "forged"
    UNKNOWN_LEASE = "unknown_lease"
    OTHER_VIEWER = "other_viewer"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    OWN_BRAND = "own_brand"
    ROBOT = "robot"
    MACHINES = "machines"
    DUPLICATE = "duplicate"
    OVER_BUDGET = "over_budget"

    @property
    def sentence(self) -> str:
        """The reason as advertisers and creators read it."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.FORGED: "The token was not signed by this platform.",
    Reason.UNKNOWN_LEASE: "The token names no reserved budget of this campaign.",
    Reason.OTHER_VIEWER: "The ad was chosen for one viewer and reported by another.",
    Reason.EXPIRED: "The report arrived after the decision had expired.",
    Reason.TOO_EARLY: "The report arrived sooner after the decision than anyone can have watched.",
    Reason.OWN_BRAND: "The viewer is a member of the advertising brand.",
    Reason.ROBOT: "The viewer's client is a declared robot, or does not say what it is.",
    Reason.MACHINES: "It came from a network of machines, or from one on our list.",
    Reason.DUPLICATE: "This decision was billed before; it is billed once.",
    Reason.OVER_BUDGET: "The budget reserved for this ad was spent or given back before.",
}


SEEN = "ad_viewable"
"""Every ad that is seen has one: of what names no line item, only these are written down."""


@dataclass(frozen=True, slots=True)
class Beacon:
    """One event of an ad as the collector received it; ``event`` is its type.

    What is paid for as the consequence of an earlier one was ``seen_at`` then.
    """

    event_id: uuid.UUID
    token: str
    viewer_id: uuid.UUID
    received_at: dt.datetime
    is_robot: bool = False
    of_machines: bool = False
    event: str = SEEN
    watched_ms: int = 0
    seen_at: dt.datetime | None = None

    @property
    def happened_at(self) -> dt.datetime:
        """When what is billed happened: its day is that of the view, whenever it is paid for."""
        return self.seen_at or self.received_at


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a beacon: billed when ``reason`` is None. A forged token has no decision.

    ``lease_id`` pays: the decision's lease, an older one of its line item, or a new one that is
    named as the decision is.
    """

    beacon: Beacon
    decision: Decision | None
    reason: Reason | None
    lease_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What a lease may still be charged, what it was leased for and by whom, and who is not billed.

    ``own_viewers`` are the brand's people. Where it has too little, one of ``others`` may pay, or a
    new lease out of all its ``pots``.
    """

    campaign_id: uuid.UUID
    line_item_id: uuid.UUID
    pricing: Pricing
    left: Money
    own_viewers: frozenset[uuid.UUID] = frozenset()
    brand_id: int = 0
    others: tuple[uuid.UUID, ...] = ()
    pots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the books say before a batch is judged.

    ``pots`` is what nobody holds: of line items and campaigns, and of what brands paid in.
    """

    rooms: Mapping[uuid.UUID, Room]
    billed: Collection[uuid.UUID] = frozenset()
    durations_ms: Mapping[uuid.UUID, int] = field(default_factory=dict)
    pots: Mapping[str, Money] = field(default_factory=dict)


Read = tuple[Beacon, Decision | None]
RuleAt = Callable[[dt.datetime], AdRule]
Left = dict[uuid.UUID | str, Money]


def read_beacons(beacons: Iterable[Beacon], *, ring: KeyRing) -> list[Read]:
    """Return each beacon once, in the order of arrival, with its decision (None: forged).

    An event id that comes twice is the same beacon sent twice: a retry, not a second view.
    """
    once: dict[uuid.UUID, Beacon] = {}
    for beacon in beacons:
        once.setdefault(beacon.event_id, beacon)
    ordered = sorted(once.values(), key=lambda beacon: (beacon.received_at, beacon.event_id))
    return [(beacon, _decision(beacon.token, ring)) for beacon in ordered]


def judge(read: Iterable[Read], *, known: Known, rule_at: RuleAt) -> list[Verdict]:
    """Return a verdict for every beacon its line item might pay for; others are left out.

    No lease is charged more than its room, and no pot more than it holds.

    Earlier beacons of the batch count: of two for one decision, the second is a duplicate. Each is
    judged by the rule of the instant at which its ad was chosen.
    """
    billed = set(known.billed)
    left = left_of(known)
    verdicts = []
    for beacon, decision in read:
        if not _matters(beacon, decision, known=known):
            continue
        if decision is None:
            verdicts.append(Verdict(beacon, None, Reason.FORGED))
            continue
        reason = _flaw(beacon, decision, known=known, rule=rule_at(decision.issued_at))
        if reason is None and _was_viewed(decision, known=known, billed=billed):
            continue
        if reason is None and decision.decision_id in billed:
            reason = Reason.DUPLICATE
        payer = find_payer(decision, known=known, left=left) if reason is None else None
        if payer is not None:
            billed.add(decision.decision_id)
        elif reason is None:
            reason = Reason.OVER_BUDGET
        verdicts.append(Verdict(beacon, decision, reason, payer))
    return verdicts


def left_of(known: Known) -> Left:
    """Return what each lease and each pot still has, to be taken from."""
    left: Left = {lease_id: room.left for lease_id, room in known.rooms.items()}
    return left | dict(known.pots)


def find_payer(decision: Decision, *, known: Known, left: Left) -> uuid.UUID | None:
    """Return the lease that pays a decision and take the price out of it; None: no money is left.

    What the decision's own lease has not, an older one of the line item may have; then whatever
    nobody holds, in a new lease that is named as the decision is.
    """
    room = known.rooms[decision.lease_id]
    for lease_id in (decision.lease_id, *room.others):
        if left[lease_id] >= decision.price:
            left[lease_id] -= decision.price
            return lease_id
    if not room.pots or any(left[pot] < decision.price for pot in room.pots):
        return None
    for pot in room.pots:
        left[pot] -= decision.price
    return decision.decision_id


def _matters(beacon: Beacon, decision: Decision | None, *, known: Known) -> bool:
    """Tell whether a beacon is of the kind that its line item pays for."""
    room = known.rooms.get(decision.lease_id) if decision else None
    if room is None:
        return beacon.event == SEEN
    return is_paid_for(beacon.event, watched_ms=beacon.watched_ms, pricing=room.pricing)


def _was_viewed(decision: Decision, *, known: Known, billed: Collection[uuid.UUID]) -> bool:
    """Tell whether a completed view is paid for already: its click or its end is no duplicate."""
    pricing = known.rooms[decision.lease_id].pricing
    return pricing is Pricing.CPV and decision.decision_id in billed


def _flaw(beacon: Beacon, decision: Decision, *, known: Known, rule: AdRule) -> Reason | None:
    """Return what is wrong with a beacon by itself."""
    room = known.rooms.get(decision.lease_id)
    if room is None or room.campaign_id != decision.campaign_id:
        return Reason.UNKNOWN_LEASE
    age = beacon.received_at - decision.issued_at
    earliest = least_age(
        beacon.event,
        viewable_ms=rule.viewable_ms,
        duration_ms=known.durations_ms.get(decision.creative_id, VIEWED_MS),
    )
    checks = {
        Reason.OTHER_VIEWER: beacon.viewer_id != decision.viewer_id,
        Reason.EXPIRED: age > dt.timedelta(seconds=rule.token_ttl_s),
        Reason.TOO_EARLY: age < earliest,
        Reason.OWN_BRAND: beacon.viewer_id in room.own_viewers,
        Reason.ROBOT: beacon.is_robot,
        Reason.MACHINES: beacon.of_machines,
    }
    return next((reason for reason, applies in checks.items() if applies), None)


def _decision(token: str, ring: KeyRing) -> Decision | None:
    try:
        return ring.read(token)
    except ForgedToken:
        return None
