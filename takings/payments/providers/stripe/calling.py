"""How Stripe is called, and what its errors mean to us."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from django.conf import settings
from stripe._v1_services import V1Services

from takings.payments.rules import ProviderRefused, ProviderSilent

PATIENCE_S = 20


def make_client() -> V1Services:
    """Return the SDK with our secret; it repeats nothing, since silence is settled by asking."""
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=PATIENCE_S),
    ).v1


@contextmanager
def answered() -> Iterator[None]:
    """Turn the SDK's errors into the port's: certain refusals, or silence."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise ProviderSilent from error
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500:  # noqa: PLR2004 - its side
            raise ProviderSilent from error
        why = error.user_message or f"it answered “{error.code or error.http_status}”."
        raise ProviderRefused(why=why) from error
