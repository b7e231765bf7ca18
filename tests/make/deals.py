"""Deals of brands and creators: agreed on, paid in, worked on, at a time that the story sets."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from takings.ads.actions import deposit_prepaid
from takings.core import clock
from takings.ledger.queries import balance
from takings.money import Money
from takings.payments.models import Payment
from takings.people.actions import tell_birth
from takings.people.models import Brand, Creator, User
from takings.sponsorships import actions
from takings.sponsorships.models import Deal, Work
from takings.sponsorships.queries import Seat, access_seat
from takings.sponsorships.rules import Terms
from takings.videos.actions import Details
from takings.videos.models import Video
from tests.make.payments import PAYS, asked, pay
from tests.make.people import make_brand, make_creator, make_user
from tests.make.videos import make_video

BORN = dt.date(1990, 5, 4)


def usd(text: str) -> Money:
    """Return dollars."""
    return Money.parse(text, "USD")


TERMS = Terms(
    title="One review of the trail shoe",
    show="Wear it on a trail for a week, then say what you think.",
    avoid="No other shoes.",
    link="https://brand.example/shoe",
    signed=usd("0"),
    approved=usd("100"),
    published=usd("300"),
    stayed=usd("100"),
    live_days=15,
)
"""$500: $100 for the approved draft, $300 for the publication, $100 for 15 days."""


@dataclass(frozen=True)
class Pair:
    """A brand with its member, and a creator of age."""

    brand: Brand
    member: User
    creator: Creator

    def bea(self, deal: Deal) -> Seat:
        """Return the brand's seat."""
        return access_seat(user=self.member, deal_id=deal.pk)

    def ada(self, deal: Deal) -> Seat:
        """Return the creator's seat."""
        return access_seat(user=self.creator.user, deal_id=deal.pk)


def make_dealer(name: str = "Ada") -> Creator:
    """Sign a creator up who is of age."""
    creator = make_creator(name)
    tell_birth(user=creator.user, born_on=BORN, at=clock.now())
    return creator


def make_pair() -> Pair:
    """Let a brand and a creator be there."""
    member = make_user("Bea")
    return Pair(make_brand(member=member), member, make_dealer())


def offered(pair: Pair, terms: Terms = TERMS, *, id: UUID | None = None) -> Deal:  # noqa: A002
    """Let the brand offer it."""
    return actions.offer_deal(
        user=pair.member,
        brand=pair.brand,
        creator=pair.creator,
        terms=terms,
        id=id or uuid4(),
        at=clock.now(),
    )


def agreed(pair: Pair, terms: Terms = TERMS) -> Deal:
    """Let both agree."""
    deal = offered(pair, terms)
    return actions.accept_offer(seat=pair.ada(deal), number=1, at=clock.now())


def card_started(pair: Pair, deal: Deal, *, id: UUID | None = None) -> Payment:  # noqa: A002
    """Start the brand's card payment."""
    return actions.fund_by_card(seat=pair.bea(deal), payment_id=id or uuid4(), at=clock.now())


def card_paid(pair: Pair, deal: Deal, card: str = PAYS) -> Payment:
    """Let the brand pay it in by card."""
    payment = card_started(pair, deal)
    pay(payment, card)
    return asked(payment)


def deposit(pair: Pair, amount: str = "500") -> None:
    """Let the brand have prepaid money."""
    deposit_prepaid(brand=pair.brand, amount=usd(amount), id=uuid4(), at=clock.now())


def running(pair: Pair, terms: Terms = TERMS) -> Deal:
    """Let a deal run that was paid in from the prepaid balance."""
    deal = agreed(pair, terms)
    deposit(pair, str(terms.total.decimal()))
    actions.fund_from_prepaid(seat=pair.bea(deal), at=clock.now())
    deal.refresh_from_db()
    return deal


def draft(pair: Pair, title: str = "A week on the trail") -> Video:
    """Let the creator have a video that only they can watch."""
    return make_video(pair.creator, details=Details(title, visibility="private"))


def handed_in(pair: Pair, deal: Deal, number: int = 1) -> Work:
    """Let the creator hand a draft in."""
    video = draft(pair)
    return actions.hand_in(seat=pair.ada(deal), number=number, video_id=video.pk, at=clock.now())


def approved(pair: Pair, deal: Deal, number: int = 1) -> Work:
    """Let the brand approve a draft."""
    handed_in(pair, deal, number)
    return actions.approve_draft(seat=pair.bea(deal), number=number, at=clock.now())


def published(pair: Pair, deal: Deal, number: int = 1) -> Work:
    """Let the creator publish an approved video."""
    approved(pair, deal, number)
    return actions.publish_video(seat=pair.ada(deal), number=number, at=clock.now())


def dollars(account: str) -> Money:
    """Return what is on an account."""
    return balance(name=account, currency="USD")
