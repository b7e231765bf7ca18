"""The adapters: which provider pays a creator, and how it is called."""

from collections.abc import Callable

from django.conf import settings

from takings.payments.rules import NoCardsTaken, UnknownProvider, choose_provider, read_routes
from takings.payouts.providers.sandbox import Sandbox
from takings.payouts.providers.stripe import Stripe
from takings.payouts.rules.port import NobodyPaysThere, PayoutProvider

MAKERS: dict[str, Callable[[], PayoutProvider]] = {Sandbox.name: Sandbox, Stripe.name: Stripe}
"""Every adapter by its name; adding a provider adds a line here."""


def provider_named(name: str) -> PayoutProvider:
    """Return the adapter of a provider, also of one to which no route leads any more.

    Refuses: UnknownProvider.
    """
    if name not in MAKERS:
        raise UnknownProvider(name=name)
    return MAKERS[name]()


def provider_for(*, country: str, currency: str) -> str:
    """Return who pays people of this country in this currency. Refuses: NobodyPaysThere."""
    try:
        return choose_provider(
            read_routes(settings.PAYOUT_ROUTES), country=country, currency=currency
        )
    except NoCardsTaken as nobody:
        raise NobodyPaysThere(country=country, currency=currency) from nobody


def provider_pays(*, country: str) -> bool:
    """Tell whether any provider pays people of this country."""
    return any(route.country in {country, "*"} for route in read_routes(settings.PAYOUT_ROUTES))


__all__ = ["MAKERS", "provider_for", "provider_named", "provider_pays"]
