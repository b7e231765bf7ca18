"""Which rooms of creators feed and channels lead to."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import F
from django.urls import reverse

from takings.audience.rules import Invitation
from takings.core import clock
from takings.live.queries.rooms import open_rooms


def invitations(*, handles: Collection[str]) -> dict[str, list[Invitation]]:
    """Return the rooms of these creators that anybody can find, what is on before what comes."""
    found: dict[str, list[Invitation]] = defaultdict(list)
    rooms = open_rooms().filter(creator__handle__in=list(handles))
    for room in rooms.order_by(F("began_at").desc(nulls_last=True), "starts_at"):
        invitation = Invitation(
            title=room.title,
            url=reverse("live:room", args=[room.pk]),
            is_on=room.began_at is not None,
            is_premiere=room.publishes,
            starts_ms=clock.to_ms(room.began_at or room.starts_at),
        )
        found[room.creator.handle].append(invitation)
    return found
