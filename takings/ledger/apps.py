"""Tells Django that this app exists."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ``ledger`` app."""

    name = "takings.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
