"""One simulated day of ads: budgets spent as planned, by eight servers that hear of it late.

Value: what the shown ads were worth to their advertisers when the pace multiplies the bid, as a
part of what they are worth without any budgets. Baseline: the same day when the pace is the part
of auctions that a campaign takes part in (probabilistic throttling). Decisions, prices, leases
and paces are the product's own rules; what was seen is known twenty seconds later.
"""

import datetime as dt
import random
import uuid
from bisect import bisect
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from bench._shape import QUICK, Stopwatch, check, report
from takings.ads.rules.auction import Won, decide
from takings.ads.rules.leases import LEASE_LIFE, lease_size, may_be_closed
from takings.ads.rules.lifts import Lifts
from takings.ads.rules.lines import LineItem, Opportunity, Pricing, Sale
from takings.ads.rules.pacing import (
    FIRST_BID_PPM,
    FIRST_PART_PPM,
    Spending,
    next_pace,
    planned_part,
    running_day,
)
from takings.ads.rules.rates import PRIOR_PPM, Rates
from takings.ads.rules.snapshot import TURNS, Bid, Snapshot, build_snapshot
from takings.money import Money

CAMPAIGNS, REQUESTS = (60, 60_000) if QUICK else (200, 300_000)
SERVERS = 8
HEARD_AFTER = dt.timedelta(seconds=20)
TOKEN_TTL_S = 1_800
FLOOR_MICROS = 500
PLACES = 20
PRIOR_ODDS = PRIOR_PPM[Pricing.VCPM] / (1e6 - PRIOR_PPM[Pricing.VCPM])
CURVE = (2, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 8, 7, 6, 6, 7, 8, 10, 13, 15, 14, 10, 5)
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
ALWAYS = (NOON - dt.timedelta(days=9), NOON + dt.timedelta(days=9))
DAY = running_day(NOON, time_zone="Europe/Berlin", runs=ALWAYS)
MINUTE = dt.timedelta(minutes=1)
LATE = dt.timedelta(hours=3)
ENDLESS_MICROS = 10**15


@dataclass(frozen=True)
class Market:
    """Who bids, what is likely where, who watches when: the same for every policy."""

    items: Sequence[LineItem]
    rates: Rates
    requests: Sequence[tuple[dt.datetime, str, int, float]]
    """When, where, at which server, and the luck that decides whether the ad is seen."""


@dataclass(eq=False)
class Lease:
    """Money of a campaign at one server."""

    item_id: uuid.UUID
    amount: int
    expires_at: dt.datetime
    promised: int = 0
    charged: int = 0


@dataclass
class Account:
    """A campaign's budget of the day, what is held or spent of it, and its pace."""

    budget: int
    pace_ppm: int
    committed: int = 0
    spent: int = 0
    spent_before: int = 0
    farthest: float = 0.0
    held: dict[int, Lease] = field(default_factory=dict)
    used_before: dict[int, int] = field(default_factory=dict)


def make_market() -> Market:
    """Make campaigns whose ads are seen more in some places than in others, and a day's viewers."""
    dice = random.Random(5)  # noqa: S311 - the same day every time
    places = [f"place {n}" for n in range(PLACES)]
    items, own = [], {}
    for number in range(1, CAMPAIGNS + 1):
        item_id, creative = uuid.UUID(int=1_000 + number), uuid.UUID(int=number)
        items.append(
            LineItem(
                id=item_id,
                campaign_id=item_id,
                advertiser_id=number,
                creative_ids=(creative,),
                pricing=Pricing.VCPM,
                bid_micros=round(dice.lognormvariate(8.5, 0.5)),
                starts_at=DAY.starts_at,
                ends_at=DAY.ends_at,
                sale=Sale.AUCTION,
            )
        )
        chances = {one: min(0.95, dice.lognormvariate(12.3, 0.6) / 1e6) for one in places}
        own[item_id] = {
            f"placement={one}": round(1e6 * chance / (1 - chance) / PRIOR_ODDS)
            for one, chance in chances.items()
        }
    weights = list(accumulate(CURVE))
    times = []
    for _ in range(REQUESTS):
        hour = bisect(weights, dice.random() * weights[-1])
        times.append(DAY.starts_at + dt.timedelta(hours=hour + dice.random()))
    return Market(
        items,
        Rates(lifts={Pricing.VCPM: Lifts(items=own)}),
        [(at, dice.choice(places), dice.randrange(SERVERS), dice.random()) for at in sorted(times)],
    )


class Day:
    """One policy's day over a market. ``throttles`` says what a pace does."""

    def __init__(
        self, market: Market, budgets: Mapping[uuid.UUID, int], *, throttles: bool
    ) -> None:
        """Begin at midnight with nothing spent."""
        self._market, self._throttles = market, throttles
        first = FIRST_PART_PPM if throttles else FIRST_BID_PPM
        self.accounts = {
            item.id: Account(
                budgets.get(item.id, ENDLESS_MICROS), first if item.id in budgets else FIRST_BID_PPM
            )
            for item in market.items
        }
        self.value = 0.0
        self.shown = 0
        self._paced = dict.fromkeys(budgets)
        self._seen: deque[tuple[dt.datetime, Lease, int]] = deque()
        self._leases: deque[Lease] = deque()
        self._retired: deque[Lease] = deque()
        self._dice = random.Random(6)  # noqa: S311 - the same day every time
        self._planned = 0.0
        self._broke = 0  # ranks without money, until the next minute
        self._unpaced = build_snapshot(market.items, rates=market.rates)

    def live(self) -> None:
        """Let the day pass."""
        minute = DAY.starts_at
        snapshot, turns = self._snapshot()
        for at, place, server, luck in self._market.requests:
            while at >= minute + MINUTE:
                minute += MINUTE
                self._settle(minute)
                self._pace(minute)
                snapshot, turns = self._snapshot()
                self._broke = 0
            self._settle(at)
            here = Opportunity(
                at=at,
                draw=self._dice.getrandbits(30),
                placement=place,
                floor_micros=FLOOR_MICROS,
            )
            leases: list[Lease] = []

            def reserve(bid: Bid, price: int) -> uuid.UUID | None:
                lease = self._lease(bid.item, price, server=server, at=at)  # noqa: B023 - used now
                if lease is None:
                    self._broke |= 1 << bid.rank
                    return None
                leases.append(lease)  # noqa: B023 - the same
                return bid.item.id

            without = turns[here.draw % TURNS] | self._broke
            won = decide(snapshot, here=here, reserve=reserve, without=without)
            if isinstance(won, Won):
                self._show(won, leases[0], at=at, luck=luck)
        self._settle(DAY.ends_at + LATE)

    def _show(self, won: Won, lease: Lease, *, at: dt.datetime, luck: float) -> None:
        """Promise the price; what is seen is heard of later, what is not costs nothing."""
        lease.promised += won.price_micros
        chance = won.chance_ppm / 1e6
        self.value += won.item.bid_micros * chance
        self.shown += 1
        if luck < chance:
            self._seen.append((at + HEARD_AFTER, lease, won.price_micros))

    def _snapshot(self) -> tuple[Snapshot, list[int]]:
        """Index the market at the present paces; return who sits out which turn as well."""
        paces = {item_id: one.pace_ppm for item_id, one in self.accounts.items()}
        if not self._paced:
            return self._unpaced, [0] * TURNS
        if not self._throttles:
            items = [replace(item, pace_ppm=paces[item.id]) for item in self._market.items]
            return build_snapshot(items, rates=self._market.rates), [0] * TURNS
        snapshot = self._unpaced
        paced = [(1 << b.rank, paces[b.item.id]) for b in snapshot.bids if b.item.id in self._paced]
        turns = [
            sum(bit for bit, pace in paced if self._dice.random() * 1e6 >= pace)
            for _ in range(TURNS)
        ]
        return snapshot, turns

    def _lease(self, item: LineItem, price: int, *, server: int, at: dt.datetime) -> Lease | None:
        """Return a lease of this server with room for the price, a new one if need be."""
        account = self.accounts[item.id]
        held = account.held.get(server)
        if held and held.promised + price <= held.amount and at < held.expires_at:
            return held
        if held:
            account.used_before[server] = held.promised // price
        left = Money(account.budget - account.committed, "USD")
        size = lease_size(
            price=Money(item.bid_micros, "USD"),
            left=left,
            used_before=account.used_before.get(server, 0),
        ).micros
        if size < price:
            return None
        account.committed += size
        lease = account.held[server] = Lease(item.id, size, at + LEASE_LIFE)
        self._leases.append(lease)
        return lease

    def _settle(self, now: dt.datetime) -> None:
        """Charge what was heard of, take back what expired, close what nobody can claim."""
        while self._seen and self._seen[0][0] <= now:
            _, lease, price = self._seen.popleft()
            lease.charged += price
            self.accounts[lease.item_id].spent += price
        while self._leases and self._leases[0].expires_at <= now:
            lease = self._leases.popleft()
            self.accounts[lease.item_id].committed -= lease.amount - lease.promised
            self._retired.append(lease)
        while self._retired and may_be_closed(
            expires_at=self._retired[0].expires_at, token_ttl_s=TOKEN_TTL_S, at=now
        ):
            lease = self._retired.popleft()
            self.accounts[lease.item_id].committed -= lease.promised - lease.charged

    def _pace(self, now: dt.datetime) -> None:
        """Move every paced campaign by the rule, and note how far from its plan it is."""
        planned = float(planned_part(now, day=DAY, curve=CURVE))
        for item_id in self._paced:
            account = self.accounts[item_id]
            spending = Spending(
                budget_micros=account.budget,
                planned_micros=int(account.budget * planned),
                spent_micros=account.spent,
                planned_now_micros=int(account.budget * (planned - self._planned)),
                spent_now_micros=account.spent - account.spent_before,
            )
            sale = Sale.FIXED if self._throttles else Sale.AUCTION
            account.pace_ppm = next_pace(account.pace_ppm, spending=spending, sale=sale)
            account.spent_before = account.spent
            away = abs(account.spent / account.budget - planned)
            account.farthest = max(account.farthest, away)
        self._planned = planned


def live(market: Market, budgets: Mapping[uuid.UUID, int], *, throttles: bool, name: str) -> Day:
    """Live a day, and check that nobody spent more than the budget."""
    day = Day(market, budgets, throttles=throttles)
    with Stopwatch().stage(name, units=REQUESTS):
        day.live()
    if budgets:
        most = max(day.accounts[one].spent / budget for one, budget in budgets.items())
        check(f"{name}: at most {most:.2%} of a budget is spent", found=most <= 1, expected=True)
    return day


def farthest(day: Day, budgets: Mapping[uuid.UUID, int]) -> tuple[float, float]:
    """Return the mean and the 95th percentile of the largest distance from the plan."""
    found = sorted(day.accounts[one].farthest for one in budgets)
    return sum(found) / len(found), found[int(len(found) * 0.95)]


def main() -> None:
    """Live the day without budgets, give two in five campaigns one, and live it again twice."""
    market = make_market()
    free = live(market, {}, throttles=False, name="no budgets")
    dice = random.Random(8)  # noqa: S311 - the same budgets every time
    wanted = {one: account.spent for one, account in free.accounts.items() if account.spent}
    chosen = sorted(wanted, key=lambda one: -wanted[one])[: CAMPAIGNS * 2 // 5]
    budgets = {one: int(wanted[one] * dice.uniform(0.2, 0.6)) for one in chosen}
    worth, p95 = {}, {}
    for name, throttles in (("multiplied bids", False), ("throttling", True)):
        day = live(market, budgets, throttles=throttles, name=name)
        worth[name] = day.value / free.value
        mean, p95[name] = farthest(day, budgets)
        spent = sum(account.spent for account in day.accounts.values())
        paced = sum(day.accounts[one].spent for one in budgets) / sum(budgets.values())
        print(
            f"{name}: worth {worth[name]:.1%}, paid ${spent / 1e6:,.2f}, budgets used {paced:.1%}, "
            f"filled {day.shown / REQUESTS:.1%}, from the plan {mean:.1%}, p95 {p95[name]:.1%}"
        )
    check(
        f"the 95th percentile of the distance from the plan, {p95['multiplied bids']:.1%}, is at "
        "most 15 %",
        found=p95["multiplied bids"] <= 0.15,
        expected=True,
    )
    report(
        "ads_pacing",
        "worth of shown ads, as a part of that without budgets",
        value=worth["multiplied bids"],
        unit="part",
        baseline=worth["throttling"],
    )


if __name__ == "__main__":
    main()
