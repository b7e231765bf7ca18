"""What a creator offers and a fan asks for: the bounds of both, and why something may not be."""

import datetime as dt
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from takings.core.errors import Conflict, Forbidden, Invalid, TooMuch
from takings.money import Money, format_money
from takings.people.rules import age_on
from takings.policies.rules import RequestRule

LONGEST_LINK = 400


class BadService(Invalid):
    """A service is within the bounds of the policy."""

    code = "bad_service"
    sentence = "{what}"


class BadPrice(Invalid):
    """A price is whole cents, within what the policy lets a request cost."""

    code = "bad_request_price"
    sentence = "A price in {currency} is from {least} to {most}."


class NoSuchCurrency(Invalid):
    """The policy says in which currencies services are priced."""

    code = "no_request_currency"
    sentence = "Services are not priced in {currency}; choose one of {known}."


class BadLink(Invalid):
    """A delivery's link leads to a public place, safely."""

    code = "bad_delivery_link"
    sentence = "A link begins with https:// and leads to a public address; this one does not."


class NothingDelivered(Invalid):
    """A delivery is words, a link or a video; an empty one is none."""

    code = "nothing_delivered"
    sentence = "Write something, give a link or choose a video: an empty delivery is none."


class TooYoungForRequests(Forbidden):
    """Requests are contracts between adults."""

    code = "too_young_for_requests"
    sentence = "You must be {age} to ask for something made for you."


class RequestAgeUnknown(Forbidden):
    """Without an age nobody knows whether somebody may."""

    code = "request_age_unknown"
    sentence = "Say on the page of coins in which year you were born; requests are for adults."


class MakerNotEligible(Conflict):
    """Only who takes part in earnings, and is old enough, is paid."""

    code = "maker_not_eligible"
    sentence = "@{creator} cannot take requests yet."


class OwnService(Invalid):
    """Nobody asks themselves."""

    code = "request_to_oneself"
    sentence = "This is your own service; requests are for others."


class ServiceClosed(Conflict):
    """It is paused, or offered no more."""

    code = "service_closed"
    sentence = "“{title}” takes no requests now."


class ServiceFull(TooMuch):
    """The creator set how many they work on at once."""

    code = "service_full"
    sentence = "“{title}” has as many requests as its creator can make at once. Try again later."


class TooManyRequests(TooMuch):
    """A fan has so many open at once."""

    code = "too_many_requests_open"
    sentence = "You have {most} requests open already. Wait for one of them, or cancel it."


class TooManyServices(TooMuch):
    """A creator offers so many at once."""

    code = "too_many_services"
    sentence = "You offer {most} services already. Archive one to offer another."


class PriceChanged(Conflict):
    """What was shown is not what it costs now."""

    code = "request_price_changed"
    sentence = "“{title}” costs {price} now. Look at it again, and send the form once more."


class RequestIdTaken(Conflict):
    """The id of a request or a service is its idempotency key."""

    code = "request_id_taken"
    sentence = "The form is used up: it made something else. Open the page again."


@dataclass(frozen=True, slots=True)
class Offer:
    """What a creator offers. ``prices`` by currency; none means that each is quoted."""

    title: str
    what: str
    deliver_days: int
    revisions: int
    most_open: int
    prices: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a fan asks for; ``id`` is theirs, ``shown`` the price they were shown, if any."""

    id: UUID
    brief: str
    link: str = ""
    shown: Money | None = None


def check_offer(offer: Offer, *, rule: RequestRule) -> None:
    """Refuse what is out of the policy's bounds. Refuses: BadService, BadPrice, NoSuchCurrency."""
    for name, value, least, most in (
        ("days to deliver", offer.deliver_days, 1, rule.deliver_days),
        ("revisions", offer.revisions, 0, rule.revisions),
        ("requests at once", offer.most_open, 1, rule.open_at_once),
    ):
        if not least <= value <= most:
            raise BadService(what=f"Give {least} to {most} {name}.")
    for price in offer.prices.values():
        check_price(price, rule=rule)


def check_price(price: Money, *, rule: RequestRule) -> None:
    """Refuse a price that is not payable or out of bounds. Refuses: NoSuchCurrency, BadPrice."""
    if price.currency not in rule.prices:
        raise NoSuchCurrency(currency=price.currency, known=", ".join(sorted(rule.prices)))
    least, most = rule.prices[price.currency]
    if not least <= price <= most or price.split_payable()[1]:
        raise BadPrice(currency=price.currency, least=format_money(least), most=format_money(most))


def price_for(prices: Mapping[str, Money], *, country: str, rule: RequestRule) -> Money | None:
    """Return what somebody of a country pays: in their currency, or the first one there is."""
    if not prices:
        return None
    return prices.get(rule.currency_in(country)) or prices[min(prices)]


def check_asker(*, rule: RequestRule, country: str, born_on: dt.date | None, day: dt.date) -> None:
    """Refuse whom the law calls a minor. Refuses: RequestAgeUnknown, TooYoungForRequests."""
    if born_on is None:
        raise RequestAgeUnknown
    if age_on(born_on=born_on, day=day) < rule.age_in(country):
        raise TooYoungForRequests(age=rule.age_in(country))


def check_link(link: str) -> str:
    """Return a link that may be shown to both sides, or nothing. Refuses :class:`BadLink`."""
    link = link.strip()
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError as wrong:
        raise BadLink from wrong
    odd = any(one.isspace() or not one.isprintable() for one in link)
    if odd or len(link) > LONGEST_LINK or parts.scheme != "https" or port or parts.username:
        raise BadLink
    if not _is_public(host):
        raise BadLink
    return link


def _is_public(host: str) -> bool:
    """Tell whether a host is a name out there: no address, nothing of this machine or network."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name, _, end = host.rstrip(".").rpartition(".")
        inside = {"localhost", "local", "internal", "lan", "home", "test", "invalid"}
        return bool(name) and end not in inside and not end.isdecimal()
    return False
