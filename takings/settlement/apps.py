"""Tells Django that this app exists."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """The ``settlement`` app."""

    name = "takings.settlement"
    label = "settlement"
    default_auto_field = "django.db.models.BigAutoField"
