"""Tiers of creators and their members, joined and paid at the sandbox at a story's time."""

import datetime as dt
from uuid import uuid4

from takings.core import clock
from takings.memberships.actions.fans import join, offer_tier
from takings.memberships.models import Member, Tier
from takings.memberships.rules.tiers import TierWish
from takings.money import Money
from takings.payments.models import Payment
from takings.people.actions import tell_birth
from takings.people.models import Creator, User
from tests.make.payments import PAYS, asked, pay
from tests.make.people import make_creator, make_user

BORN = dt.date(1990, 1, 1)


def make_adult(name: str = "Vera", *, country: str = "DE") -> User:
    """Sign somebody up who may join."""
    return tell_birth(user=make_user(name, country=country), born_on=BORN, at=clock.now())


def make_host(name: str = "Ada", *, country: str = "DE") -> Creator:
    """Open the channel of a creator who may offer tiers."""
    creator = make_creator(name, country=country)
    tell_birth(user=creator.user, born_on=BORN, at=clock.now())
    return creator


def wish(name: str = "Crew", price: str = "5.95", **prices: str) -> TierWish:
    """Say what a tier is: its price in euros, and in other currencies."""
    said = {"EUR": price, **prices}
    asked_for = {code: Money.parse(amount, code) for code, amount in said.items() if amount}
    return TierWish(name=name, gives="What the others do not see.", prices=asked_for)


def make_tier(creator: Creator, name: str = "Crew", price: str = "5.95") -> Tier:
    """Offer a tier."""
    return offer_tier(creator=creator, wish=wish(name, price), at=clock.now())


def ordered(user: User, tier: Tier) -> Payment:
    """Begin to join."""
    return join(user=user, tier=tier, payment_id=uuid4(), at=clock.now())


def joined(user: User, tier: Tier, card: str = PAYS) -> Payment:
    """Join a creator and pay by this card, now."""
    payment = ordered(user, tier)
    pay(payment, card)
    return asked(payment)


def member(user: User, tier: Tier) -> Member:
    """Return what somebody is at the creator of a tier."""
    return Member.objects.get(user=user, creator=tier.creator)
