"""Who is being erased, for everybody who knows something of viewers besides the events."""

import uuid

from takings.events.models import Erasure


def viewers_being_erased() -> list[uuid.UUID]:
    """Return the viewers whose erasure is not finished: it takes a day at least."""
    open_ones = Erasure.objects.filter(finished_at=None, viewer_id__isnull=False).order_by("pk")
    return [one for one in open_ones.values_list("viewer_id", flat=True) if one]
