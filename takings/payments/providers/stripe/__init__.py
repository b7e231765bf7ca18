"""Stripe, through its official SDK: Checkout, kept cards, refunds, disputes, balance reports."""

from takings.payments.providers.stripe.adapter import Stripe
from takings.payments.providers.stripe.amounts import money_of, units_of
from takings.payments.providers.stripe.calling import answered, make_client
from takings.payments.providers.stripe.reading import instant

__all__ = ["Stripe", "answered", "instant", "make_client", "money_of", "units_of"]
