"""Somebody's pass over JSON. Reading only: a card is entered on a page."""

import datetime as dt

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from takings.core import clock
from takings.memberships import queries
from takings.people.queries import access_self

router = Router(tags=["passes"])


class Price(BaseModel):
    """Micro-units (10⁻⁶) of a currency, taxes included: 5990000 EUR micros are €5.99."""

    micros: int
    currency: str


class AdFreePass(BaseModel):
    """Where a pass stands: whether no ads are shown, until when, and what a month costs.

    ``charged_at`` is when the card is charged next. Until ``withdraw_until`` the first month can be
    given back. ``declined`` says why the card was not charged last.
    """

    runs: bool
    renews: bool
    price: Price
    ends_at: dt.datetime | None
    charged_at: dt.datetime | None
    withdraw_until: dt.datetime | None
    declined: str


@router.get("/pass", response=AdFreePass)
def ad_free_pass(request: HttpRequest) -> AdFreePass:
    """Return where one's own pass stands; without one, what it costs."""
    found = queries.standing(user=access_self(user=request.user), at=clock.now())
    return AdFreePass(
        runs=found.runs,
        renews=found.renews,
        price=Price(micros=found.price.micros, currency=found.price.currency),
        ends_at=found.ends_at,
        charged_at=found.charged_at,
        withdraw_until=found.withdraw_until,
        declined=found.declined,
    )
