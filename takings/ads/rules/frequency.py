"""How often one viewer sees an ad: caps as advertisers set them, and what counts against them.

Windows slide: an hour is the last sixty minutes, a day the last 24 hours, a week the last seven of
those. What was chosen counts at once; what did not begin within :data:`AWAITED` never did.
"""

import datetime as dt
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

from takings.ads.rules.lines import Cap, LineItem, SeenAt, Window
from takings.core import ids
from takings.core.errors import Invalid

LARGEST_CAP = 100
LENGTH_OF = {
    Window.HOUR: dt.timedelta(hours=1),
    Window.DAY: dt.timedelta(days=1),
    Window.WEEK: dt.timedelta(days=7),
}
REMEMBERED = LENGTH_OF[Window.WEEK]
"""What is older counts against no cap, and is deleted."""
AWAITED = dt.timedelta(minutes=90)
"""No report of an ad that was chosen so long ago makes it count any more, as with leases."""


class BadCap(Invalid):
    """A cap of none is a pause, and one that nobody reaches is a mistake."""

    code = "bad_cap"
    sentence = "A viewer may see it 1 to {most} times in {window}; leave it empty for no limit."


@dataclass(frozen=True, slots=True)
class Caps:
    """At most so many times per viewer in an hour, a day, a week; None: no limit."""

    hour: int | None = None
    day: int | None = None
    week: int | None = None

    def on(self, counted_id: uuid.UUID) -> tuple[Cap, ...]:
        """Return these caps of a line item, a campaign or an ad's video, as decisions ask them."""
        return tuple(Cap(counted_id, window, most) for window, most in _set(self))


NO_CAPS = Caps()


def check_caps(caps: Caps) -> None:
    """Refuse a cap below 1 or above :data:`LARGEST_CAP`. Refuses: BadCap."""
    for window, most in _set(caps):
        if not 1 <= most <= LARGEST_CAP:
            raise BadCap(most=LARGEST_CAP, window=_said(window))


def told_caps(caps: Caps) -> str:
    """Return caps in words: “at most 2 times in an hour, 6 times in a week”, or “no limit”."""
    told = ", ".join(
        f"{most} time{'s' * (most > 1)} in {_said(window)}" for window, most in _set(caps)
    )
    return f"at most {told}" if told else "no limit"


@dataclass(frozen=True, slots=True)
class Exposure:
    """An ad that was chosen for a viewer, under the id of its decision; ``video_id`` is the ad's.

    It counts until ``counts_until``: for as long as its beginning is awaited, and for as long as
    anything counts once it began.
    """

    decision_id: uuid.UUID
    viewer_id: uuid.UUID
    line_item_id: uuid.UUID
    campaign_id: uuid.UUID
    video_id: uuid.UUID
    served_at: dt.datetime
    counts_until: dt.datetime

    @property
    def counts_at_once(self) -> bool:
        """Tell whether it counts before it is known to have begun."""
        return self.counts_until > self.served_at

    @property
    def counted_ids(self) -> tuple[uuid.UUID, ...]:
        """What caps may name of it."""
        return self.line_item_id, campaign_key(self.campaign_id), self.video_id


@lru_cache(maxsize=10_000)
def campaign_key(campaign_id: uuid.UUID) -> uuid.UUID:
    """Return what caps call a campaign: its first line item has the campaign's own id."""
    return ids.derived("campaign seen", campaign_id)


def seen_at(exposures: Iterable[Exposure]) -> dict[uuid.UUID, list[dt.datetime]]:
    """Return when each thing that a cap may name was seen."""
    found: defaultdict[uuid.UUID, list[dt.datetime]] = defaultdict(list)
    for one in sorted(exposures, key=lambda exposure: exposure.served_at):
        for counted_id in one.counted_ids:
            found[counted_id].append(one.served_at)
    return dict(found)


def full_caps(item: LineItem, *, seen: SeenAt, at: dt.datetime) -> set[uuid.UUID]:
    """Return what this viewer has seen as often in a window as a cap of the item allows."""
    return {
        cap.counted_id
        for cap in item.caps
        if (times := seen.get(cap.counted_id))
        and len(times) - bisect_right(times, at - LENGTH_OF[cap.window]) >= cap.most
    }


def _set(caps: Caps) -> list[tuple[Window, int]]:
    named = ((Window(one.name), getattr(caps, one.name)) for one in fields(caps))
    return [(window, most) for window, most in named if most is not None]


def _said(window: Window) -> str:
    return f"an {window}" if window == Window.HOUR else f"a {window}"
