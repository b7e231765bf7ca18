"""The gift tray over JSON, and undoing; sending itself is an edge route (``POST /gifts/send``)."""

import datetime as dt
import uuid

from django.http import HttpRequest
from django.templatetags.static import static
from ninja import Router
from pydantic import BaseModel

from takings.core import clock
from takings.gifts import actions, queries
from takings.people.queries import access_self

router = Router(tags=["gifts"])


class Kind(BaseModel):
    """A gift that may be sent now: its drawing, how it moves, and its price in whole coins."""

    slug: str
    name: str
    art: str
    image: str
    motion: str
    coins: int


class GiftTray(BaseModel):
    """What a person may give for a video. ``closed`` says why nothing, empty when they may.

    ``token`` goes with each gift to ``POST /gifts/send``; it is good for an hour. Coins are whole.
    """

    handle: str
    kinds: list[Kind]
    paid: int
    bonus: int
    token: str
    message_chars: int
    undo_seconds: int
    closed: str


class Undone(BaseModel):
    """When a gift was taken back."""

    taken_at: dt.datetime


@router.get("/gifts/tray/{video_id}", response=GiftTray)
def gift_tray(request: HttpRequest, video_id: uuid.UUID) -> GiftTray:
    """Return what one may give for a video, and one's balance."""
    found = queries.tray_for(user=access_self(user=request.user), video_id=video_id, at=clock.now())
    return GiftTray(
        handle=found.handle,
        kinds=[
            Kind(
                slug=kind.slug,
                name=kind.name,
                art=kind.art,
                image=static(f"gifts/{kind.art}.svg"),
                motion=kind.motion,
                coins=kind.coins,
            )
            for kind in found.kinds
        ],
        paid=found.balance.paid.micros // 10**6,
        bonus=found.balance.bonus.micros // 10**6,
        token=found.token,
        message_chars=found.message_chars,
        undo_seconds=found.undo_seconds,
        closed=found.closed,
    )


@router.post("/gifts/{gift_id}/undo", response=Undone)
def undo_gift(request: HttpRequest, gift_id: uuid.UUID) -> Undone:
    """Take back a gift that one just sent."""
    gift = queries.access_sent_gift(user=request.user, gift_id=gift_id)
    return Undone(taken_at=actions.undo_gift(gift=gift, at=clock.now()).taken_at)
