"""Requests: a creator with a service, a fan with a card, and both sides' steps."""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from takings.core import clock
from takings.ledger.queries import balance
from takings.money import Money
from takings.payments.models import Payment
from takings.people.models import Creator, User
from takings.requests import actions
from takings.requests.actions import Made, Quote
from takings.requests.models import Request, Service
from takings.requests.rules import Offer, Wish
from tests.make.coins import make_fan
from tests.make.payments import PAYS, asked, pay
from tests.make.people import make_creator

GREETING = Offer(
    title="A greeting",
    what="One minute for whom you love",
    deliver_days=7,
    revisions=1,
    most_open=3,
    prices={code: Money.parse(25, code) for code in ("EUR", "USD")},
)
QUOTED = replace(GREETING, title="A song", what="Written and sung for you", prices={})


def eur(text: str) -> Money:
    """Return euros."""
    return Money.parse(text, "EUR")


@dataclass
class Pair:
    """A fan and a creator with a service."""

    fan: User
    creator: Creator
    service: Service

    def ask(self, *, id: UUID | None = None, brief: str = "For my sister Mia") -> Request:  # noqa: A002 - as everywhere
        """Ask for it at the price that is shown."""
        shown = self.service.as_offer().prices.get("EUR")
        wish = Wish(id=id or uuid4(), brief=brief, shown=shown)
        return actions.ask(fan=self.fan, service=self.service, wish=wish, at=clock.now())

    def start(self, one: Request) -> Payment:
        """Open the card page."""
        return actions.pay_request(request=one, fan=self.fan, at=clock.now())

    def paid(self, card: str = PAYS) -> Request:
        """Ask, and pay by this card."""
        one = self.ask()
        payment = self.start(one)
        pay(payment, card)
        asked(payment)
        return fresh(one)

    def accepted(self, card: str = PAYS) -> Request:
        """Ask, pay, and have a yes."""
        one = self.paid(card)
        return actions.accept(request=one, by=self.maker, at=clock.now())

    def deliver(self, one: Request, *, id: UUID | None = None, text: str = "Dear Mia!") -> Request:  # noqa: A002 - as everywhere
        """Deliver words."""
        made = Made(id=id or uuid4(), text=text)
        return actions.deliver(request=one, by=self.maker, made=made, at=clock.now())

    def delivered(self, card: str = PAYS) -> Request:
        """Ask, pay, have a yes and words."""
        return self.deliver(self.accepted(card))

    def taken(self, card: str = PAYS) -> Request:
        """Do all of it, to the end."""
        return actions.take(request=self.delivered(card), by=self.fan, at=clock.now())

    def quote(self, one: Request, price: str = "80") -> Request:
        """Name a price."""
        offer = Quote(eur(price), deliver_days=10, valid_days=5)
        return actions.quote(request=one, by=self.maker, offer=offer, at=clock.now())

    @property
    def maker(self) -> User:
        """The person behind the channel."""
        return self.creator.user


def make_service(creator: Creator, offer: Offer = GREETING, *, at: dt.datetime) -> Service:
    """Offer something."""
    return actions.offer_service(creator=creator, id=uuid4(), offer=offer, at=at)


def make_pair(offer: Offer = GREETING, *, name: str = "Ada") -> Pair:
    """Let Ada offer something and Vera, from Germany, be old enough to ask."""
    creator = make_creator(name)
    return Pair(make_fan(), creator, make_service(creator, offer, at=clock.now()))


def fresh(one: Request) -> Request:
    """Return a request as it stands now."""
    return Request.objects.select_related("fan", "creator__user", "service").get(pk=one.pk)


def steps_of(one: Request) -> list[str]:
    """Return what happened, in order."""
    return list(one.steps.values_list("act", flat=True))


def places(pair: Pair, one: Request) -> tuple[int, ...]:
    """Return what waits, what the creator and the platform have, and the tax, in micro-euros."""
    accounts = (
        *(one.escrow, f"creator:{pair.creator.pk}:pending"),
        *("platform:revenue:requests", "tax:DE:vat"),
    )
    return tuple(balance(name=account, currency="EUR").micros for account in accounts)
