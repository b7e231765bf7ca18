"""What makes a view count, and what makes traffic invalid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class TrafficRule:
    """Beyond which numbers of one UTC day traffic is no people watching; 0 sets no limit.

    * a viewer with more showings than ``viewer_views``, or a network with more than
      ``network_views``: none of theirs count;
    * a view watched for more than ``slack_ms`` longer than passed between its first and its last
      event; a viewer who watched for more than ``slack_ms`` longer than ``parallel_views`` players
      could between the first and the last event of the day;
    * a video that more than ``farm_viewers`` watched from one network, or of whose viewers, at
      least ``farm_audience``, more than ``farm_percent`` came from one: the views from there.
    """

    viewer_views: int = 0
    network_views: int = 0
    slack_ms: int = 0
    parallel_views: int = 0
    farm_viewers: int = 0
    farm_percent: int = 0
    farm_audience: int = 0

    @property
    def limits(self) -> bool:
        """Tell whether anything is limited."""
        return any((self.viewer_views, self.network_views, self.slack_ms, self.parallel_views)) or (
            bool(self.farm_viewers or self.farm_percent)
        )


@dataclass(frozen=True, slots=True)
class ViewRule:
    """What makes a view count: watched long enough, not one's own, not too often.

    Long enough is ``min_watch_ms``, or ``min_percent`` of the length (0: no part suffices),
    compared by ``watch_comparator``; a surface in ``surface_min_watch_ms`` asks for its own time
    and nothing else. ``max_per_viewer_video_day`` is of a UTC day (0: any number); with
    ``once_ever`` the first day on which somebody's views of a video count is the only one.
    ``surfaces`` and ``countries`` are where views count; empty means everywhere. With
    ``counts_replays`` a replay inside a view that counts is one more.
    """

    min_watch_ms: int
    min_percent: int
    watch_comparator: Literal[">=", ">"]
    max_per_viewer_video_day: int
    counts_own_views: bool
    surface_min_watch_ms: Mapping[str, int] = field(default_factory=dict)
    surfaces: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    counts_promoted: bool = True
    counts_disliked: bool = True
    counts_replays: bool = False
    once_ever: bool = False
    traffic: TrafficRule = TrafficRule()

    def is_long_enough(self, *, watched_ms: int, duration_ms: int, surface: str = "feed") -> bool:
        """Tell whether so much of a video of this length, watched there, makes a view."""
        above = 1 if self.watch_comparator == ">" else 0
        if surface in self.surface_min_watch_ms:
            return watched_ms >= self.surface_min_watch_ms[surface] + above
        if watched_ms >= self.min_watch_ms + above:
            return True
        part = duration_ms * self.min_percent
        return self.min_percent > 0 and watched_ms * 100 >= part + above
