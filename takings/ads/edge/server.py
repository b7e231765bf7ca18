"""The ad server of one process: decides from memory, refreshes from the database in between."""

import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from takings.ads import actions, queries
from takings.ads.actions import ClickDraft, LeaseRequest, ServedKey
from takings.ads.edge.purse import HeldLease, Purse
from takings.ads.models import Campaign
from takings.ads.rules.campaigns import impression_price
from takings.ads.rules.serving import NoAd, Offer, Snapshot, build_snapshot, choose
from takings.ads.rules.tokens import NO_VIDEO, Decision, KeyRing
from takings.core import ids
from takings.core.errors import NotFound, Refusal
from takings.people.rules import Viewer
from takings.policies.queries import policy_at

CLICK_LIFE = dt.timedelta(hours=24)


class UnknownAd(NotFound):
    """The campaign is over for so long that its clicks lead nowhere any more."""

    code = "unknown_ad"
    sentence = "This ad is over."


@dataclass(frozen=True, slots=True)
class Chosen:
    """A decision, signed, and what the player shows for it."""

    decision: Decision
    token: str
    offer: Offer


class AdServer:
    """Decides which ad comes next, without asking the database.

    ``refresh`` runs in another thread every two seconds: it loads the campaigns, leases money and
    gives it back, and writes the counts. Every decision is promised money of a lease, so what the
    servers decide together is within every budget, whatever they know of each other.
    """

    def __init__(self, *, name: str, keys: KeyRing, wake: Callable[[], None]) -> None:
        """Begin without campaigns; ``wake`` asks for a refresh soon (money runs low)."""
        self.name = name
        self._keys = keys
        self._wake = wake
        self._snapshot = Snapshot({}, {})
        self._purses: dict[uuid.UUID, Purse] = {}
        self._lock = threading.Lock()
        self._served: Counter[ServedKey] = Counter()
        self._clicks: list[ClickDraft] = []
        self._turn = 0

    def decide(self, *, viewer: Viewer, after: uuid.UUID | None, at: dt.datetime) -> Chosen | NoAd:
        """Choose an ad for a viewer, or say why there is none."""
        self._turn += 1
        chosen = choose(
            self._snapshot.tiers(viewer.country),
            at=at,
            turn=self._turn,
            reserve=lambda offer: self._reserve(offer, at=at),
        )
        if isinstance(chosen, NoAd):
            return chosen
        offer, lease_id = chosen
        decision = Decision(
            decision_id=ids.uuid7(at=at),
            campaign_id=offer.campaign_id,
            lease_id=lease_id,
            creative_id=offer.creative_id,
            after_video_id=after or NO_VIDEO,
            viewer_id=viewer.viewer_id,
            price=offer.price,
            country=viewer.country,
        )
        with self._lock:
            self._served[offer.campaign_id, at.date(), viewer.country] += 1
        return Chosen(decision, self._keys.sign(decision), offer)

    def follow(self, *, token: str, viewer_id: uuid.UUID | None, at: dt.datetime) -> str:
        """Return where a click leads, and remember the click.

        The address is the ad's own, never the request's, so this redirects nowhere else. A
        click that does not count still leads there. Refuses: ForgedToken, UnknownAd.
        """
        decision = self._keys.read(token)
        url = self._snapshot.landing_urls.get((decision.campaign_id, decision.creative_id))
        if url is None:
            raise UnknownAd
        flaws = {
            "other_viewer": viewer_id != decision.viewer_id,
            "expired": at - decision.issued_at > CLICK_LIFE,
        }
        click = ClickDraft(
            decision_id=decision.decision_id,
            campaign_id=decision.campaign_id,
            country=decision.country,
            clicked_at=at,
            ignored_why=next((why for why, applies in flaws.items() if applies), ""),
        )
        with self._lock:
            self._clicks.append(click)
        self._wake()
        return url

    def refresh(self, *, at: dt.datetime) -> None:
        """Write what happened, load what changed, settle old leases and take new ones."""
        self._write()
        running = {campaign.pk: campaign for campaign in queries.running_campaigns(at=at)}
        self._snapshot = build_snapshot(
            queries.offers(running.values()), landing_urls=queries.landing_urls(at=at)
        )
        for campaign_id, purse in list(self._purses.items()):
            if campaign_id not in running:
                del self._purses[campaign_id]
                self._retire(purse.take_all(), at=at)
        currency = policy_at(at=at).currency
        prepaid = queries.prepaid_by_brand(currency=currency)
        for campaign in running.values():
            price = impression_price(campaign.cpm)
            purse = self._purses.setdefault(campaign.pk, Purse(price))
            self._settle(purse, at=at)
            left = min(
                campaign.budget.micros - campaign.committed.micros,
                prepaid[campaign.brand_id].micros if campaign.brand_id in prepaid else 0,
            )
            if left >= price.micros and purse.is_low(at):
                self._lease(campaign, purse=purse, at=at)

    def close(self, *, at: dt.datetime) -> None:
        """Write what happened and give back what was not promised."""
        self._write()
        for purse in self._purses.values():
            self._retire(purse.take_all(), at=at)

    def _reserve(self, offer: Offer, *, at: dt.datetime) -> uuid.UUID | None:
        purse = self._purses.get(offer.campaign_id)
        lease_id = purse.reserve(at) if purse else None
        if purse is not None and purse.is_low(at):
            self._wake()
        return lease_id

    def _settle(self, purse: Purse, *, at: dt.datetime) -> None:
        """Renew what was idle, give back what is finished."""
        for held in purse.idle(at):
            try:
                purse.renew(actions.renew_lease(lease_id=held.lease_id, at=at))
            except Refusal:
                continue  # it is finished, then
        self._retire(purse.take_finished(at), at=at)

    def _lease(self, campaign: Campaign, *, purse: Purse, at: dt.datetime) -> None:
        request = LeaseRequest(ids.uuid7(at=at), self.name, purse.used_before)
        try:
            lease = actions.lease_budget(campaign_id=campaign.pk, request=request, at=at)
        except Refusal:
            return  # spent or stopped since it was loaded
        purse.add(lease)

    def _retire(self, held: list[HeldLease], *, at: dt.datetime) -> None:
        for lease in held:
            actions.retire_lease(lease_id=lease.lease_id, promised=lease.promised, at=at)

    def _write(self) -> None:
        with self._lock:
            served, self._served = self._served, Counter()
            clicks, self._clicks = self._clicks, []
        try:
            if served:
                actions.count_served(counts=served)
                served = Counter()
            actions.record_clicks(clicks=clicks)
        except Exception:
            with self._lock:  # the database is away: they are written with the next refresh
                self._served.update(served)
                self._clicks = clicks + self._clicks
            raise
