"""The second look at what was billed: a whole UTC day at once, by a dated set of rules.

The first look (``judging``) knows one report at a time. What shows only in many together is the
MRC's sophisticated invalid traffic: rates and rhythms that no person keeps. Nothing here guesses:
every rule counts, compares with a number of the set, and is named to both sides.
"""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from takings.policies.rules import TrafficRules

MS = dt.timedelta(milliseconds=1)


class Flaw(StrEnum):
    """Why a billed impression is given back; the first that applies, in this order."""

    NO_PERSON = "no_person"
    BUSY_VIEWER = "busy_viewer"
    BUSY_NETWORK = "busy_network"
    MANY_CAMPAIGNS = "many_campaigns"
    AT_ONCE = "at_once"
    RHYTHM = "rhythm"
    EARLY_CLICK = "early_click"
    CLICKER = "clicker"
    CLICKING_NETWORK = "clicking_network"

    @property
    def sentence(self) -> str:
        """The reason as advertisers and creators read it."""
        return _SENTENCES[self]


_SENTENCES = {
    Flaw.NO_PERSON: "Views of this viewer on the same day were found to be no person's.",
    Flaw.BUSY_VIEWER: "The viewer saw more ads on this day than a person can.",
    Flaw.BUSY_NETWORK: "More ads were seen from this network on this day than people live there.",
    Flaw.MANY_CAMPAIGNS: "The viewer saw more campaigns on this day than are shown to a person.",
    Flaw.AT_ONCE: "The viewer saw three ads or more in the time that one needs.",
    Flaw.RHYTHM: "The viewer saw ads in a rhythm that no person keeps.",
    Flaw.EARLY_CLICK: "The ad was clicked sooner than anyone can have looked at it.",
    Flaw.CLICKER: "The viewer clicked on more of the ads they saw than people do.",
    Flaw.CLICKING_NETWORK: "Viewers of this network clicked on more of their ads than people do.",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """One billed impression as the event log tells it; ``network`` is 0 where it is unknown.

    ``seen_at`` is the player's clock, ``decided_at`` and ``clicked_at`` are ours. What is
    ``paid_by_click`` says nothing of how often its viewer clicks: the others were not billed.
    """

    decision_id: uuid.UUID
    campaign_id: uuid.UUID
    viewer_id: uuid.UUID
    network: int
    decided_at: dt.datetime
    seen_at: dt.datetime
    clicked_at: dt.datetime | None = None
    paid_by_click: bool = False


def find_invalid(
    sightings: Sequence[Sighting], *, no_people: Collection[uuid.UUID], rules: TrafficRules
) -> dict[uuid.UUID, Flaw]:
    """Return the decisions of a day that are given back, each with its first reason.

    ``no_people`` are viewers of whom the event log knows that they are none.
    """
    day = _Day(sorted(sightings, key=lambda one: (one.seen_at, one.decision_id)), rules)
    finders: Mapping[Flaw, Callable[[], Iterator[Sighting]]] = {
        Flaw.NO_PERSON: lambda: (one for one in day.seen if one.viewer_id in no_people),
        Flaw.BUSY_VIEWER: day.busy_viewers,
        Flaw.BUSY_NETWORK: day.busy_networks,
        Flaw.MANY_CAMPAIGNS: day.many_campaigns,
        Flaw.AT_ONCE: day.at_once,
        Flaw.RHYTHM: day.rhythms,
        Flaw.EARLY_CLICK: day.early_clicks,
        Flaw.CLICKER: day.clickers,
        Flaw.CLICKING_NETWORK: day.clicking_networks,
    }
    found: dict[uuid.UUID, Flaw] = {}
    for flaw, finder in finders.items():
        for one in finder():
            found.setdefault(one.decision_id, flaw)
    return found


class _Day:
    """The sightings of one day in the order of the player's clock, by viewer and by network."""

    def __init__(self, seen: Sequence[Sighting], rules: TrafficRules) -> None:
        """Group them."""
        self.seen, self.rules = seen, rules
        self.viewers: dict[uuid.UUID, list[Sighting]] = defaultdict(list)
        self.networks: dict[int, list[Sighting]] = defaultdict(list)
        for one in seen:
            self.viewers[one.viewer_id].append(one)
            if one.network:
                self.networks[one.network].append(one)

    def busy_viewers(self) -> Iterator[Sighting]:
        for ads in self.viewers.values():
            if len(ads) > self.rules.viewer_ads:
                yield from ads

    def busy_networks(self) -> Iterator[Sighting]:
        for ads in self.networks.values():
            if len(ads) > self.rules.network_ads:
                yield from ads

    def many_campaigns(self) -> Iterator[Sighting]:
        for ads in self.viewers.values():
            if len(Counter(one.campaign_id for one in ads)) > self.rules.viewer_campaigns:
                yield from ads

    def at_once(self) -> Iterator[Sighting]:
        for ads in self.viewers.values():
            for three in zip(ads, ads[1:], ads[2:], strict=False):
                if three[2].seen_at - three[0].seen_at < self.rules.one_ad_ms * MS:
                    yield from three

    def rhythms(self) -> Iterator[Sighting]:
        for ads in self.viewers.values():
            if len(ads) >= self.rules.rhythm_ads:
                gaps = [later.seen_at - one.seen_at for one, later in pairwise(ads)]
                if max(gaps) - min(gaps) <= self.rules.rhythm_ms * MS:
                    yield from ads

    def early_clicks(self) -> Iterator[Sighting]:
        for one in self.seen:
            if one.clicked_at and one.clicked_at - one.decided_at < self.rules.click_ms * MS:
                yield one

    def clickers(self) -> Iterator[Sighting]:
        for ads in self.viewers.values():
            yield from self._clicked(ads, fewest=self.rules.viewer_clicks)

    def clicking_networks(self) -> Iterator[Sighting]:
        for ads in self.networks.values():
            yield from self._clicked(ads, fewest=self.rules.network_clicks)

    def _clicked(self, ads: Sequence[Sighting], *, fewest: int) -> Iterator[Sighting]:
        shown = [one for one in ads if not one.paid_by_click]
        clicked = [one for one in shown if one.clicked_at]
        if len(clicked) >= fewest and len(clicked) * 100 > len(shown) * self.rules.click_percent:
            yield from clicked
