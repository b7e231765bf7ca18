"""Asking for something, naming its price, and paying it by card into escrow."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from takings.core.errors import Conflict, Invalid
from takings.money import Money, format_money
from takings.payments.actions import Order, start_payment
from takings.payments.models import Payment
from takings.payments.rules import Accepted
from takings.people.models import User
from takings.policies.queries import request_rule, request_rule_at
from takings.requests.actions.keeping import begin, go, lock_request, take_step
from takings.requests.models import Request, Service
from takings.requests.queries import REQUEST_PURPOSE, check_fan, check_open, said_well, subject_of
from takings.requests.rules import (
    Act,
    NotNow,
    PriceChanged,
    RequestIdTaken,
    Side,
    State,
    Wish,
    check_link,
    check_price,
    price_for,
)

DAY = dt.timedelta(days=1)


class NothingToPay(Conflict):
    """Only a request with a price that waits for it is paid."""

    code = "request_not_payable"
    sentence = "There is nothing to pay here now: “{state}”."


class BadQuote(Invalid):
    """A quote is within the bounds of the policy."""

    code = "bad_quote"
    sentence = "Give 1 to {deliver} days to deliver, and let the price hold 1 to {valid} days."


@dataclass(frozen=True, slots=True)
class Quote:
    """What a creator asks for a request: the price, days to deliver, and how long that holds."""

    price: Money
    deliver_days: int
    valid_days: int
    note: str = ""


@transaction.atomic
def ask(*, fan: User, service: Service, wish: Wish, at: dt.datetime) -> Request:
    """Ask for something; the same wish again is the same request.

    Of one with a price, a place is kept until it is paid, or the time to pay is over.
    Refuses: RequestIdTaken, PriceChanged, BadLink, what ``check_open`` and ``check_fan`` refuse,
    and what ``check_text`` of chats refuses.
    """
    User.objects.select_for_update(no_key=True).get(pk=fan.pk)  # so many open at once
    locked = Service.objects.select_for_update(of=("self",), no_key=True)
    offered = locked.select_related("creator__user").get(pk=service.pk)
    known = Request.objects.filter(pk=wish.id).first()
    if known is not None:
        if (known.fan_id, known.service_id) != (fan.pk, service.pk):
            raise RequestIdTaken
        return known
    check_open(offered, at=at)
    check_fan(offered, fan=fan, at=at)
    rule, offer = request_rule_at(at=at), offered.as_offer()
    price = price_for(offer.prices, country=fan.country, rule=rule)
    if price is not None and price != wish.shown:
        raise PriceChanged(title=offered.title, price=format_money(price))
    one = Request(
        id=wish.id,
        service=offered,
        fan=fan,
        creator=offered.creator,
        title=offered.title,
        what=offered.what,
        brief=said_well(wish.brief, creator=offered.creator, most=rule.brief_chars),
        link=check_link(wish.link),
        country=fan.country,
        currency=price.currency if price else rule.currency_in(fan.country),
        price_micros=price.micros if price else None,
        deliver_days=offered.deliver_days,
        revisions=offered.revisions,
        rule_version=rule.version,
        asked_at=at,
    )
    if price is None:
        go(one, State.ASKED, ends_at=at + rule.quote)
    else:
        go(one, State.UNPAID, ends_at=at + rule.pay)
    take_step(one, Act.ASK, side=Side.FAN, by=fan, at=at)
    return one


@transaction.atomic
def quote(*, request: Request, by: User, offer: Quote, at: dt.datetime) -> Request:
    """Name the price of a request; its fan may pay it until it holds no more.

    Refuses: NotNow, NoSuchCurrency, BadPrice, BadQuote, and what ``check_text`` refuses.
    """
    locked = begin(request, Act.QUOTE, by=by)
    one, rule = locked.request, request_rule(locked.request.rule_version)
    if locked.is_again:
        if one.price != offer.price:
            raise NotNow(state=one.words)
        return one
    check_price(offer.price, rule=rule)
    if not 1 <= offer.deliver_days <= rule.deliver_days or not (
        1 <= offer.valid_days <= rule.valid_days
    ):
        raise BadQuote(deliver=rule.deliver_days, valid=rule.valid_days)
    note = offer.note.strip()
    if note:
        note = said_well(note, creator=one.creator, most=rule.message_chars)
    one.price_micros, one.currency = offer.price.micros, offer.price.currency
    one.deliver_days = offer.deliver_days
    go(one, State.UNPAID, ends_at=at + offer.valid_days * DAY)
    take_step(one, Act.QUOTE, side=locked.side, by=by, note=note, at=at)
    return one


def pay_request(
    *, request: Request, fan: User, at: dt.datetime, accepted: Accepted | None = None
) -> Payment:
    """Start the payment of a request, or return the one that was started.

    Refuses: NothingToPay, and what ``start_payment`` refuses.
    """
    with transaction.atomic():
        one, payment = lock_request(request.pk)
        if payment is None and (one.state != State.UNPAID or one.fan_id != fan.pk):
            raise NothingToPay(state=one.words)
        price = one.price
    if payment is not None:
        return payment
    assert price is not None  # noqa: S101 - it waits for its payment
    order = Order(
        id=one.pk,
        purpose=REQUEST_PURPOSE,
        subject=subject_of(one),
        payer=fan,
        amount=price,
        description=f"{one.title} by @{one.creator.handle}"[:120],
        product="digital",
        accepted=accepted,
    )
    return start_payment(order=order, at=at)
