"""Which provider takes a payment, by the country of the payer and the currency."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from takings.core.errors import Invalid, Unavailable
from takings.money import Money, format_money

_ROUTE = re.compile(r"(?:([A-Z]{2}|\*)/([A-Z]{3}|\*)=)?([a-z]+)")
ANY = "*"


class BadRoute(Invalid):
    """The setting is not written as it must be."""

    code = "bad_route"
    sentence = "“{given}” is no route of payments; write it like DE/EUR=stripe or */*=sandbox."


class NoCardsTaken(Unavailable):
    """No provider is configured for this country and currency."""

    code = "no_cards_taken"
    sentence = "Card payments in {currency} from {country} are not taken here."


class NotPayable(Invalid):
    """A card pays whole cents, and something."""

    code = "not_payable"
    sentence = "{amount} cannot be paid by card: it must be above 0, in whole units of {currency}."


@dataclass(frozen=True, slots=True)
class Route:
    """Payments of this country and currency (``*``: any) go to this provider."""

    country: str
    currency: str
    provider: str


def read_routes(text: str) -> tuple[Route, ...]:
    """Return the routes of ``DE/EUR=stripe */*=sandbox``; a lone name takes all payments.

    Refuses: BadRoute.
    """
    routes = []
    for word in text.split():
        found = _ROUTE.fullmatch(word)
        if found is None:
            raise BadRoute(given=word)
        country, currency, provider = found.groups(default=ANY)
        routes.append(Route(country, currency, provider))
    return tuple(routes)


def choose_provider(routes: Sequence[Route], *, country: str, currency: str) -> str:
    """Return the provider of the first route that fits. Refuses: NoCardsTaken."""
    for route in routes:
        if route.country in {country, ANY} and route.currency in {currency, ANY}:
            return route.provider
    raise NoCardsTaken(country=country, currency=currency)


def check_payable(amount: Money) -> None:
    """Refuse with :class:`NotPayable` what no card can pay."""
    whole, rest = amount.split_payable()
    if rest or whole <= Money.zero(amount.currency):
        raise NotPayable(amount=format_money(amount, exact=True), currency=amount.currency)
