"""What a player is shown for a decision, and what a viewer is told about it."""

import uuid
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from takings.ads.rules.auction import NobodyWon, Passed, Won
from takings.ads.rules.lines import Opportunity, Pricing
from takings.ads.rules.snapshot import matched
from takings.ads.rules.targeting import language_names
from takings.people.rules import country_names, region_names

FEED = "feed"
_PLACES = {
    FEED: "between videos",
    "pre": "before a video",
    "mid": "in the middle of a video",
    "post": "after a video",
}
MOST_SENTENCES = 16_384
Fitting = tuple[tuple[str, tuple[Hashable, ...]], ...]
"""Which targeting was met: dimensions and values."""
AdKey = tuple[uuid.UUID, uuid.UUID]
"""A campaign and the video of one of its creatives: what a token names, and a click follows."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A creative as the player needs it; ``creative_id`` is its video, as in tokens.

    ``is_promotion``: it is a creator's post, and the creator paid.
    ``advertiser`` is the domain of who pays, where it need not be the one of the landing page;
    ``categories`` are those of what is advertised. ``is_agreed`` says that it won by a deal, before
    the auction.
    """

    campaign_id: uuid.UUID
    brand: str
    currency: str
    headline: str
    call_to_action: str
    landing_url: str
    creative_id: uuid.UUID
    duration_ms: int
    is_promotion: bool = False
    advertiser: str = ""
    categories: tuple[str, ...] = ()
    is_agreed: bool = False


@dataclass(frozen=True, slots=True)
class NoAd:
    """Nothing to show, and why: ``code`` for machines, ``sentence`` for people."""

    code: str
    sentence: str


NO_CAMPAIGN = NoAd("no_campaign", "No campaign runs here now.")
NO_BUDGET = NoAd("no_budget", "The campaigns that run here have no budget left at this moment.")
SEEN_ENOUGH = NoAd("seen_enough", "You have seen the ads that run here often enough for now.")
ROBOT = NoAd("robot", "Declared robots and prefetches are shown no ads.")
NO_BREAK = NoAd("no_break", "There is no place for an ad here in this video.")
MEMBER = NoAd("member", "You paid for watching without ads.")
NO_VIEWER = NoAd("no_viewer", "Open the feed first: an ad is chosen for one viewing.")


def why_nobody(nobody: NobodyWon, *, is_broke: bool) -> NoAd:
    """Return why there is no ad: money first, for that changes within seconds.

    ``is_broke`` says that some would fit, but were known to have no money.
    """
    whys = set(nobody.passed.values())
    if is_broke or Passed.NO_MONEY in whys:
        return NO_BUDGET
    return SEEN_ENOUGH if Passed.CAPPED in whys else NO_CAMPAIGN


_APART = "another region"
"""Not in one of the regions that the ad is kept away from: that was looked at, too."""
_OF_REGION = "Under Privacy you choose your region, or none."
_PERSONAL = frozenset({"age", "region", _APART})
_LOOKED_AT = {
    "language": "your browser's language, {values}",
    "device": "your kind of device, {values}",
    "hour": "the time of the day",
    "age": "your age group, {values}, as you allowed",
    "region": "your region, {values}, as you stated",
    _APART: "your region, as you stated",
    "creator": "whose video comes before",
    "category": "what the video before is about",
    "keyword": "the words of the video before: {values}",
}
_LEARNED = {
    "device": "your kind of device",
    "hour": "the time of the day",
    "category": "what the video before is about",
}
"""What predictions look at beside the country and the place."""
_AGREED = -1
"""Of no count of rivals: it was chosen before any was looked at."""
_PREDICTED = "How likely it is to do well in a place like this was learned from ads in such places."
_CHANGED_BY = {
    "country": "Your country is the one of your account.",
    "language": "To see ads for another language, change it in your browser's settings.",
    "age": "Under Privacy you choose whether your age group is used.",
    "region": _OF_REGION,
    _APART: _OF_REGION,
}


def explain_ad(won: Won, *, brand: str, here: Opportunity, is_agreed: bool = False) -> list[str]:
    """Return why this viewer sees this ad: who paid, what was looked at, why this one.

    Of an ad of the platform itself, that nobody paid.

    Regulation (EU) 2022/2065 (DSA) Art. 26(1): the payer and the main parameters, in real time.
    """
    fitting = tuple((name, tuple(values)) for name, values in matched(won.item, here).items())
    if here.region and won.item.targeting.blocked_regions and not won.item.targeting.regions:
        fitting += ((_APART, ()),)
    shown = (brand, here.country, here.placement)
    rival_count = None if won.item.pricing is Pricing.FREE else won.rival_count
    if is_agreed:
        rival_count = _AGREED
    used = (bool(won.item.caps), won.is_predicted and not is_agreed)
    return list(_sentences(shown, fitting, rival_count, used=used))


@lru_cache(maxsize=MOST_SENTENCES)
def _sentences(
    shown: tuple[str, str, str],
    fitting: Fitting,
    rival_count: int | None,
    *,
    used: tuple[bool, bool],
) -> tuple[str, ...]:
    """Return the sentences of a brand in a country and a placement; they are often the same.

    Without a count of rivals nobody paid. ``used`` says whether the ad is capped, and whether a
    prediction was used.
    """
    brand, country, placement = shown
    is_capped, is_predicted = used
    place = country_names().get(country, "your country")
    names = [name for name, _ in fitting]
    where = f"Shown in {place}" if "country" in names else "Shown everywhere"
    looked_at = [
        _LOOKED_AT[name].format(values=" ".join(_said(name, one) for one in values))
        for name, values in fitting
        if name in _LOOKED_AT
    ]
    if is_predicted:
        looked_at += [_LEARNED[name] for name in _LEARNED if name not in names]
    if is_capped:
        looked_at.append("how often you have seen it")
    everything = ", ".join(["your country", *looked_at])
    is_personal = not _PERSONAL.isdisjoint(names)
    only = "Only" if is_personal else "Not based on your profile: only"
    return (
        f"{brand} paid for this ad." if rival_count is not None else said_free(brand),
        f"{where}, {_PLACES[placement]}.",
        _why_this(rival_count),
        *([_PREDICTED] if is_predicted else []),
        f"{only} {everything} and this place were used.",
        *_how_to_change(names),
    )


def _said(name: str, value: object) -> str:
    names = {"language": language_names, "region": region_names}.get(name, dict[str, str])()
    return names.get(str(value), str(value))


def _how_to_change(fitting: Iterable[str]) -> list[str]:
    """Return where a viewer changes what was looked at; what is not the viewer's is left out."""
    return [_CHANGED_BY[name] for name in fitting if name in _CHANGED_BY]


def label_of(*, is_free: bool, is_promotion: bool) -> str:
    """Return the word that marks what is shown as an ad (DSA Art. 26(1)(a))."""
    if is_free:
        return "From"
    return "Promoted" if is_promotion else "Ad"


def said_free(brand: str) -> str:
    """Return who shows an ad of the platform itself, and that nobody paid for it."""
    return f"This is from {brand} itself; nobody paid for it."


def _why_this(rival_count: int | None) -> str:
    if rival_count == _AGREED:
        return "Places like this were promised to its buyer beforehand, at a price that was agreed."
    if rival_count is None:
        return "No ad that is paid for could run here at this moment."
    if not rival_count:
        return "No other ad could run here at this moment."
    others = "one other ad" if rival_count == 1 else f"{rival_count} other ads"
    return f"It was worth most of the ads that could run here, before {others}."
