"""Whose cookie says too much: it tells until when no ads are shown, and the pass ended before."""

import datetime as dt
from dataclasses import replace

from takings.people.queries import passes_ended_early
from takings.people.rules import Viewer


class Ended:
    """People whose pass was given back or taken back; a process learns of them with each look.

    They are few: of each, until the time is over that was paid for.
    """

    def __init__(self) -> None:
        """Know nobody."""
        self._user_ids: frozenset[int] = frozenset()

    def learn(self, *, at: dt.datetime) -> None:
        """Look who they are now."""
        self._user_ids = passes_ended_early(at=at)

    def corrected(self, viewer: Viewer) -> Viewer:
        """Return a viewer as the cookie would say it today."""
        return replace(viewer, ad_free_until=None) if viewer.user_id in self._user_ids else viewer


ENDED = Ended()
