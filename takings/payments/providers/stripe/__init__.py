"""Stripe, through its official SDK: Checkout, kept cards, refunds, disputes, balance reports."""

from takings.payments.providers.stripe.adapter import Stripe

__all__ = ["Stripe"]
