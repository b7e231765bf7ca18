"""Which ads pay a creator directly: those inside a video of theirs. All others fill the pool."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from takings.ads.rules.tokens import Decision, Placement
from takings.policies.rules import WATCH_ADS, Policy

INSIDE = frozenset({Placement.PRE, Placement.MID, Placement.POST})


class Pooled(StrEnum):
    """Why an ad inside a video fills the pool of its country, and pays nobody directly."""

    NO_SHARE = "no_share"
    NO_POST = "no_post"
    NOT_SHARING = "not_sharing"
    OWN_VIEW = "own_view"
    OWN_AD = "own_ad"

    @property
    def sentence(self) -> str:
        """The reason as advertisers and creators read it."""
        return _SENTENCES[self]


_SENTENCES = {
    Pooled.NO_SHARE: "The policy of that day had no share for ads inside videos.",
    Pooled.NO_POST: "The video it was inside of is no post of a creator.",
    Pooled.NOT_SHARING: "The video’s creator had not accepted the terms of sharing by that day.",
    Pooled.OWN_VIEW: "The video’s creator watched it: nobody earns by watching themselves.",
    Pooled.OWN_AD: "The video’s creator is a member of the advertising brand.",
}


@dataclass(frozen=True, slots=True)
class Host:
    """Whose video an ad is inside of; ``viewers`` are what they are known as while they watch.

    ``shares_from`` is the UTC day from which they share, ``brand_ids`` whom they advertise for.
    """

    creator_id: int
    shares_from: dt.date | None
    viewers: Collection[uuid.UUID] = frozenset()
    brand_ids: Collection[int] = frozenset()


def why_pooled(
    decision: Decision, *, host: Host | None, brand_id: int, day: dt.date, policy: Policy
) -> Pooled | None:
    """Return why an ad inside a video, seen on this UTC day, is the pool's; None: it pays ``host``.

    ``policy`` is that of the decision; who shares by a day is who shares in pools on it.
    """
    if WATCH_ADS not in policy.shares:
        return Pooled.NO_SHARE
    if host is None:
        return Pooled.NO_POST
    if host.shares_from is None or day < host.shares_from:
        return Pooled.NOT_SHARING
    if decision.viewer_id in host.viewers and not policy.view.counts_own_views:
        return Pooled.OWN_VIEW
    if brand_id in host.brand_ids:
        return Pooled.OWN_AD
    return None
