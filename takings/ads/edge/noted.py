"""What one ad server notes between two looks at the database, until its thread writes it down."""

import datetime as dt
import threading
import uuid
from collections import Counter, OrderedDict

from takings.ads import actions
from takings.ads.actions import ClickDraft, DecidedDraft, ServedKey, served_key
from takings.ads.edge.exposures import MOST_VIEWERS, Exposures
from takings.ads.edge.sampler import DecisionSampler, Sampler
from takings.ads.edge.stock import Spot
from takings.ads.rules.auction import NobodyWon, Won
from takings.ads.rules.forecast import Sampled, price_to_win
from takings.ads.rules.frequency import AWAITED, Exposure
from takings.ads.rules.lines import SOLD, Opportunity
from takings.ads.rules.rates import Rates
from takings.ads.rules.rivals import Payer, Shown
from takings.ads.rules.tokens import NO_VIDEO, Decision

MOST_WAITING = 2_000
"""So many rows of each sample wait for a database that is away: hours of requests, 50 minutes of
decisions. Then the oldest are forgotten: they are statistics. Clicks cost money, and wait."""


class Noted:
    """Told by requests, written by another thread, so there is a lock.

    What is in ``_sample`` and ``_drafts`` was drawn already, and waits to be written.
    """

    def __init__(self, *, seed: int) -> None:
        """Begin empty; ``seed`` is another one for each server."""
        self.exposures = Exposures()
        self._last: OrderedDict[uuid.UUID, Shown] = OrderedDict()
        self._lock = threading.Lock()
        self._served: Counter[ServedKey] = Counter()
        self._clicks: list[ClickDraft] = []
        self._regions: dict[uuid.UUID, str] = {}
        self._sampler = Sampler(seed=seed)
        self._decided = DecisionSampler(seed=seed)
        self._sample: list[Sampled] = []
        self._drafts: list[DecidedDraft] = []

    def sample(self, here: Opportunity, won: Won | NobodyWon, *, after: uuid.UUID | None) -> None:
        """Perhaps keep a request, for forecasts."""
        to_win = price_to_win(won, floor_micros=here.floor_micros)
        with self._lock:
            self._sampler.see(Sampled(here, to_win, after or NO_VIDEO))

    def count(
        self, decision: Decision, won: Won, *, spot: Spot, here: Opportunity, rates: Rates
    ) -> None:
        """Count a decision; against caps an offer counts once it began, all else from now on."""
        at = decision.issued_at
        is_sold = won.item.pricing in SOLD and not spot.limits.is_offer  # else perhaps never shown
        with self._lock:
            self._served[served_key(decision, line_item_id=won.item.id)] += 1
            if spot.viewer.region:
                self._regions[decision.decision_id] = spot.viewer.region
            if is_sold:
                self._decided.see((decision, here, won, rates))
        if won.item.caps:
            exposure = Exposure(
                decision_id=decision.decision_id,
                viewer_id=decision.viewer_id,
                line_item_id=won.item.id,
                campaign_id=decision.campaign_id,
                video_id=decision.creative_id,
                served_at=at,
                counts_until=at if spot.limits.is_offer else at + AWAITED,
            )
            self.exposures.note(exposure)

    def show(self, viewer_id: uuid.UUID, shown: Shown) -> None:
        """Remember the last ad of a viewer."""
        with self._lock:
            self._last[viewer_id] = shown
            self._last.move_to_end(viewer_id)
            if len(self._last) > MOST_VIEWERS:
                self._last.popitem(last=False)

    def beside(self, spot: Spot) -> tuple[Payer, ...]:
        """Return who paid for the ad beside which another would stand here, if any."""
        if spot.viewer.is_shared:
            return ()
        shown = self._last.get(spot.viewer.viewer_id)
        is_beside = shown and shown.is_beside(video_id=spot.after, at=spot.at)
        return (shown.payer,) if shown and is_beside else ()

    def click(self, click: ClickDraft) -> None:
        """Remember a click."""
        with self._lock:
            self._clicks.append(click)

    def write(self, *, at: dt.datetime) -> None:
        """Write what was noted; what cannot be written now is written the next time."""
        with self._lock:
            sample = [*self._sample, *self._sampler.take(at)][-MOST_WAITING:]
            drafts = [*self._drafts, *self._decided.take(at)][-MOST_WAITING:]
            self._sample, self._drafts = [], []
            served, self._served = self._served, Counter()
            clicks, self._clicks = self._clicks, []
            regions, self._regions = self._regions, {}
        try:
            if served:
                actions.count_served(counts=served)
                served = Counter()
            actions.record_clicks(clicks=clicks)
            clicks = []
            actions.record_regions(regions=regions)
            regions = {}
            actions.record_sample(sample=sample)
            sample = []
            actions.record_decisions(decided=drafts)
            drafts = []
            self.exposures.write()
        except Exception:
            with self._lock:  # the database is away: they are written with the next refresh
                self._served.update(served)
                self._clicks = clicks + self._clicks
                self._regions |= regions
                self._sample, self._drafts = sample, drafts
            raise
