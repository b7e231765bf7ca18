"""The adapters: which provider takes a payment, and how it is called."""

from collections.abc import Callable

from django.conf import settings

from takings.payments.providers.sandbox import Sandbox
from takings.payments.providers.stripe import Stripe
from takings.payments.rules import (
    NoCardsTaken,
    Provider,
    UnknownProvider,
    choose_provider,
    read_routes,
)

MAKERS: dict[str, Callable[[], Provider]] = {Sandbox.name: Sandbox, Stripe.name: Stripe}
"""Every adapter by its name; adding a provider adds a line here."""


def provider_named(name: str) -> Provider:
    """Return the adapter of a provider, also of one that takes no new payments any more.

    Refuses: UnknownProvider.
    """
    if name not in MAKERS:
        raise UnknownProvider(name=name)
    return MAKERS[name]()


def provider_names() -> list[str]:
    """Return the providers to which a route leads."""
    return sorted({route.provider for route in read_routes(settings.PAYMENT_ROUTES)})


def provider_for(*, country: str, currency: str) -> str:
    """Return who takes payments from this country in this currency. Refuses: NoCardsTaken."""
    return choose_provider(read_routes(settings.PAYMENT_ROUTES), country=country, currency=currency)


def takes_cards(*, country: str, currency: str) -> bool:
    """Tell whether anybody takes payments from this country in this currency."""
    try:
        provider_for(country=country, currency=currency)
    except NoCardsTaken:
        return False
    return True


__all__ = ["MAKERS", "provider_for", "provider_named", "provider_names", "takes_cards"]
