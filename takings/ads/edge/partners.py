"""Partners outside, asked for bids while a viewer waits: all at once, each for so long at most."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from takings.ads.actions import Rest, SeenCreative, share_asking
from takings.ads.edge.learned import Ended, Learned
from takings.ads.edge.line import AnswerTooLargeError, BadAnswerError, Line, LineBusyError, Reply
from takings.ads.queries import demand_partners
from takings.ads.queries.deals import deals_of_sites
from takings.ads.queries.outside import OUTSIDE, Outside
from takings.ads.rules.breaking import Breaker, Bucket
from takings.ads.rules.deals import Deal
from takings.ads.rules.outbids import Judged, OutsideBid, domains_of, judge_answer, said_categories
from takings.ads.rules.outward import VERSION, Asking, Place, Watcher, bid_request, use_by
from takings.ads.rules.partners import SHORTEST_MS, Outcome, Partner
from takings.ads.rules.supply import Seller, domain_of
from takings.core import clock
from takings.core.errors import Refusal

OK, NO_CONTENT = 200, 204
MILLISECOND = 1_000


@dataclass(slots=True)
class Way:
    """One process's way to one partner."""

    endpoint: str
    line: Line
    bucket: Bucket
    breaker: Breaker = field(default_factory=Breaker)


class Partners:
    """Asks the partners that want a place, and learns of what they answer.

    ``refresh`` runs in the ad server's thread, all else on the event loop.
    """

    def __init__(self, *, outside: Outside = OUTSIDE) -> None:
        """Know nobody yet."""
        self._outside = outside
        self._known: Sequence[Partner] = ()
        self._sharers = 1
        self._ways: dict[uuid.UUID, Way] = {}
        self._learned = Learned()
        self.site_deals: Mapping[str, Deal] = {}

    def refresh(self, *, server: str, at: dt.datetime) -> None:
        """Write what this ad server learned, and load whom to ask, and who else asks them."""
        self._learned.write(server=server, at=at)
        self._known = demand_partners(at=at)
        self._sharers = share_asking(server=server, at=at) if self._known else 1
        self.site_deals = deals_of_sites()

    def close(self) -> None:
        """End the connections that nobody waits for."""
        for way in self._ways.values():
            way.line.close()

    def wanting(self, *, country: str, placement: str) -> list[Partner]:
        """Return the partners that may bid on a place there."""
        return [one for one in self._known if one.wants(country=country, placement=placement)]

    async def ask(
        self,
        partners: Sequence[Partner],
        *,
        place: Place,
        watcher: Watcher,
        within_ms: int | None = None,
    ) -> list[OutsideBid]:
        """Return the best bid of each partner that answered in time with one that may win.

        Nobody is asked where a viewer objects, a site says that a child watches, or ``within_ms``
        leave no time for an answer.
        """
        if watcher.signals.objects or (within_ms is not None and within_ms < SHORTEST_MS):
            return []
        asked = (
            self._ask(one, place=place, watcher=watcher, within_ms=within_ms) for one in partners
        )
        return [bid for bid in await asyncio.gather(*asked) if bid is not None]

    def note_site_deal(
        self, deal: Deal, outcome: Outcome, *, at: dt.datetime, decision_id: uuid.UUID | None = None
    ) -> None:
        """Note that a site offered us a deal, or that we bid on it with this decision."""
        self._learned.count_deal(deal.id, outcome, at=at, decision_id=decision_id)

    def settle(
        self,
        bids: Sequence[OutsideBid],
        outcomes: Mapping[uuid.UUID, Outcome],
        *,
        decision_id: uuid.UUID | None,
        at: dt.datetime,
        is_offer: bool = False,
    ) -> None:
        """Note what became of bids in the decision; their bidders are told later.

        What was won is only an offer where a site compares it with bids of others.
        """
        for bid in bids:
            outcome = outcomes[bid.line_item_id]
            is_won = decision_id is not None and outcome is Outcome.WON
            told = Outcome.OFFERED if is_won and is_offer else outcome
            self._learned.count(bid.partner_id, told, at=at)
            if bid.deal is not None:
                by = decision_id if is_won else None
                self._learned.count_deal(bid.deal.id, told, at=at, decision_id=by)
            self._learned.end(
                Ended(
                    partner_id=bid.partner_id,
                    decision_id=decision_id if decision_id and is_won else bid.facts.request_id,
                    facts=bid.facts,
                    given=bid.given,
                    loss=None if is_won else outcome,
                    is_offer=is_offer,
                )
            )

    async def _ask(
        self, partner: Partner, *, place: Place, watcher: Watcher, within_ms: int | None
    ) -> OutsideBid | None:
        """Ask one partner, if it may be asked now, and count what comes of it."""
        way, at = self._way(partner), clock.now()
        outcome = Outcome.ASKED
        if not way.bucket.take(at):
            outcome = Outcome.TOO_MANY
        elif not way.breaker.admits(at):
            outcome = Outcome.RESTING
        self._learned.count(partner.id, outcome, at=at)
        if outcome is not Outcome.ASKED:
            return None
        for deal in partner.deals:
            self._learned.count_deal(deal.id, Outcome.ASKED, at=at)
        use = use_by(partner, watcher, vendor_id=settings.TCF_VENDOR_ID)
        usual_ms = partner.access.timeout_ms
        asking = Asking(_seller(), use, usual_ms if within_ms is None else min(usual_ms, within_ms))
        body = bid_request(place, partner=partner, watcher=watcher, asking=asking)
        answer = await self._answer(partner, way, body, within_ms=asking.within_ms)
        judged = self._judge(answer, partner=partner, place=place)
        self._note(partner, way, judged, at=at, is_hurried=asking.within_ms < usual_ms)
        return judged.best

    def _judge(self, answer: Reply | Outcome, *, partner: Partner, place: Place) -> Judged:
        if isinstance(answer, Outcome):
            return Judged(flaw=answer)
        if answer.status == NO_CONTENT:
            return Judged(flaw=Outcome.NO_BID)
        if answer.status != OK:
            return Judged(flaw=Outcome.BAD_STATUS)
        return judge_answer(answer.body, partner=partner, place=place)

    async def _answer(
        self, partner: Partner, way: Way, body: bytes, *, within_ms: int
    ) -> Reply | Outcome:
        """Return what a partner answers within its time, or why there is nothing."""
        name, value = partner.access.header
        headers = {"content-type": "application/json", "x-openrtb-version": VERSION}
        headers |= {name: value} if name else {}
        try:
            async with asyncio.timeout(within_ms / MILLISECOND):
                return await way.line.post(body, headers)
        except asyncio.CancelledError:  # the viewer left
            way.breaker.forget()
            raise
        except TimeoutError:
            return Outcome.TIMED_OUT
        except LineBusyError:
            return Outcome.TOO_MANY
        except AnswerTooLargeError:
            return Outcome.TOO_LARGE
        except BadAnswerError:
            return Outcome.UNREADABLE
        except (OSError, Refusal):
            return Outcome.UNREACHABLE

    def _note(
        self, partner: Partner, way: Way, judged: Judged, *, at: dt.datetime, is_hurried: bool
    ) -> None:
        """Learn from an answer: of a partner that is ill, of bids that cannot win, of new ads.

        That it took longer than a site gave it says nothing of its health.
        """
        rested = way.breaker.rests_until
        if judged.flaw is None or judged.flaw is Outcome.NO_BID:
            way.breaker.succeed()
        elif is_hurried and judged.flaw is Outcome.TIMED_OUT:
            way.breaker.forget()
        else:
            way.breaker.fail(judged.flaw, at=clock.now())
        if way.breaker.rests_until != rested:
            breaker = way.breaker
            rest = Rest(partner.id, breaker.rests_until, breaker.failures, breaker.why)
            self._learned.rest(rest)
        if judged.flaw is not None:
            self._learned.count(partner.id, judged.flaw, at=at)
        for lost in judged.lost:
            self._learned.count(partner.id, lost.outcome, at=at)
            if lost.deal is not None:
                self._learned.count_deal(lost.deal.id, lost.outcome, at=at)
            self._learned.end(
                Ended(partner.id, lost.facts.request_id, lost.facts, lost.given, lost.outcome)
            )
            if lost.outcome is Outcome.NEW_CREATIVE:
                bid = lost.given
                seen = SeenCreative(
                    partner_id=partner.id,
                    crid=bid.crid or "",
                    advertiser=domains_of(bid)[0],
                    markup=bid.adm or "",
                    categories=said_categories(bid),
                )
                self._learned.see(seen)

    def _way(self, partner: Partner) -> Way:
        """Return the way to a partner: a new one where its address is another."""
        way = self._ways.get(partner.id)
        if way is None or way.endpoint != partner.access.endpoint:
            if way is not None:
                way.line.close()
            endpoint = partner.access.endpoint
            line = Line(endpoint, outside=self._outside)
            way = self._ways[partner.id] = Way(endpoint, line, Bucket(partner.qps))
        way.bucket.rate, way.bucket.sharers = partner.qps, self._sharers
        return way


def _seller() -> Seller:
    return Seller(
        id=settings.AD_SELLER_ID,
        name=settings.ENTITY["name"],
        domain=domain_of(settings.PUBLIC_URL),
        contact=settings.AD_CONTACT,
    )
