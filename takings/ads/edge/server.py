"""The ad server of one process: decides from memory, refreshes from the database in between."""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from zlib import crc32

from takings.ads import actions, queries
from takings.ads.actions import ClickDraft, LeaseRequest
from takings.ads.edge.noted import Noted
from takings.ads.edge.posts import Posts
from takings.ads.edge.purse import HeldLease, Purse
from takings.ads.edge.stock import NO_CLIENT, Spot, Stock
from takings.ads.models import Lease
from takings.ads.models import LineItem as Row
from takings.ads.rules.auction import NobodyWon, Won, decide
from takings.ads.rules.conversions import make_click_id, with_click_id
from takings.ads.rules.limits import NO_LIMITS, Limits
from takings.ads.rules.lines import SOLD, LineItem, Opportunity, Pricing
from takings.ads.rules.outbids import OutsideBid
from takings.ads.rules.outward import Place
from takings.ads.rules.partners import Outcome
from takings.ads.rules.pricing import promised_micros
from takings.ads.rules.rates import Rates
from takings.ads.rules.rivals import Payer, Shown, subjects_of
from takings.ads.rules.serving import MEMBER, NoAd, Offer, explain_ad, why_nobody
from takings.ads.rules.snapshot import Bid, build_snapshot
from takings.ads.rules.targeting import Client
from takings.ads.rules.tokens import NO_VIDEO, Decision, KeyRing, Placement
from takings.core import clock, ids
from takings.core.errors import NotFound
from takings.money import Money
from takings.people.rules import Viewer
from takings.policies.queries import policy_at

RATES_LIFE = dt.timedelta(minutes=5)
"""The counts of a week change little in so long."""
CLICK_LIFE = dt.timedelta(hours=24)
_EVERYBODY = -1
"""Every rank, as bits."""
_SEED_BITS = (1 << 32) - 1


class UnknownAd(NotFound):
    """The campaign is over for so long that its clicks lead nowhere any more."""

    code = "unknown_ad"
    sentence = "This ad is over."


@dataclass(frozen=True, slots=True)
class Chosen:
    """A decision, signed, what the player shows for it, and how it was won."""

    decision: Decision
    token: str
    offer: Offer
    won: Won
    here: Opportunity

    @property
    def why(self) -> list[str]:
        """Why the viewer sees this ad, in sentences."""
        return explain_ad(
            self.won, brand=self.offer.brand, here=self.here, is_agreed=self.offer.is_agreed
        )


class AdServer:
    """Decides which ad comes next, without asking the database.

    ``refresh`` runs in another thread every two seconds: it loads the line items, leases money and
    gives it back, and writes the counts. Every decision is promised money of a lease, so what the
    servers decide together is within every budget, whatever they know of each other.
    """

    def __init__(self, *, name: str, keys: KeyRing, wake: Callable[[], None]) -> None:
        """Begin without line items; ``wake`` asks for a refresh soon (money runs low)."""
        self.name = name
        self._keys = keys
        self._wake = wake
        self._stock = Stock(build_snapshot([]), {}, {})
        self._purses: dict[uuid.UUID, Purse] = {}
        self._noted = Noted(seed=crc32(name.encode()))
        self._turn = 0
        self._posts = Posts()
        self._rates, self._rates_at = Rates(), dt.datetime.min.replace(tzinfo=dt.UTC)

    def decide(
        self,
        *,
        viewer: Viewer,
        after: uuid.UUID | None,
        at: dt.datetime,
        client: Client = NO_CLIENT,
        placement: Placement = Placement.FEED,
        limits: Limits = NO_LIMITS,
    ) -> Chosen | NoAd:
        """Choose an ad for a viewer, or say why there is none."""
        return self.decide_against((), spot=Spot(viewer, after, at, client, placement, limits))[0]

    def place(self, spot: Spot) -> Place:
        """Return what partners outside may bid on."""
        return Place(
            id=ids.uuid7(at=spot.at),
            placement=spot.placement.word,
            video_id=spot.after,
            floor_micros=max(self._stock.floor_micros, spot.limits.floor_micros),
            context=self._posts.context(spot.after),
            limits=spot.limits,
        )

    def decide_against(
        self, outside: Sequence[OutsideBid], *, spot: Spot
    ) -> tuple[Chosen | NoAd, dict[uuid.UUID, Outcome]]:
        """Choose among our line items and bids of partners; say what became of each of the latter.

        A partner's bid is its line item's, at the price of the bid, which it pays when it wins; at
        the price that was agreed for a deal it wins before all others. One of the platform's own is
        chosen where nobody wins, and never offered to others.
        """
        if spot.viewer.sees_no_ads(at=spot.at):
            return MEMBER, {}
        self._turn += 1
        stock, at, limits = self._stock, spot.at, spot.limits
        here = self._opportunity(spot)
        beside = self._noted.beside(spot) + self._posts.payers(spot.after)
        hidden = stock.hidden(spot) | stock.rivals(beside)
        fitting, outcomes = stock.fitting(
            outside, here=here, limits=limits, hidden=hidden, beside=beside
        )
        reserve = partial(self._reserve, stock=stock, at=at)
        choose = partial(decide, stock.snapshot, here=here, reserve=reserve)
        without = stock.silent | stock.broke | stock.unfit(limits) | hidden
        agreed = {one.line_item_id for one in outside if one.is_preferred}
        won = _decide(choose, fitting, agreed=agreed, without=without | stock.house)
        outcomes |= {one: Outcome.NO_MONEY for one in won.passed if one in outcomes}
        self._noted.sample(here, won, after=spot.after)
        if isinstance(won, NobodyWon) and stock.house and not limits.is_offer:
            own = choose(without=without | ~stock.house)
            won = own if isinstance(own, Won) else NobodyWon(won.passed | own.passed)
        if isinstance(won, NobodyWon):
            is_broke = bool(stock.snapshot.eligible(here) & stock.broke & ~stock.house)
            return why_nobody(won, is_broke=is_broke), outcomes
        chosen = self._chosen(won, spot, here=here, offer=stock.offer(won, outside))
        if won.item.id in outcomes:
            outcomes[won.item.id] = Outcome.WON
        return chosen, outcomes

    def _opportunity(self, spot: Spot) -> Opportunity:
        """Return what is known of a place, and who watches there."""
        context = self._posts.context(spot.after)
        stock, at, limits = self._stock, spot.at, spot.limits
        return Opportunity(
            at=at,
            draw=self._turn,
            country=spot.viewer.country,
            language=spot.client.language,
            device=spot.client.device,
            placement=spot.placement.word,
            age=spot.viewer.age,
            region=spot.viewer.region,
            creator=context.creator,
            keywords=context.keywords,
            categories=context.categories,
            floor_micros=max(stock.floor_micros, limits.floor_micros),
            blocked_categories=limits.blocked_categories | context.blocked_categories,
            seen=self._noted.exposures.seen(spot.viewer.viewer_id) if stock.capped else {},
        )

    def _chosen(self, won: Won, spot: Spot, *, here: Opportunity, offer: Offer) -> Chosen:
        """Sign what was decided, and count it."""
        decision = Decision(
            decision_id=ids.uuid7(at=spot.at),
            campaign_id=offer.campaign_id,
            lease_id=won.lease_id,
            creative_id=offer.creative_id,
            after_video_id=spot.after or NO_VIDEO,
            viewer_id=spot.viewer.viewer_id,
            price=Money(won.price_micros, offer.currency),
            country=spot.viewer.country,
            placement=spot.placement,
        )
        self._noted.count(decision, won, spot=spot, here=here, rates=self._rates)
        if won.item.pricing in SOLD and not spot.limits.is_offer:  # else perhaps never shown
            advertiser = offer.advertiser or won.item.advertiser_id
            payer = Payer(advertiser, subjects_of(offer.categories))
            self._noted.show(decision.viewer_id, Shown(spot.at, spot.after, payer))
        return Chosen(decision, self._keys.sign(decision), offer, won, here)

    def follow(
        self, *, token: str, viewer_id: uuid.UUID | None, at: dt.datetime, secret: str = ""
    ) -> str:
        """Return where a click leads, and remember the click.

        The address is the ad's own, never the request's, so this redirects nowhere else. A click
        that counts is named in it, signed with ``secret``; without one it is told nobody. A click
        that does not count still leads there. Refuses: ForgedToken, UnknownAd.
        """
        decision = self._keys.read(token)
        url = self._stock.landing_urls.get((decision.campaign_id, decision.creative_id))
        if url is None:
            raise UnknownAd
        flaws = {
            "other_viewer": viewer_id != decision.viewer_id,
            "expired": at - decision.issued_at > CLICK_LIFE,
        }
        click = ClickDraft(
            decision=decision,
            clicked_at=at,
            ignored_why=next((why for why, applies in flaws.items() if applies), ""),
        )
        self._noted.click(click)
        self._wake()
        if not secret or click.ignored_why:
            return url
        return with_click_id(url, make_click_id(decision.decision_id, secret=secret))

    def refresh(self, *, at: dt.datetime) -> None:
        """Write what happened, load what changed, settle old leases and take new ones."""
        self._noted.write(at=at)
        running = self._running(at=at)
        can_pay = _can_pay(running.values(), at=at)
        # What holds nothing goes on until its budget would pay for no further event.
        able = {one for one, item in running.items() if item.held_price or can_pay[one]}
        if self._settle(able, at=at):  # what came back may pay for others at once
            running = self._running(at=at)
            can_pay = _can_pay(running.values(), at=at)
        self._purses = {one: purse for one, purse in self._purses.items() if one in running}
        self._lease([item for one, item in running.items() if can_pay[one]], at=at)
        self._stock = self._load(running.values(), at=at)
        self._noted.exposures.learn(at=at)
        self._posts.look(running.values(), at=at)

    def _running(self, *, at: dt.datetime) -> dict[uuid.UUID, Row]:
        """Load the line items that run, and see that each has its purse."""
        running = {item.pk: item for item in queries.running_line_items(at=at)}
        for item in running.values():
            purse = self._purses.setdefault(item.pk, Purse(item.held_price))
            purse.price = item.held_price  # of one that never ran it may have changed
        return running

    def close(self, *, at: dt.datetime) -> None:
        """Write what happened and give back what was not promised."""
        self._noted.write(at=at)
        self._settle((), at=at)

    def _load(self, running: Collection[Row], *, at: dt.datetime) -> Stock:
        """Index the line items; equals are ordered anew each time, so that each gets its turn."""
        items = queries.line_items(running, at=at)
        snapshot = build_snapshot(
            items, rates=self._known_rates(items, at=at), seed=clock.to_ms(at) & _SEED_BITS
        )
        of_partners = queries.items_of_partners()
        partners = {bid.item.id: bid.rank for bid in snapshot.bids if bid.item.id in of_partners}
        return Stock(
            snapshot=snapshot,
            partners=partners,
            silent=sum(1 << rank for rank in partners.values()),
            offers={(one.campaign_id, one.creative_id): one for one in queries.offers(running)},
            landing_urls=queries.landing_urls(at=at),
            floor_micros=policy_at(at=at).ads.auction_floor_micros,
            broke=sum(
                1 << bid.rank for bid in snapshot.bids if self._purses[bid.item.id].is_empty(at)
            ),
            capped=sum(1 << bid.rank for bid in snapshot.bids if bid.item.caps),
            house=sum(1 << bid.rank for bid in snapshot.bids if bid.item.pricing is Pricing.FREE),
        )

    def _known_rates(self, items: Sequence[LineItem], *, at: dt.datetime) -> Rates:
        """Return the rates, counted anew every five minutes and when there is a new ad."""
        known = self._rates.creatives
        is_new = any((item.id, one) not in known for item in items for one in item.creative_ids)
        if is_new or at - self._rates_at >= RATES_LIFE:
            self._rates, self._rates_at = queries.rates(items, at=at), at
        return self._rates

    def _reserve(
        self, bid: Bid, price_micros: int, *, stock: Stock, at: dt.datetime
    ) -> uuid.UUID | None:
        """Promise money of a lease; without room, the item waits for the next look."""
        purse = self._purses.get(bid.item.id)
        lease_id = None
        if purse is not None:
            held = promised_micros(
                price_micros, chance_ppm=bid.chance_ppm, pricing=bid.item.pricing
            )
            lease_id = purse.reserve(Money(held, purse.price.currency), at=at)
            if purse.is_low(at):
                self._wake()
        if lease_id is None:
            stock.broke |= 1 << bid.rank
        return lease_id

    def _settle(self, able: Collection[uuid.UUID], *, at: dt.datetime) -> bool:
        """Renew what was idle; give back what is finished, and all of what stopped. Once for all.

        Tell whether anything was given back.

        What cannot be given back now, for the database is away, is kept until the next look.
        """
        idle: dict[uuid.UUID, Purse] = {}
        finished: list[tuple[Purse, HeldLease]] = []
        for item_id, purse in self._purses.items():
            is_over = item_id not in able
            idle |= {} if is_over else {one.lease_id: purse for one in purse.idle(at)}
            taken = purse.take_all() if is_over else purse.take_finished(at)
            finished += [(purse, one) for one in taken]
        promised = {one.lease_id: one.promised for _, one in finished}
        try:
            renewed = actions.settle_leases(idle=idle, finished=promised, at=at)
        except Exception:
            for purse, one in finished:
                purse.put_back(one)
            raise
        for lease in renewed:
            idle.pop(lease.pk).renew(lease)
        for purse in idle.values():
            purse.drop_idle(at)
        return bool(finished)

    def _lease(self, able: Iterable[Row], *, at: dt.datetime) -> None:
        """Ask for more money where it runs low, for all line items at once."""
        low = [(item.pk, purse) for item in able if (purse := self._purses[item.pk]).is_low(at)]
        requests = {
            item_id: LeaseRequest(ids.uuid7(at=at), self.name, purse.used_before)
            for item_id, purse in low
        }
        for item_id, lease in actions.lease_budgets(requests=requests, at=at).items():
            if isinstance(lease, Lease):  # else it is spent or stopped since it was loaded
                self._purses[item_id].add(lease)


def _decide(
    choose: Callable[..., Won | NobodyWon],
    outside: Sequence[Bid],
    *,
    agreed: Collection[uuid.UUID],
    without: int,
) -> Won | NobodyWon:
    """Return who wins: who ``agreed`` on a price first, and without them the best of all others."""
    first = [bid for bid in outside if bid.item.id in agreed]
    won = choose(without=_EVERYBODY, outside=first) if first else NobodyWon({})
    if isinstance(won, Won):
        return won
    rest = [bid for bid in outside if bid.item.id not in agreed]
    later = choose(without=without, outside=rest)
    return replace(later, passed=won.passed | later.passed) if first else later


def _can_pay(items: Iterable[Row], *, at: dt.datetime) -> dict[uuid.UUID, bool]:
    """Tell of each line item whether what nobody holds of its money pays for one more event."""
    currency = policy_at(at=at).currency
    prepaid, nothing = queries.prepaid_by_brand(currency=currency), Money.zero(currency)
    return {
        item.pk: min(item.left, prepaid.get(item.campaign.brand_id, nothing)) >= item.event_price
        for item in items
    }
