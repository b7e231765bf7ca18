"""What one ad server knows of the videos beside which ads stand."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from takings.ads import queries
from takings.ads.models import LineItem
from takings.ads.rules.rivals import Payer
from takings.ads.rules.targeting import Context

CONTEXTS_LIFE = dt.timedelta(minutes=1)
NO_CONTEXT = Context()


class Posts:
    """Read by requests, replaced by the thread that looks at the database."""

    def __init__(self) -> None:
        """Know none."""
        self._contexts: Mapping[uuid.UUID, Context] = {}
        self._payers: Mapping[uuid.UUID, Payer] = {}
        self._is_aimed = False
        self._looked_at = dt.datetime.min.replace(tzinfo=dt.UTC)

    def context(self, video_id: uuid.UUID | None) -> Context:
        """Return what ads are aimed by, or kept away for; of what is not known nothing."""
        return self._contexts.get(video_id, NO_CONTEXT) if video_id else NO_CONTEXT

    def payers(self, video_id: uuid.UUID | None) -> tuple[Payer, ...]:
        """Return who paid for a video, if anybody did, so that no competitor stands beside it."""
        payer = self._payers.get(video_id) if video_id else None
        return (payer,) if payer else ()

    def look(self, running: Collection[LineItem], *, at: dt.datetime) -> None:
        """Learn once a minute of videos by which ads are aimed, or which keep ads away."""
        is_aimed = any(queries.audience_of(item=item).needs_video for item in running)
        if at - self._looked_at >= CONTEXTS_LIFE or is_aimed > self._is_aimed:
            posts = queries.newest_contexts() if is_aimed else {}
            self._contexts = posts | queries.guarded_contexts()
            self._payers = queries.payers_of_posts()
            self._looked_at, self._is_aimed = at, is_aimed
