"""Somebody's coins over JSON. Reading only: a card is entered on a page."""

import datetime as dt

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from takings.coins.queries import standing as queries
from takings.core import clock
from takings.people.queries import access_self

router = Router(tags=["coins"])


class Price(BaseModel):
    """Micro-units (10⁻⁶) of a currency, taxes included: 11900000 EUR micros are €11.90."""

    micros: int
    currency: str


class CoinPack(BaseModel):
    """A pack that is sold: so many coins, so many bonus coins with them, and its price."""

    name: str
    coins_micros: int
    bonus_micros: int
    price: Price


class Coins(BaseModel):
    """A wallet, in micro-coins: bought and bonus coins apart; ``held_micros`` of both wait.

    ``held_until`` is when they can be spent again, ``ends_at`` when the next bonus coins end.
    """

    bought_micros: int
    bonus_micros: int
    held_micros: int
    held_until: dt.datetime | None
    ends_at: dt.datetime | None
    packs: list[CoinPack]


@router.get("/coins", response=Coins)
def coins(request: HttpRequest) -> Coins:
    """Return what is in one's own wallet, and what coins cost in one's country."""
    user, now = access_self(user=request.user), clock.now()
    found = queries.standing(user=user, at=now)
    return Coins(
        bought_micros=found.bought.micros,
        bonus_micros=found.bonus.micros,
        held_micros=found.held.micros,
        held_until=found.held_until,
        ends_at=found.ends_at,
        packs=[
            CoinPack(
                name=one.pack.name,
                coins_micros=one.coins.micros,
                bonus_micros=one.bonus.micros,
                price=Price(micros=one.price.micros, currency=one.price.currency),
            )
            for one in queries.offers(user=user, at=now)
        ],
    )
