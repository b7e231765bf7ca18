"""Beyond which numbers a day's ads were seen by no person, and reading the pack that says so."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields

from takings.policies.rules.facts import Tree, read_versions, value_of


@dataclass(frozen=True, slots=True)
class TrafficRules:
    """The numbers of one UTC day beyond which ads were seen by no person, from a day on.

    * a viewer with more than ``viewer_ads`` ads or ``viewer_campaigns`` campaigns, a network with
      more than ``network_ads`` ads: all of theirs;
    * more than two ads of one viewer within ``one_ad_ms``: these;
    * ``rhythm_ads`` ads or more of one viewer whose gaps differ by at most ``rhythm_ms``: all;
    * a click less than ``click_ms`` after the decision: this one;
    * more than ``click_percent`` of a viewer's or network's ads clicked, if that is at least
      ``viewer_clicks`` or ``network_clicks``: the clicked ones.

    A day is looked at again while impressions of it come in, for ``window_days``.
    """

    version: str
    effective_from: dt.date
    window_days: int
    viewer_ads: int
    network_ads: int
    viewer_campaigns: int
    one_ad_ms: int
    rhythm_ads: int
    rhythm_ms: int
    click_ms: int
    click_percent: int
    viewer_clicks: int
    network_clicks: int


_NUMBERS = tuple(one.name for one in fields(TrafficRules))[2:]


def read_traffic_pack(tree: Tree) -> tuple[TrafficRules, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(
        TrafficRules(
            version=version.name,
            effective_from=version.effective_from.date(),
            **{name: value_of(version.facts, f"traffic.{name}", int) for name in _NUMBERS},
        )
        for version in read_versions(tree, sections=("traffic",))
    )


def rules_of(day: dt.date, *, among: Sequence[TrafficRules]) -> TrafficRules:
    """Return the version by which a UTC day is judged, whenever that is done.

    A day before all of them is judged by the first.
    """
    begun = [one for one in among if one.effective_from <= day]
    return begun[-1] if begun else among[0]
