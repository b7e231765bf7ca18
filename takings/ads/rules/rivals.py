"""Competitors apart: whose ads are not shown next to an ad, or at a post that a brand paid for."""

import datetime as dt
import uuid
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from takings.ads.rules.lines import UNSAID

APART = dt.timedelta(minutes=2)
"""So long after an ad none of a competitor is shown; in the same video never."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid for what a viewer sees, and for what.

    ``advertiser`` is a brand's id, or of a partner's ad the domain of who pays, or the name that a
    post says where no brand has it; ``subjects`` are the narrowest categories of what is
    advertised.
    """

    advertiser: Hashable
    subjects: frozenset[str]

    def is_rival(self, *, advertiser: Hashable, categories: Iterable[str]) -> bool:
        """Tell whether another advertises the same."""
        return advertiser != self.advertiser and not self.subjects.isdisjoint(categories)


@dataclass(frozen=True, slots=True)
class Shown:
    """The ad that was chosen last for a viewer, after or in which video, and who paid for it."""

    at: dt.datetime
    video_id: uuid.UUID | None
    payer: Payer

    def is_beside(self, *, video_id: uuid.UUID | None, at: dt.datetime) -> bool:
        """Tell whether an ad here would stand beside it."""
        return at - self.at < APART or (video_id is not None and video_id == self.video_id)


def subjects_of(categories: Iterable[str]) -> frozenset[str]:
    """Return the narrowest of categories that are listed with what each belongs to.

    >>> sorted(subjects_of(["IAB2", "IAB2-3", "IAB8", "unsaid"]))
    ['IAB2-3', 'IAB8']
    """
    known = set(categories) - {UNSAID}
    return frozenset(known - {one.partition("-")[0] for one in known if "-" in one})
