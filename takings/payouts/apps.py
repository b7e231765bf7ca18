"""Tells Django that this app exists."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """The ``payouts`` app."""

    name = "takings.payouts"
    label = "payouts"
    default_auto_field = "django.db.models.BigAutoField"
