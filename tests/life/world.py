"""The cast of a random life: advertisers, creators, operators, made once, reborn in each life."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from takings.ads.models import Campaign, Lease
from takings.ads.rules.judging import Beacon
from takings.core import ids
from takings.payouts.rules.withholding import TaxForm
from takings.people.models import User
from tests.make.ads import Wanted, make_beacon, make_campaign, make_decision
from tests.make.ledger import usd
from tests.make.payouts import ADA, BY_HAND, american, make_method, make_verified
from tests.make.people import make_operator
from tests.make.settlement import OCTOBER, Act, make_act
from tests.make.videos import make_track

PRICES = ("4.25", "917.003")
"""CPMs of the two campaigns; the second makes amounts that nothing divides."""
PAYEES = {"Ada": ADA, "Ben": replace(ADA, tax_form=TaxForm.NONE), "Dan": american()}


@dataclass(frozen=True, slots=True)
class World:
    """Who is there before anything happens."""

    campaigns: Sequence[Campaign]
    acts: Sequence[Act]
    maker: User
    other: User
    payees: frozenset[str]


def make_world() -> World:
    """Make two advertisers without money, and creators with 0, 1, 2 tracks; Dan does not share.

    All but Cleo may be paid out; of Ben, who gave no form, the United States withhold.
    """
    north, south = make_track("A", holder="north"), make_track("B", holder="south")
    wanted = [Wanted(cpm=usd(cpm), budget=usd(5_000), deposit=None) for cpm in PRICES]
    acts = (
        make_act("Ada"),
        make_act("Ben", tracks=[north]),
        make_act("Cleo", tracks=[north, south]),
        make_act("Dan", tracks=[south], shares=False),
    )
    for act in acts:
        if act.creator.name in PAYEES:
            make_verified(act.creator, papers=PAYEES[act.creator.name], at=OCTOBER)
            make_method(act.creator, details=BY_HAND, at=OCTOBER)
    return World(
        campaigns=[make_campaign(wanted=one) for one in wanted],
        acts=acts,
        maker=make_operator("Max"),
        other=make_operator("Zoe"),
        payees=frozenset(PAYEES),
    )


def make_beacons(lease: Lease, *, country: str, count: int, at: dt.datetime) -> list[Beacon]:
    """Let so many viewers see the lease's ad, whether or not the lease pays for them all."""
    decisions = (make_decision(lease, country=country, at=at) for _ in range(count))
    return [make_beacon(decision) for decision in decisions]


def fresh_id(at: dt.datetime) -> UUID:
    """Return an id of this instant."""
    return ids.uuid7(at=at)
