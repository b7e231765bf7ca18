"""Offers, counter-offers, and the moment at which both agree."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict, Forbidden, TooMuch
from takings.people.models import Brand, Creator, User
from takings.policies.queries import deal_rule, deal_rule_at
from takings.sponsorships.actions.running import lock_standing, take_step
from takings.sponsorships.models import Deal, Version
from takings.sponsorships.queries import PROMOTER, Seat
from takings.sponsorships.rules import (
    NotYourTurn,
    OfferChanged,
    Side,
    Status,
    Terms,
    check_dealer,
    check_terms,
    seal,
    written,
)

OPEN_OFFERS = 3


class DealIdTaken(Conflict):
    """The id of a deal is its idempotency key."""

    code = "deal_key_taken"
    sentence = "A deal with this id exists and is another one; open the form again."


class DealWithOneself(Forbidden):
    """Who pays oneself agrees too easily."""

    code = "deal_with_oneself"
    sentence = "{creator} belongs to {brand}; a deal is between two."


class BrandMakesNoDeals(Forbidden):
    """Credits that were taken for earnings do not become money again."""

    code = "brand_makes_no_deals"
    sentence = "{brand} shows a creator’s own videos; it hires nobody."


class TooManyOffers(TooMuch):
    """An offer is answered before another one is made."""

    code = "too_many_offers"
    sentence = "{creator} has {count} offers of yours to answer; wait, or take one back."


class TooManyVersions(TooMuch):
    """At some point a call is quicker."""

    code = "too_many_versions"
    sentence = "This was offered {count} times. Accept it, decline it, or begin anew."


@transaction.atomic
def offer_deal(
    *,
    user: User,
    brand: Brand,
    creator: Creator,
    terms: Terms,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Deal:
    """Offer a creator a deal; the same offer sent twice (its id) is one.

    Refuses: DealIdTaken, BrandMakesNoDeals, DealWithOneself, DealerAgeUnknown, DealerTooYoung,
    TooManyOffers, and what ``check_terms`` refuses.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)  # two clicks are one offer
    known = Deal.objects.filter(pk=id).first()
    if known is not None:
        if (known.brand_id, known.creator_id) != (brand.pk, creator.pk):
            raise DealIdTaken
        return known
    rule = deal_rule_at(at=at)
    _check_pair(brand, creator)
    check_dealer(born_on=creator.user.born_on, day=at.date(), rule=rule)
    check_terms(terms, rule=rule)
    waiting = Deal.objects.filter(brand=brand, creator=creator, status=Status.OFFERED).count()
    if waiting >= OPEN_OFFERS:
        raise TooManyOffers(creator=creator, count=waiting)
    deal = Deal.objects.create(
        id=id,
        brand=brand,
        creator=creator,
        status=Status.OFFERED,
        turn=Side.CREATOR,
        due_at=at + rule.answer,
        currency=terms.signed.currency,
        rule_version=rule.version,
        opened_at=at,
    )
    seat = Seat(deal, user, Side.BRAND, acts=True)
    _write(deal, terms, seat=seat, at=at)
    take_step(deal, "offered", seat=seat, at=at)
    return deal


@transaction.atomic
def counter_offer(*, seat: Seat, number: int, terms: Terms, at: dt.datetime) -> Deal:
    """Answer version ``number`` by another offer; every version is kept.

    The rules and clocks are those of the newest offer. Refuses: NotNow, NotYourTurn, OfferChanged,
    TooManyVersions, and what ``check_terms`` refuses.
    """
    deal = _answerable(seat, number)
    rule = deal_rule_at(at=at)
    check_terms(terms, rule=rule)
    if deal.version >= rule.most_versions:
        raise TooManyVersions(count=deal.version)
    deal.version += 1
    deal.turn = _side(seat).other
    deal.due_at, deal.rule_version = at + rule.answer, rule.version
    deal.save()
    _write(deal, terms, seat=seat, at=at)
    take_step(deal, "countered", seat=seat, at=at)
    return deal


@transaction.atomic
def accept_offer(*, seat: Seat, number: int, at: dt.datetime) -> Deal:
    """Agree to version ``number``: the contract is frozen and sealed, and waits for its money.

    Refuses: NotNow, NotYourTurn, OfferChanged, DealerAgeUnknown, DealerTooYoung.
    """
    deal = _answerable(seat, number)
    rule = deal_rule(deal.rule_version)
    check_dealer(born_on=deal.creator.user.born_on, day=at.date(), rule=rule)
    deal.digest = seal(
        deal=deal.pk,
        brand=deal.brand.name,
        creator=deal.creator.handle,
        terms=deal.offer.content,
    )
    deal.status, deal.agreed_at, deal.due_at = Status.AGREED, at, at + rule.fund
    deal.turn = Side.BRAND
    deal.save()
    take_step(deal, "accepted", seat=seat, at=at)
    return deal


@transaction.atomic
def decline_offer(*, seat: Seat, number: int, words: str = "", at: dt.datetime) -> Deal:
    """Say no to version ``number``. Refuses: NotNow, NotYourTurn, OfferChanged."""
    return _end(_answerable(seat, number), Status.DECLINED, seat=seat, words=words, at=at)


@transaction.atomic
def withdraw_deal(*, seat: Seat, words: str = "", at: dt.datetime) -> Deal:
    """Take an own offer back, or an agreed deal that is not paid in yet.

    Refuses: NotNow, NotYourTurn (one declines what the other offered).
    """
    deal = lock_standing(seat.deal.pk, Status.OFFERED, Status.AGREED)
    if deal.status == Status.OFFERED and deal.turn == seat.side:
        raise NotYourTurn
    return _end(deal, Status.WITHDRAWN, seat=seat, words=words, at=at)


def _check_pair(brand: Brand, creator: Creator) -> None:
    if brand.name.startswith(PROMOTER):
        raise BrandMakesNoDeals(brand=brand)
    if brand.members.filter(pk=creator.user_id).exists():
        raise DealWithOneself(creator=creator, brand=brand)


def _answerable(seat: Seat, number: int) -> Deal:
    deal = lock_standing(seat.deal.pk, Status.OFFERED)
    if deal.turn != seat.side:
        raise NotYourTurn
    if deal.version != number:
        raise OfferChanged
    return deal


def _side(seat: Seat) -> Side:
    assert seat.side is not None  # noqa: S101 - who may act sits on a side
    return seat.side


def _write(deal: Deal, terms: Terms, *, seat: Seat, at: dt.datetime) -> None:
    Version.objects.create(
        deal=deal,
        number=deal.version,
        side=_side(seat),
        content=written(terms),
        made_by=seat.user,
        made_at=at,
    )


def _end(deal: Deal, status: Status, *, seat: Seat, words: str, at: dt.datetime) -> Deal:
    deal.status, deal.due_at, deal.ended_at = status, None, at
    deal.save()
    take_step(deal, status, seat=seat, words=words, at=at)
    return deal
