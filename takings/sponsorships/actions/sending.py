"""The product that a creator gets besides the money: sent by the brand, and received."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict
from takings.sponsorships.actions.running import check_side, lock_standing, stand, take_step
from takings.sponsorships.models import Deal, Step
from takings.sponsorships.queries import Seat
from takings.sponsorships.rules import Side, Stage, Status, begun

SENT, RECEIVED = "product_sent", "product_received"
LONGEST_PARCEL = 200


class NoProduct(Conflict):
    """Not every deal has one."""

    code = "deal_without_product"
    sentence = "Nothing is sent in this deal: its terms name no product."


class ProductNotSent(Conflict):
    """What was not sent does not arrive."""

    code = "product_not_sent"
    sentence = "The brand has not said yet that it sent the product."


@transaction.atomic
def send_product(*, seat: Seat, words: str, at: dt.datetime) -> Step:
    """Say that the product is on its way, with whom and under which number; again is once.

    Refuses: NotYourPart, NotNow, NoProduct.
    """
    check_side(seat, Side.BRAND)
    deal = _locked(seat)
    known = deal.steps.filter(kind=SENT).first()
    return known or take_step(deal, SENT, seat=seat, words=words.strip()[:LONGEST_PARCEL], at=at)


@transaction.atomic
def receive_product(*, seat: Seat, at: dt.datetime) -> Step:
    """Say that the product is there: the days for each draft begin anew; again is once.

    Refuses: NotYourPart, NotNow, NoProduct, ProductNotSent.
    """
    check_side(seat, Side.CREATOR)
    deal = _locked(seat)
    known = deal.steps.filter(kind=RECEIVED).first()
    if known is not None:
        return known
    if not deal.steps.filter(kind=SENT).exists():
        raise ProductNotSent
    for work in deal.works.filter(stage=Stage.AWAITED):
        stand(work, begun(deal.terms, at=at))
    return take_step(deal, RECEIVED, seat=seat, at=at)


def _locked(seat: Seat) -> Deal:
    deal = lock_standing(seat.deal.pk, Status.RUNNING)
    if not deal.terms.product:
        raise NoProduct
    return deal
