"""Who watched without ads, and on which days: told by the streams that sell that."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID


class AdFree(Protocol):
    """Tells which viewers were shown no ads on which whole days (UTC) of some time.

    What it tells of a day that is over never changes, so a close can be repeated.
    """

    def __call__(
        self, *, starts_at: dt.datetime, ends_at: dt.datetime
    ) -> Mapping[UUID, frozenset[dt.date]]:
        """Return the days of each such viewer."""


_told_by: list[AdFree] = []


def register_ad_free(tell: AdFree) -> None:
    """Let a stream tell who watches without ads; called once, when it starts."""
    _told_by.append(tell)


def ad_free_days(*, starts_at: dt.datetime, ends_at: dt.datetime) -> dict[UUID, frozenset[dt.date]]:
    """Return who was shown no ads on which days, by everybody who sells that."""
    days: dict[UUID, frozenset[dt.date]] = defaultdict(frozenset)
    for tell in _told_by:
        for viewer, told in tell(starts_at=starts_at, ends_at=ends_at).items():
            days[viewer] |= told
    return {viewer: told for viewer, told in days.items() if told}
